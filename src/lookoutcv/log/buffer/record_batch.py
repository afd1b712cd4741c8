"""Rows as a record batch: a column at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

DAY_US = 86_400_000_000


def make_record_batch(rows: Sequence[Mapping[str, Any]], schema: pa.Schema, same: Mapping[str, Any]) -> pa.RecordBatch:
    """A record batch of rows.

    Args:
        rows: Values by column; `time` in microseconds since 1970.
        schema: Of the table; a column that no row has is null.
        same: Values that are the same for all rows, where a row has none of its own.
    Example:
        >>> from lookoutcv.log.table.schema import BASE
        >>> make_record_batch([{"id": "a", "time": 86_400_000_000}], BASE, {"model": "m"}).column("day").to_pylist()
        [datetime.date(1970, 1, 2)]
    """
    present = set().union(*rows)
    columns = []
    for field in schema:
        if field.name == "day":
            days = np.array([row["time"] for row in rows], dtype=np.int64) // DAY_US
            columns.append(pa.array(days.astype(np.int32)).cast(pa.date32()))
        elif field.name in present:
            columns.append(_column(rows, field, same.get(field.name)))
        elif field.name in same:
            columns.append(pa.repeat(pa.scalar(same[field.name], field.type), len(rows)))
        else:
            columns.append(pa.nulls(len(rows), field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(rows: Sequence[Mapping[str, Any]], field: pa.Field, default: Any) -> pa.Array:
    name = field.name
    values = [row.get(name, default) for row in rows]
    if pa.types.is_int64(field.type) and name not in ("stored_bytes", "sequence"):
        return pa.array(values, pa.uint64()).view(pa.int64())  # a hash: the same bits
    return pa.array(values, field.type)
