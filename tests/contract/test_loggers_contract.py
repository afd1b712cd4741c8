"""Every parameter of every logger, given every odd value: each call is a row, none raises, what is not kept is told."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import lookoutcv as lo
from lookoutcv.log.table.log_table import open_table
from odd_values import odd_values

LOGGERS = {
    lo.ClassificationLogger: {"pred_class": "cat", "confidence": 0.5},
    lo.DetectionLogger: {"pred_class": "cat", "confidence": 0.5, "boxes": [[0, 0, 4, 4]]},
    lo.SegmentationLogger: {"pred_class": "cat", "confidence": 0.5, "mask": np.eye(4, dtype=bool)},
}
CORNERS = ("bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2")
# An empty name is no name, and of no confidences nothing can be kept.
EMPTY = (
    *("array without elements", "array of no rows", "array of no channels", "tensor of no elements"),
    *("spent iterator", "list of nothing", "list of Nones"),
)
NOTHING = ("/nothing", "/no text", *(f"confidence/{title}" for title in EMPTY))
# Where the value of a parameter is to be found; what is not here says how, not what.
COLUMNS = {
    **dict.fromkeys(("boxes", *CORNERS), "objects"),
    **{name: name for name in ("confidence", "scores", "label", "embedding", "model_version", "mask")},
    "pred_class": "prediction",
}


def given(logger: type, name: str, value: Any, key: str) -> dict[str, Any]:
    """A call that is sound but for one parameter."""
    call = {**LOGGERS[logger], "image_name": key, "tags": {"key": key}}
    if name in CORNERS:
        del call["boxes"]
        call |= {"bbox_x1": 0, "bbox_y1": 0, "bbox_x2": 4, "bbox_y2": 4}
    if name == "size":
        call["mask"] = [0, 0, 3, 0, 3, 3]
    if name in ("copy", "bgr"):
        call["image"] = np.zeros((4, 4, 3), np.uint8)
    return {**call, name: value}


@pytest.mark.parametrize("logger", LOGGERS, ids=[logger.task for logger in LOGGERS])
def test_a_call_never_raises_and_is_a_row_that_says_what_it_lacks(
    logger: type[lo.ClassificationLogger],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # There is time to measure every image.
    monkeypatch.setattr("lookoutcv.log.writing.worker.WINDOW_SECONDS", 60.0)
    monkeypatch.setattr("lookoutcv.log.writing.spare_time._MOST_SECONDS", 600.0)
    parameters = inspect.signature(logger.log_prediction).parameters.values()
    names = [
        one.name
        for one in parameters
        if one.name != "self" and one.kind in (one.KEYWORD_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    calls = {f"{name}/{title}": (name, make) for name in names for title, make in odd_values().items()}
    with logger("m", enabled_metrics=["exposure.contrast"], directory=tmp_path) as log:
        for key, (name, make) in calls.items():
            taken = log.log_prediction(**given(logger, name, make(), key))
            assert taken, key
        assert log.flush(250)
        stats = log.stats()
    assert (stats.logged, stats.failed, stats.dropped, stats.problem) == (len(calls), 0, 0, None)
    found = pa.Table.from_batches(open_table(tmp_path).scan()).to_pylist()
    by_key = {row.get("tag.key") or row["id"]: row for row in found}
    assert len(found) == len(by_key)
    assert by_key.keys() == calls.keys()
    for key, row in by_key.items():
        name, told = calls[key][0], row["problems"] or []
        assert all(problem.encode() and len(problem) <= 300 for problem in told), told
        if name not in ("pred_class", "confidence", "scores") and row.get("objects") != []:
            assert row["confidence"] == 0.5, (key, told)
            assert logger is not lo.ClassificationLogger or row["prediction"] == "cat", (key, told)
        silent = not told and is_kept(logger, name, row) is False
        assert not silent or key.endswith(NOTHING), f"not a word of {key}"
    assert capfd.readouterr() == ("", "")


def is_kept(logger: type, name: str, row: dict[str, Any]) -> bool | None:
    """Whether something of the parameter is in the row; None where that cannot be seen."""
    if name == "image":
        return bool(row["image_state"] == "measured")
    if name == "image_name":
        return not str(row["id"]).startswith(row["writer"])
    if name == "pred_class" and logger is not lo.ClassificationLogger:
        return any(found["label"] for found in row["objects"]) if logger is lo.DetectionLogger else None
    if name in COLUMNS:
        return row[COLUMNS[name]] is not None
    return None


def test_one_that_ends_the_thread_costs_no_other_row(tmp_path: Path) -> None:
    class Exits:
        def __str__(self) -> str:
            raise SystemExit(3)

    with lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path) as log:
        for name in ("a", Exits(), "c"):
            assert log.log_prediction(None, name, 0.5)
    found = sorted(pa.Table.from_batches(open_table(tmp_path).scan()).to_pylist(), key=lambda row: row["sequence"])
    assert [row["prediction"] for row in found] == ["a", None, "c"]
    assert found[1]["problems"] == ["the call cannot be read: SystemExit"]
