"""Rows of the log in memory: for Arrow, polars and pandas; whole, or a batch at a time."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Sequence
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.types as kinds

from lookoutcv.errors import ConfigError
from lookoutcv.extras import need
from lookoutcv.log.reading.lazy_frame import lazy_frame
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable

As = Literal["arrow", "batches", "polars", "lazy", "pandas"]


def read(table: LogTable, which: LogFilter, *, columns: Sequence[str] | None = None, as_: As = "arrow") -> Any:
    """Rows of a prediction log.

    Args:
        table: The log.
        which: Which rows.
        columns: Only these; all by default.
        as_: "arrow": a `pyarrow.Table`. "polars", "pandas": a data frame; in pandas integers are of its types
            with gaps (Int64, UInt64 ...). These hold all rows in memory; "batches", a `pyarrow.RecordBatchReader`,
            holds one batch, and "lazy", a `polars.LazyFrame`, what a query needs.
    Raises:
        ConfigError: There is no such column.
        MissingExtra: deltalake, polars or pandas is not installed.
    """
    check_form(as_, get_args(As))
    names = None if columns is None else known_columns(table, columns)
    if as_ == "lazy":
        frame = lazy_frame(table, which)
        return frame if names is None else frame.select(names)
    rows = reader(table, which, names)
    return rows if as_ == "batches" else in_form(rows.read_all(), as_)


def reader(table: LogTable, which: LogFilter, columns: Sequence[str] | None = None) -> pa.RecordBatchReader:
    """Rows as a stream of batches.

    Args:
        table: The log.
        which: Which rows.
        columns: Which of its columns; all by default.
    """
    schema = table.schema
    chosen = schema if columns is None else pa.schema([schema.field(name) for name in columns])
    return pa.RecordBatchReader.from_batches(chosen, (batch.cast(chosen) for batch in table.scan(which, chosen.names)))


def check_form(as_: Any, forms: Sequence[str]) -> None:
    """A form that rows are given in.

    Raises:
        ConfigError: It is none of them.
    """
    if not isinstance(as_, str) or as_ not in forms:
        raise ConfigError(f"as_ is {as_!r}", f"Give one of {', '.join(forms)}.", key="as_")


def in_form(rows: pa.Table, as_: As) -> Any:
    """A table in the form that was asked for."""
    if as_ == "polars":
        return need("polars", "log").from_arrow(rows)
    if as_ == "pandas":
        pandas = need("pandas", "log")
        # Without these, integers and truth values with gaps would become floats and objects, also inside of lists.
        return rows.to_pandas(types_mapper=functools.partial(_pandas_type, pandas), integer_object_nulls=True)
    return rows


def _pandas_type(pandas: Any, kind: pa.DataType) -> Any:
    """The type in which pandas holds a column without a loss, whether it has gaps or not; None for its usual one."""
    if kinds.is_integer(kind):
        sign = "UInt" if kinds.is_unsigned_integer(kind) else "Int"
        return getattr(pandas, f"{sign}{kind.bit_width}Dtype")()
    if kinds.is_boolean(kind):
        return pandas.BooleanDtype()
    # Python's times of day have no nanoseconds, and numpy's moments in lists no zone.
    return pandas.ArrowDtype(kind) if kinds.is_time64(kind) or _lists_moments(kind) else None


def _lists_moments(kind: pa.DataType) -> bool:
    while kinds.is_nested(kind) and kind.num_fields == 1:
        kind = kind.field(0).type
        if kinds.is_timestamp(kind) and kind.tz is not None:
            return True
    return False


def known_columns(table: LogTable, columns: Sequence[str]) -> list[str]:
    """The same names.

    Raises:
        ConfigError: One is no column of the log.
    """
    if isinstance(columns, str):
        raise ConfigError(f"columns is the text {columns!r}", f"Give a list: [{columns!r}].", key="columns")
    names = table.schema.names
    for column in columns:
        if column not in names:
            nearest = tuple(difflib.get_close_matches(str(column), names, n=1))
            guess = f"Did you mean {nearest[0]!r}? " if nearest else ""
            raise ConfigError(
                f"the log has no column {column!r}",
                f'{guess}`lookout log query "SELECT * FROM log LIMIT 1" --json` shows them all.',
                key="columns",
                nearest=nearest,
            )
    return list(columns)
