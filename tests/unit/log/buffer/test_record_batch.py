"""Rows as a record batch hold what the rows hold, each column as Arrow makes it by itself."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.log.buffer.record_batch import DAY_US, RecordBatchMaker
from lookoutcv.log.table.schema import table_schema
from lookoutcv.metric_selection import select_metrics

SCHEMA = table_schema(select_metrics(["exposure.contrast"]), ["site"])
SAME = {"model": "m", "model_version": None, "task": "classification", "writer": "w"}
DAYS = pa.array([0, 1], pa.int32()).view(pa.date32())


def rows(count: int) -> list[dict[str, Any]]:
    """Rows that have some columns each."""
    random = np.random.default_rng(count)
    made: list[dict[str, Any]] = []
    for number in range(count):
        row: dict[str, Any] = {"id": f"{number}", "time": number * DAY_US // 2, "sequence": number}
        if random.random() < 0.5:
            row |= {"confidence": float("nan"), "content_hash": 2**64 - 1 - number, "tag.site": "north"}
        if random.random() < 0.5:
            row |= {"scores": np.array([0.25, np.inf], np.float32), "tags": [("a", "1"), ("a", "2")], "problems": ["ä"]}
        if random.random() < 0.5:
            row |= {"model_version": f"v{number}", "exposure.contrast": np.float32(0.5), "flagged": True, "label": None}
        made.append(row)
    return made


@pytest.mark.parametrize("count", [1, 2, 64, 65, 300])
def test_each_column_is_what_arrow_makes_of_its_values(count: int) -> None:
    maker = RecordBatchMaker(SCHEMA, SAME)
    given = rows(count)
    batch = maker.make(given)
    batch.validate(full=True)
    assert batch.schema == SCHEMA
    for field in SCHEMA:
        values = [row.get(field.name, SAME.get(field.name)) for row in given]
        if field.name == "day":
            values = [row["time"] // DAY_US for row in given]
            expected = pa.array(values, pa.int32()).view(pa.date32())
        elif field.name == "content_hash":
            expected = pa.array(values, pa.uint64()).view(pa.int64())
        else:
            expected = pa.array(values, field.type)
        assert str(batch.column(field.name)) == str(expected), field.name  # NaN is no equal of itself
        assert batch.column(field.name).null_count == expected.null_count


def test_a_batch_is_the_same_whatever_was_made_before() -> None:
    maker = RecordBatchMaker(SCHEMA, SAME)
    first = maker.make([{"id": "a", "time": 0}])
    maker.make(rows(200))
    assert maker.make([{"id": "a", "time": 0}]).equals(first)
    assert first.column("writer").to_pylist() == ["w"]


def test_what_all_rows_share_stands_where_a_row_has_none_of_its_own() -> None:
    maker = RecordBatchMaker(SCHEMA, {**SAME, "model_version": "1"})
    batch = maker.make([{"id": "a", "time": 0}, {"id": "b", "time": 0, "model_version": "2"}])
    assert batch.column("model_version").to_pylist() == ["1", "2"]


def test_rows_of_several_days_have_each_its_own() -> None:
    batch = RecordBatchMaker(SCHEMA, SAME).make([{"time": -1}, {"time": 0}, {"time": DAY_US}])
    assert batch.column("day").to_pylist() == [datetime.date(1969, 12, 31), *DAYS.to_pylist()]


def test_a_short_batch_takes_no_room_for_a_long_one() -> None:
    maker = RecordBatchMaker(SCHEMA, SAME)
    alone = maker.make([{"id": "a", "time": 0}]).serialize().size
    maker.make([{"id": "a", "time": 0}] * 2000)
    assert maker.make([{"id": "a", "time": 0}]).serialize().size == alone < 20_000


@pytest.mark.parametrize("value", ["text", 1e40, b"\xff"])
def test_a_value_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises((pa.ArrowException, TypeError, ValueError, OverflowError)):
        RecordBatchMaker(SCHEMA, SAME).make([{"id": "a", "time": 0, "sequence": value}])
