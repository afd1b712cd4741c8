"""Rows as a record batch, in few steps.

Each step of Arrow's lets go of Python's lock and asks for it again; beside a model that is written in Python, and more
so where other programs want the cores, whoever serves waits with each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

DAY_US = 86_400_000_000
# Columns that no row has are made once, so long at least, and cut to the rows there are.
_SHORTEST = 64


class RecordBatchMaker:
    """Makes record batches of rows.

    Args:
        schema: Of the table; a column that no row has is null.
        same: Values that are the same for all rows, where a row has none of its own.
    Example:
        >>> from lookoutcv.log.table.schema import BASE
        >>> maker = RecordBatchMaker(BASE, {"model": "m"})
        >>> maker.make([{"id": "a", "time": 86_400_000_000}]).column("day").to_pylist()
        [datetime.date(1970, 1, 2)]
    """

    def __init__(self, schema: pa.Schema, same: Mapping[str, Any]) -> None:
        self.schema, self._same = schema, {name: value for name, value in same.items() if value is not None}
        self._types: dict[str, pa.DataType] = {field.name: field.type for field in schema}
        self._given = {field.name: pa.field(field.name, _unsigned(field)) for field in schema}
        # Columns of one value, by their length: powers of two, so that they are few.
        self._whole: dict[int, dict[str, pa.Array]] = {}

    def make(self, rows: Sequence[Mapping[str, Any]]) -> pa.RecordBatch:
        """A record batch.

        Args:
            rows: Values by column; `time` in microseconds since 1970. At least one. What is no column is left out.
        Raises:
            ArrowException, TypeError, ValueError, OverflowError: A value is none of its column's type.
        """
        present = set().union(*rows)
        given = [self._given[name] for name in self._types if name in present]
        values = pa.array(self._with_defaults(rows, present), pa.struct(given)).flatten()
        own = {field.name: column for field, column in zip(given, values, strict=True)}
        own["day"] = self._days(rows)
        others = self._others(len(rows))
        return pa.RecordBatch.from_arrays(
            [
                others[name].slice(0, len(rows)) if (column := own.get(name)) is None else _signed(column, kind)
                for name, kind in self._types.items()
            ],
            schema=self.schema,
        )

    def _with_defaults(self, rows: Sequence[Mapping[str, Any]], present: set[str]) -> Sequence[Mapping[str, Any]]:
        """The rows; where only some have a value of their own that the others share, all with one."""
        defaults = {name: value for name, value in self._same.items() if name in present}
        return [{**defaults, **row} for row in rows] if defaults else rows

    def _days(self, rows: Sequence[Mapping[str, Any]]) -> pa.Array:
        return pa.array([row["time"] // DAY_US for row in rows], pa.int32()).view(pa.date32())

    def _others(self, count: int) -> dict[str, pa.Array]:
        """Of each column what stands there where no row has a value, at least so long."""
        length = max(1 << (count - 1).bit_length(), _SHORTEST)
        if length not in self._whole:
            self._whole[length] = {
                name: pa.repeat(pa.scalar(self._same[name], kind), length)
                if name in self._same
                else pa.nulls(length, kind)
                for name, kind in self._types.items()
            }
        return self._whole[length]


def _unsigned(field: pa.Field) -> pa.DataType:
    """The type of a column as rows give it: a hash is stored as the signed number of the same bits."""
    is_hash = pa.types.is_int64(field.type) and field.name not in ("stored_bytes", "sequence")
    return pa.uint64() if is_hash else field.type


def _signed(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column if column.type == kind else column.view(kind)
