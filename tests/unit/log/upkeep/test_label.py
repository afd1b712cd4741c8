"""Labels that arrive later: found by name, told once, a day of a model at a time."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.errors import BadManifestLine, ConfigError, SourceNotFound
from lookoutcv.log.table.log_table import open_table

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MODEL = "a/b 'c'"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Four days of 40 predictions of one model, whose class is right in three of four, and ten of another model."""
    folder = tmp_path / "log"
    how = {"directory": folder, "labels": ["cat", "dog"], "when_full": "block"}
    with lo.ClassificationLogger(MODEL, enabled_metrics="exposure", model_version="1", **how) as log:  # type: ignore[arg-type]
        for i in range(160):
            log.log_prediction(
                np.full((8, 8, 3), i, np.uint8),
                scores=[0.9, 0.1] if i % 2 else [0.2, 0.8],
                image_name=f"o'{i}.jpg",
                tags={"site": "x", "odd tag": "y"},
                time=NOON + timedelta(days=i // 40, minutes=i % 40),
            )
    with lo.ClassificationLogger("other", enabled_metrics=[], **how) as log:  # type: ignore[arg-type]
        for i in range(10):
            log.log_prediction(None, "cat", image_name=f"o'{i}.jpg", time=NOON)
    return folder


def truth(i: int) -> str:
    predicted = "cat" if i % 2 else "dog"
    return predicted if i % 4 else "cat"


def csv(tmp_path: Path, ids: range, *more: str) -> Path:
    path = tmp_path / "truth.csv"
    path.write_text("\n".join(["image_name,label", *(f"o'{i}.jpg,{truth(i)}" for i in ids), *more]) + "\n")
    return path


def labels(place: Path, model: str = MODEL) -> dict[str, str | None]:
    rows = lo.open_log(place).read(model=model, columns=["id", "label"]).to_pylist()
    return {row["id"]: row["label"] for row in rows}


def test_rows_get_their_labels_once_and_nothing_else_changes(place: Path, tmp_path: Path) -> None:
    before = {row["id"]: row for row in lo.open_log(place).read(model=MODEL).to_pylist()}
    file = csv(tmp_path, range(100), "gone.jpg,cat", "empty.jpg,")
    version = open_table(place).delta.version()
    told = lo.open_log(place).label(file, model=MODEL, dry_run=True)
    assert (told.labels, told.rows, told.changed, told.known) == (101, 100, 0, 0)
    assert (told.unmatched, told.examples, told.without_label) == (1, ("gone.jpg",), 1)
    assert open_table(place).delta.version() == version
    done = lo.open_log(place).label(file, model=MODEL)
    assert (done.rows, done.unmatched) == (100, 1)
    assert open_table(place).delta.version() == version + 3  # a commit for each day with such a row
    after = {row["id"]: row for row in lo.open_log(place).read(model=MODEL).to_pylist()}
    assert {id: row["label"] for id, row in after.items()} == {
        f"o'{i}.jpg": truth(i) if i < 100 else None for i in range(160)
    }
    assert [{**row, "label": None} for row in after.values()] == [before[id] for id in after]
    assert set(labels(place, "other").values()) == {None}


def test_again_changes_nothing_and_a_correction_changes_what_it_names(place: Path, tmp_path: Path) -> None:
    lo.open_log(place).label(csv(tmp_path, range(160)), model=MODEL)
    version = open_table(place).delta.version()
    again = lo.open_log(place).label(csv(tmp_path, range(160)), model=MODEL)
    assert (again.rows, again.changed, again.known) == (0, 0, 160)
    assert open_table(place).delta.version() == version
    (tmp_path / "truth.csv").write_text("id;label\no'7.jpg;bird\n")
    corrected = lo.open_log(place).label(tmp_path / "truth.csv", model=MODEL)
    assert (corrected.rows, corrected.changed) == (0, 1)
    assert [id for id, label in labels(place).items() if label == "bird"] == ["o'7.jpg"]


def test_without_a_model_all_rows_of_a_name_are_labelled_and_times_narrow(place: Path, tmp_path: Path) -> None:
    file = csv(tmp_path, range(160))
    done = lo.open_log(place).label(file, since="2026-05-04", until="2026-05-04T12:20Z")
    assert done.rows == 20 + 10
    assert sum(label is not None for label in labels(place).values()) == 20
    assert lo.open_log(place).label(file, version="2").rows == 0


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_other_forms(place: Path, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"truth.{form}"
    rows = [{"path": "o'1.jpg", "true_class": 3.0}, {"path": "o'2.jpg", "true_class": None}]
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
    else:
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = lo.open_log(place).label(file, model=MODEL)
    assert (done.rows, done.without_label) == (1, 1)
    assert labels(place)["o'1.jpg"] == "3"


def test_monitor_tells_the_true_accuracy(place: Path, tmp_path: Path) -> None:
    source = f"log:{MODEL}?directory={place}"
    lo.open_log(place).label(csv(tmp_path, range(160)), model=MODEL)
    base = lo.baseline(
        f"{source}&since=2026-05-05&until=2026-05-06"
    )  # not the day of the first row, which has the classes
    assert base.calibration is not None
    assert base.calibration.accuracy == 0.75
    report = lo.monitor(f"{source}&since=2026-05-07", baseline=base)
    assert report.accuracy is not None
    assert report.accuracy.measured.accuracy == 0.75


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("id,label\na,cat\na,dog\n", BadManifestLine, "line 3: a second label for 'a'"),
        ("id,label\n,cat\n", BadManifestLine, "line 2: it names no image"),
        (f"id,label\na,{'x' * 300}\n", BadManifestLine, "300 characters"),
        ("name,label\na,cat\n", ConfigError, "no column of images; its columns are 'name', 'label'"),
        ("id,score\na,1\n", ConfigError, "no column of labels"),
        ("", ConfigError, "no column of images; its columns are none"),
    ],
)
def test_bad_files_are_refused_before_anything_is_changed(
    place: Path, tmp_path: Path, text: str, error: type[Exception], said: str
) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(text)
    with pytest.raises(error, match=said):
        lo.open_log(place).label(file)
    assert set(labels(place).values()) == {None}


def test_what_is_not_there_is_said(place: Path, tmp_path: Path) -> None:
    file = csv(tmp_path, range(2))
    with pytest.raises(SourceNotFound, match="no model 'nobody'"):
        lo.open_log(place).label(file, model="nobody")
    with pytest.raises(SourceNotFound, match="no prediction log"):
        lo.open_log(tmp_path / "nowhere").label(file)
    with pytest.raises(ConfigError, match="in which form"):
        lo.open_log(place).label(tmp_path / "truth.txt")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_class_numbers_that_were_floats_are_numbers(suffix: str, tmp_path: Path) -> None:
    with lo.ClassificationLogger("n", enabled_metrics=[], directory=tmp_path / "log") as log:
        for i in range(3):
            log.log_prediction(None, str(i), 0.9, f"{i}.png")
    names, numbers = [f"{i}.png" for i in range(3)], [0.0, 1.0, 2.0]
    path = tmp_path / f"truth.{suffix}"
    if suffix == "csv":
        path.write_text("id,label\n" + "".join(f"{n},{v}\n" for n, v in zip(names, numbers, strict=True)))
    else:
        pq.write_table(pa.table({"id": names, "label": numbers}), path)
    lo.open_log(tmp_path / "log").label(path)
    assert labels(tmp_path / "log", "n") == {"0.png": "0", "1.png": "1", "2.png": "2"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_labels_of_a_spreadsheet_find_names_in_either_spelling(encoding: str, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    logged = unicodedata.normalize("NFD", "b\xe4r.jpg")
    with lo.ClassificationLogger("m", directory=folder, labels=["cat"], enabled_metrics=[], when_full="block") as log:
        log.log_prediction(None, "cat", image_name=logged, time=NOON)
    (tmp_path / "l.csv").write_bytes("sep=;\r\nimage;label\r\nb\xe4r.jpg;K\xe4tzchen\r\n".encode(encoding))
    done = lo.open_log(folder).label(tmp_path / "l.csv")
    assert (done.rows, done.unmatched) == (1, 0)
    assert labels(folder, "m") == {logged: "K\xe4tzchen"}


def test_what_a_tool_for_marking_exports_is_no_label(place: Path, tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text(json.dumps({"id": "o'1.jpg", "label": json.dumps({"choices": ["cat"]})}) + "\n")
    with pytest.raises(BadManifestLine, match="line 1: its label is JSON"):
        lo.open_log(place).label(path)
    assert set(labels(place).values()) == {None}
