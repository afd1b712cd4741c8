"""Calls that a dead writer left behind become the rows that they would have been, each once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv.log.buffer.journal import Journal, journals_in
from lookoutcv.log.buffer.segments import read_segment, segments_in
from lookoutcv.log.buffer.spool import writer_folders
from lookoutcv.log.one_call.call_codec import decoded_calls, encoded_calls
from lookoutcv.log.one_call.call_queue import Call
from lookoutcv.log.table.log_table import open_table
from lookoutcv.log.table.own_files import SPOOL
from lookoutcv.log.writing import replay
from lookoutcv.records.measurer import MeasuredColumn, Measurer
from odd_values import odd_values

MASK = np.eye(6, dtype=np.uint8)
CALLS: list[tuple[type, list[dict[str, Any]]]] = [
    (
        lo.ClassificationLogger,
        [
            {"pred_class": "cat", "confidence": 0.5, "image_name": "a", "tags": {"site": "x"}, "label": "dog"},
            {"scores": np.array([0.25, 0.75], np.float32), "embedding": [1.0, 2.0], "time": "2026-05-04T12:00Z"},
            {"pred_class": np.int64(1), "confidence": np.float32(0.5), "image_name": "half \ud800", "flagged": True},
        ],
    ),
    (
        lo.DetectionLogger,
        [
            {"pred_class": ["a", "b"], "confidence": [0.5, 0.75], "boxes": np.array([[0, 0, 1, 1], [1, 1, 3, 3]])},
            {"pred_class": "a", "confidence": 0.5, "bbox_x1": 1, "bbox_y1": 2, "bbox_x2": 3, "bbox_y2": 4},
        ],
    ),
    (
        lo.SegmentationLogger,
        [
            {"mask": MASK, "image_name": "a"},
            {"mask": MASK.astype(bool), "pred_class": "road", "confidence": 0.5},
            {"mask": [0, 0, 4, 0, 0, 4], "pred_class": "road", "size": (5, 5)},
        ],
    ),
]


def rows(place: Path) -> list[dict[str, Any]]:
    found = pa.Table.from_batches(open_table(place).scan()).sort_by("sequence").to_pylist()
    own = ("writer", "time", "day", "labels")
    return [{name: value for name, value in row.items() if name not in own and value is not None} for row in found]


def ids_in(folder: Path) -> list[str]:
    batches = [batch for _, path in segments_in(folder) for batch in read_segment(path).batches]
    return sorted(name for batch in batches for name in batch.column("id").to_pylist())


def spooled(kind: Any, calls: list[dict[str, Any]], place: Path, calls_a_chunk: int = 100) -> Path:
    """The folder of a writer that died with its calls in its journal, and no row of them written."""
    settings = {"enabled_metrics": [], "labels": ["background", "cat"], "tags": {"fleet": "7"}, "directory": place}
    with kind("m", **settings, durability="record") as first:
        engine, task = first._engine, first.task
        made = []
        put = engine.calls.put

        def keep(call: Call) -> bool:
            call.place = len(made) + 1
            made.append(call)
            return True

        engine.calls.put = keep
        for call in calls:
            first.durability = "batch"
            assert first.log_prediction(**call)
        engine.calls.put = put
        first.durability = "record"
    folder = place / SPOOL / first.writer
    folder.mkdir(parents=True)
    (folder / "lock").touch()
    journal = Journal(folder, replay.about(first._job), lambda: 0)
    for start in range(0, len(made), calls_a_chunk):
        some = made[start : start + calls_a_chunk]
        journal.append(*encoded_calls(some, task, first._job.labels), some[-1].place)
    journal.abandon()
    return folder


@pytest.mark.parametrize(("kind", "calls"), CALLS, ids=[kind.__name__ for kind, _ in CALLS])
def test_rows_are_what_they_would_have_been(kind: Any, calls: list[dict[str, Any]], tmp_path: Path) -> None:
    settings = {"enabled_metrics": [], "labels": ["background", "cat"], "tags": {"fleet": "7"}}
    with kind("m", **settings, directory=tmp_path / "lived") as log:
        for call in calls:
            assert log.log_prediction(**call)
    folder = spooled(kind, calls, tmp_path / "died")
    with lo.ClassificationLogger("next", enabled_metrics=[], directory=tmp_path / "died") as log:
        assert log.flush()
    assert (log.stats().adopted, log.stats().damaged) == (len(calls), 0)
    assert not folder.exists()
    lived, died = rows(tmp_path / "lived"), rows(tmp_path / "died")
    for one, other, call in zip(lived, died, calls, strict=True):
        if "image_name" not in call:
            assert one.pop("id") != other.pop("id")
        assert repr(one) == repr(other)  # NaN and all


def test_what_a_call_measured_itself_comes_back(tmp_path: Path) -> None:
    gate = Measurer("gate", (MeasuredColumn("gate.open", "flag"),), lambda view, prediction: {})
    calls = [{"pred_class": "cat", "image_name": "a.jpg", "measured": {"gate.open": True}}]
    spooled(partial(lo.ClassificationLogger, measurers=[gate]), calls, tmp_path)
    with lo.ClassificationLogger("next", enabled_metrics=[], directory=tmp_path) as log:
        assert log.flush()
    row = rows(tmp_path)[0]
    assert (row["gate.open"], row.get("problems")) == (True, None)


def test_a_replay_that_is_told_to_stop_is_gone_on_with(tmp_path: Path) -> None:
    calls = [{"pred_class": "cat", "image_name": str(number)} for number in range(6)]
    folder = spooled(lo.ClassificationLogger, calls, tmp_path, calls_a_chunk=2)
    between = iter([True, True, False])
    assert replay.replay(folder, lambda: next(between)) == 0
    assert ids_in(folder) == ["0", "1", "2", "3"]
    assert len(journals_in(folder)) == 1
    assert replay.replay(folder) == 0
    assert ids_in(folder) == ["0", "1", "2", "3", "4", "5"]
    assert journals_in(folder) == []


def test_whoever_waits_for_a_commit_does_not_wait_for_the_dead(tmp_path: Path) -> None:
    folder = spooled(lo.ClassificationLogger, [{"pred_class": "cat", "image_name": "dead"}], tmp_path)
    enough, between = threading.Event(), threading.Event()

    def slow(path: Path, goes_on: Callable[[], bool]) -> int:
        while not enough.is_set():
            assert goes_on()
            between.set()
            time.sleep(0.01)
        return replay.replay(path, goes_on)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lookoutcv.log.writing.engine.replay", slow)
        log = lo.ClassificationLogger("next", enabled_metrics=[], directory=tmp_path)
    assert between.wait(30)
    assert log.log_prediction(pred_class="dog", image_name="own")
    assert log.flush(30)
    assert [row["id"] for row in rows(tmp_path)] == ["own"]
    assert log.stats().adopted == 0
    enough.set()
    assert log.close()
    assert {row["id"] for row in rows(tmp_path)} == {"own", "dead"}
    assert not folder.exists()


def test_a_replay_that_was_cut_short_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [{"pred_class": "cat", "confidence": 0.5, "image_name": str(number)} for number in range(5)]
    folder = spooled(lo.ClassificationLogger, calls, tmp_path)
    monkeypatch.setattr(replay, "_MOST_ROWS", 2)
    append = replay.SegmentWriter.append

    def full(self: Any, batch: pa.RecordBatch, *more: Any) -> None:
        if self.waiting_rows >= 2:
            raise OSError("no room")
        append(self, batch, *more)

    with monkeypatch.context() as patch:
        patch.setattr(replay.SegmentWriter, "append", full)
        with pytest.raises(OSError, match="no room"):
            replay.replay(folder)
    assert len(journals_in(folder)) == 1
    assert replay.replay(folder) == 0
    assert journals_in(folder) == []
    assert ids_in(folder) == list("01234")
    assert writer_folders(tmp_path / SPOOL) == [folder]


def test_every_odd_value_has_a_form_or_is_named() -> None:
    details = dict.fromkeys(("name", "label", "tags", "time", "embedding", "model_version", "flagged"))
    for title, make in odd_values().items():
        odd = Call(7, 1, ("cat", make(), None), None, 0, False, {**details, "name": title, "label": make()})
        plain = Call(8, 1, ("cat", 0.5, None), None, 0, False, {**details, "name": "plain"})
        text, arrays = encoded_calls([odd, plain], "classification", ())
        text.encode()
        (_, first), (_, second) = decoded_calls(text, memoryview(arrays))
        assert (first.details["name"], second.arguments) == (title, ("cat", 0.5, None))
        lost = first.arguments[1] is None
        assert not lost or title == "nothing" or any("left out" in problem for problem in first.problems), title


@pytest.mark.parametrize(
    "given", [{"\0": "array"}, {"\0": "list"}, {"\0": "bytes", "start": 0, "end": 1}, {"\0": ["array"]}]
)
def test_a_callers_mapping_is_not_taken_for_a_form_of_ours(given: dict[str, Any]) -> None:
    details = dict.fromkeys(("name", "label", "tags", "time", "embedding", "model_version", "flagged"))
    calls = [Call(7, 1, ("cat", 0.5), None, 0, False, {**details, "tags": tags}) for tags in ({}, given)]
    text, arrays = encoded_calls(calls, "classification", ())
    back = [call.details["tags"] for _, call in decoded_calls(text, memoryview(arrays))]
    assert back == [{}, given]


def test_an_image_that_was_not_read_is_told(tmp_path: Path) -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    spooled(lo.ClassificationLogger, [{"image": image, "pred_class": "cat"}, {"pred_class": "dog"}], tmp_path)
    with lo.ClassificationLogger("next", enabled_metrics=[], directory=tmp_path) as log:
        assert log.flush()
    assert [row["image_state"] for row in rows(tmp_path)] == ["sampled out", "none"]


def test_erasing_finds_what_a_dead_writer_left_as_calls(tmp_path: Path) -> None:
    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        assert log.log_prediction(None, "cat", 0.5, "other")
    folder = spooled(lo.ClassificationLogger, [{"pred_class": "cat", "image_name": name} for name in "ab"], tmp_path)
    assert lo.open_log(tmp_path).erase("a", wait=0).rows == 1
    assert not folder.exists()
    assert sorted(row["id"] for row in rows(tmp_path)) == ["b", "other"]
