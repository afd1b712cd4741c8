from datetime import UTC, datetime

import pyarrow as pa
import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.records.group_keys import Divider, division, group_keys, keys_of
from lookoutcv.records.schema import FIXED


def records(*rows: dict[str, object]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([{"id": f"{i}.jpg", **row} for i, row in enumerate(rows)], schema=FIXED)


ROWS = records(
    {
        "id": "site/a/1.jpg",
        "time": datetime(2026, 5, 1, 23, 59, 59, tzinfo=UTC),
        "label": "cat",
        "width_px": 64,
        "height_px": 48,
        "tags": [("line", "3"), ("shift", "late")],
    },
    {"id": "2.jpg", "time": datetime(1969, 12, 31, 12, tzinfo=UTC), "camera": "ACME", "tags": [("shift", "early")]},
    {"id": "site/a/3.jpg", "format": "jpeg"},
)


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("folder", ["site/a", ".", "site/a"]),
        ("day", ["2026-05-01", "1969-12-31", None]),
        ("label", ["cat", None, None]),
        ("camera", [None, "ACME", None]),
        ("format", [None, None, "jpeg"]),
        ("size", ["64x48", None, None]),
        ("line", ["3", None, None]),
        ("shift", ["late", "early", None]),
    ],
)
def test_keys(by: str, keys: list[str | None]) -> None:
    assert keys_of(ROWS, division(by)).to_pylist() == keys
    assert group_keys(pa.Table.from_batches([ROWS]), by) == tuple(keys)


def test_blocks_run_on_from_batch_to_batch() -> None:
    divider = Divider(division("3"))
    first = divider.divide(records({}, {}, {}, {}))
    second = divider.divide(records({"id": "x"}, {"id": "y"}, {"id": "z"}))
    keys = [*first.column("batch").to_pylist(), *second.column("batch").to_pylist()]
    assert keys == ["00000000 0.jpg"] * 3 + ["00000001 3.jpg"] * 3 + ["00000002 z"]
    assert second.schema == FIXED
    divider.finish()


def test_a_row_without_the_column_gains_it() -> None:
    bare = records({}).drop_columns(["batch"])
    assert Divider(division("folder")).divide(bare).column("batch").to_pylist() == ["."]


@pytest.mark.parametrize(
    ("by", "says"),
    [
        ("day", "found no image with a time"),
        ("camera", "found no image with a camera"),
        ("shfit", "Did you mean 'shift'"),
        ("colour", "There are camera, day, folder"),
    ],
)
def test_a_field_that_no_image_has_is_an_error_that_says_what_there_is(by: str, says: str) -> None:
    divider = Divider(division(by))
    divider.divide(records({"tags": [("shift", "late")]}, {}))
    with pytest.raises(ConfigError, match=says):
        divider.finish()


def test_some_images_without_a_time_are_left_without_a_day() -> None:
    divider = Divider(division("day"))
    assert divider.divide(ROWS).column("batch").null_count == 1
    divider.finish()


@pytest.mark.parametrize(("by", "role"), [("0", "batch_by"), ("-5", "batch_by"), (" ", "batch_by"), ("20", "group_by")])
def test_what_divides_nothing_is_refused_at_once(by: str, role: str) -> None:
    with pytest.raises(ConfigError):
        division(by, role)  # type: ignore[arg-type]
