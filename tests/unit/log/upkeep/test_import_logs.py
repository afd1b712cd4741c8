"""Plain Parquet logs into the prediction log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import lookoutcv as lo
from lookoutcv.cli.main import main
from lookoutcv.errors import SourceNotFound, UsageError
from lookoutcv.log.table.log_table import open_table
from lookoutcv.log.upkeep import plain_log as importing

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def classified(place: Path, count: int = 5, **more: Any) -> Path:
    rows = {
        "timestamp": [NOON + timedelta(hours=i) for i in range(count)],
        "image_name": [f"{i}.jpg" for i in range(count)],
        "pred_class": ["cat"] * count,
        "confidence": [0.5 + i / 100 for i in range(count)],
        "contrast": [float(i) for i in range(count)],
        "site": ["north"] * count,
        **more,
    }
    place.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(rows), place)
    return place


def rows(place: Path) -> list[dict[str, Any]]:
    found = [row for batch in open_table(place).scan() for row in batch.to_pylist()]
    return sorted(found, key=lambda row: (row["writer"], row["sequence"]))


def test_rows_come_with_what_their_columns_mean(tmp_path: Path) -> None:
    classified(tmp_path / "old" / "pets_v1_logs_4711.parquet")
    done = lo.open_log(tmp_path / "log").import_(tmp_path / "old")
    assert (done.files, done.rows, done.known, done.skipped) == (1, 5, (), ())
    first, *_, last = rows(tmp_path / "log")
    assert (first["model"], first["id"], first["prediction"], first["task"]) == (
        "pets_v1",
        "0.jpg",
        "cat",
        "classification",
    )
    assert (first["time"], str(first["day"])) == (NOON, "2026-05-04")
    assert first["confidence"] == first["output.confidence"] == 0.5
    assert (last["imported.contrast"], last["tag.site"], last["image_state"]) == (4.0, "north", "none")
    assert first["problems"] is None


def test_what_is_wrong_with_rows_is_counted_and_the_first_named(tmp_path: Path) -> None:
    odd = classified(tmp_path / "odd_logs_1.parquet", 3, confidence=[-90.0, 1.0, 850.0])
    done = lo.open_log(tmp_path / "log").import_([odd, classified(tmp_path / "whole_logs_1.parquet")])
    assert (done.files, done.rows) == (2, 8)
    assert done.notes == (
        f"{odd}: something is wrong with 2 of 3 rows, and stands in their column problems, the first: the "
        "confidence is -90, not within 0 to 1.",
    )


def test_a_file_is_brought_in_once(tmp_path: Path) -> None:
    path = classified(tmp_path / "a_logs_1.parquet")
    assert lo.open_log(tmp_path / "log").import_(path).rows == 5
    again = lo.open_log(tmp_path / "log").import_([path])
    assert (again.files, again.rows, again.known) == (0, 0, (str(path),))
    assert len(rows(tmp_path / "log")) == 5


def test_an_import_that_was_stopped_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "_ROWS_A_COMMIT", 10)
    monkeypatch.setattr(importing, "_ROWS_AT_ONCE", 10)
    path = classified(tmp_path / "a_logs_1.parquet", 45)
    real, calls = importing.append, iter(range(100))

    def failing(*arguments: Any) -> None:
        if next(calls) == 3:
            raise OSError("the store is gone")
        real(*arguments)

    monkeypatch.setattr(importing, "append", failing)
    assert lo.open_log(tmp_path / "log").import_(path).skipped == ((str(path), "the store is gone"),)
    assert len(rows(tmp_path / "log")) == 30
    assert lo.open_log(tmp_path / "log").import_(path).rows == 15
    assert sorted(int(row["id"].partition(".")[0]) for row in rows(tmp_path / "log")) == list(range(45))


def test_boxes_of_one_image_are_one_row(tmp_path: Path) -> None:
    boxes = pd.DataFrame(
        {
            "image_name": ["a", "a", "b", "c"],
            "timestamp": [NOON, NOON, NOON, NOON],
            "pred_class": ["car", "bus", "car", None],
            "confidence": [0.9, 0.8, 0.7, None],
            "bbox_x1": [0, 5, 1, None],
            "bbox_y1": [0, 5, 1, None],
            "bbox_x2": [10, 20, 3, None],
            "bbox_y2": [10, 20, 3, None],
        }
    )
    boxes.to_parquet(tmp_path / "cars_logs_1.parquet")
    assert lo.open_log(tmp_path / "log").import_(tmp_path).rows == 3
    a, b, c = rows(tmp_path / "log")
    assert [one["label"] for one in a["objects"]] == ["car", "bus"]
    assert (a["task"], a["confidence"]) == ("detection", pytest.approx(0.9))
    assert [one["x2"] for one in b["objects"]] == [3]
    assert c["objects"] == []


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, 1_000_000_000])
def test_times_as_numbers(tmp_path: Path, unit: int) -> None:
    seconds = int(NOON.timestamp())
    classified(tmp_path / "a_logs_1.parquet", 1, timestamp=[seconds * unit])
    lo.open_log(tmp_path / "log").import_(tmp_path)
    assert rows(tmp_path / "log")[0]["time"] == NOON


def test_without_a_time_a_row_is_as_old_as_its_file(tmp_path: Path) -> None:
    path = classified(tmp_path / "a_logs_1.parquet", 1, timestamp=[None])
    lo.open_log(tmp_path / "log").import_(tmp_path)
    (row,) = rows(tmp_path / "log")
    assert abs(row["time"].timestamp() - path.stat().st_mtime) < 1
    assert row["problems"] == ["no time was logged; this is that of the file"]


def test_a_table_that_is_no_parquet_says_how_to_make_one(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("image,prediction\na.jpg,cat\n")
    ((name, why),) = lo.open_log(tmp_path / "log").import_(path).skipped
    assert name == str(path)
    assert why.startswith("not a Parquet file, and import reads no other")
    assert "read_csv(FILE).to_parquet(NEW_FILE)" in why


def test_a_damaged_file_is_named_and_costs_no_other(tmp_path: Path) -> None:
    whole = classified(tmp_path / "a_logs_1.parquet")
    (tmp_path / "a_logs_2.parquet").write_bytes(whole.read_bytes()[:200])
    done = lo.open_log(tmp_path / "log").import_(tmp_path)
    assert (done.files, done.rows) == (1, 5)
    ((name, why),) = done.skipped
    assert name.endswith("a_logs_2.parquet")
    assert why


def test_hostile_names_and_values(tmp_path: Path) -> None:
    odd = {"a b": [1.0], "a_b": [2.0], "x" * 300: [3], "../e": [True], "confidence": [float("nan")]}
    classified(tmp_path / "a_logs_1.parquet", 1, pred_class=["c" * 10_000], **odd)
    lo.open_log(tmp_path / "log").import_(tmp_path, model="mine")
    (row,) = rows(tmp_path / "log")
    assert row["model"] == "mine"
    assert len(row["prediction"]) == 256
    assert {row[name] for name in row if name.startswith("imported.") and row[name] is not None} == {0, 1, 2, 3}


def test_what_is_not_there_or_nameless_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match="no file or folder"):
        lo.open_log(tmp_path / "log").import_(tmp_path / "nowhere")
    with pytest.raises(SourceNotFound, match="no log in"):
        lo.open_log(tmp_path / "log").import_(tmp_path)
    nameless = classified(tmp_path / "records.parquet")
    with pytest.raises(UsageError, match="Name it: model=NAME"):
        lo.open_log(tmp_path / "log").import_(nameless)
    assert lo.open_log(tmp_path / "log").import_(nameless, model="pets").rows == 5


@pytest.mark.parametrize("classes", [[3.0, 0.0, 3.0], ["3.0", "0.0", "3.0"], [3, 0, 3]])
def test_class_numbers_are_numbers(classes: list[Any], tmp_path: Path) -> None:
    classified(tmp_path / "a_logs_1.parquet", 3, pred_class=classes, label=classes)
    lo.open_log(tmp_path / "log").import_(tmp_path / "a_logs_1.parquet")
    assert [(row["prediction"], row["label"]) for row in rows(tmp_path / "log")] == [("3", "3"), ("0", "0"), ("3", "3")]


@pytest.mark.parametrize(
    "columns",
    [("x", "y", "width", "height"), ("cx", "cy", "w", "h"), ("left", "top", "right", "bottom")],
)
def test_boxes_in_other_forms(columns: tuple[str, ...], tmp_path: Path) -> None:
    four = {"x": (10, 20, 4, 6), "cx": (12, 23, 4, 6), "left": (10, 20, 14, 26)}[columns[0]]
    sides = {name: [float(side)] for name, side in zip(columns, four, strict=True)}
    classified(tmp_path / "a_logs_1.parquet", 1, **sides)
    lo.open_log(tmp_path / "log").import_(tmp_path / "a_logs_1.parquet")
    (row,) = rows(tmp_path / "log")
    (found,) = row["objects"]
    assert [found[side] for side in ("x1", "y1", "x2", "y2")] == [10, 20, 14, 26]


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("bbox", [10.0, 20.0, 4.0, 6.0]),
        ("bbox", "10 20 4 6"),
        ("box", {"xmin": 10, "ymin": 20, "xmax": 14, "ymax": 26}),
        ("Bounding Box", {"left": 10.0, "top": 20.0, "width": 4.0, "height": 6.0}),
    ],
)
def test_boxes_in_one_cell(name: str, cell: Any, tmp_path: Path) -> None:
    classified(tmp_path / "a_logs_1.parquet", 1, **{name: [cell]})
    assert lo.open_log(tmp_path / "log").import_(tmp_path / "a_logs_1.parquet").notes == ()
    (row,) = rows(tmp_path / "log")
    assert row["task"] == "detection"
    (found,) = row["objects"]
    assert [found[side] for side in ("x1", "y1", "x2", "y2")] == [10, 20, 14, 26]


def test_a_cell_that_is_no_box(tmp_path: Path) -> None:
    path = classified(tmp_path / "a_logs_1.parquet", 2, box=[[1, 2, 3, 4], [1, 2, 3, 4]])
    (note,) = lo.open_log(tmp_path / "log").import_(path).notes
    assert "columns 'box'." in note
    path = classified(tmp_path / "b_logs_1.parquet", 2, bbox=[[1, 2, 3], [1, 2, 3, 4]])
    lo.open_log(tmp_path / "other").import_(path)
    assert [row["problems"] for row in rows(tmp_path / "other")] == [["a box holds NaN or infinite numbers"], None]


def test_what_x_and_y_are_taken_for_is_said(tmp_path: Path) -> None:
    path = classified(tmp_path / "a_logs_1.parquet", 1, x=[1.0], y=[2.0], width=[3.0], height=[4.0])
    (note,) = lo.open_log(tmp_path / "log").import_(path).notes
    assert "x and y of boxes are taken for their upper left corner" in note


def test_what_is_not_taken_over_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = classified(tmp_path / "a_logs_1.parquet", 2, seen=[[1], [2]], kind=pa.array(["x", "y"]).dictionary_encode())
    (note,) = lo.open_log(tmp_path / "log").import_(path).notes
    assert main(["log", "import", str(path), "--directory", str(tmp_path / "other")]) == 0
    assert "not taken over" in capsys.readouterr().out
    assert note.startswith(f"{path}: not taken over")
    assert note.endswith("columns 'seen'.")
    assert rows(tmp_path / "log")[0]["tag.kind"] == "x"


def test_a_file_with_two_columns_of_one_name_is_skipped_and_named(tmp_path: Path) -> None:
    whole = pq.read_table(classified(tmp_path / "old" / "pets_logs_1.parquet"))
    pq.write_table(whole.append_column("pred_class", whole["pred_class"]), tmp_path / "old" / "pets_logs_2.parquet")
    done = lo.open_log(tmp_path / "log").import_(tmp_path / "old")
    assert (done.files, done.rows) == (1, 5)
    ((path, why),) = done.skipped
    assert path.endswith("pets_logs_2.parquet")
    assert why.endswith("has two columns called 'pred_class'")


def test_classes_that_are_no_text_are_written_out(tmp_path: Path) -> None:
    classified(tmp_path / "old" / "pets_logs_1.parquet", pred_class=[{"a": [None]}] * 5)
    assert lo.open_log(tmp_path / "log").import_(tmp_path / "old").rows == 5
    assert {row["prediction"] for row in rows(tmp_path / "log")} == {"{'a': [None]}"}


@pytest.mark.parametrize("given", [[0.5, 90.0], ["50%", "90"]])
def test_confidences_in_percent_are_refused_before_a_row_is_there(given: list[Any], tmp_path: Path) -> None:
    table = pa.table({"image_name": ["a.jpg", "b.jpg"], "predicted_class": ["cat"] * 2, "confidence": given})
    pq.write_table(table, tmp_path / "plain.parquet")
    done = lo.open_log(tmp_path / "log").import_(tmp_path / "plain.parquet", model="m")
    ((path, why),) = done.skipped
    assert (done.files, done.rows, path) == (0, 0, str(tmp_path / "plain.parquet"))
    assert "row 2: the confidence is 90, not within 0 to 1; divide percentages by 100" in why
