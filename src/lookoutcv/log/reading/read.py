"""Rows of the log in memory: for Arrow, polars and pandas; whole, or a batch at a time."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import pyarrow as pa

from lookoutcv.errors import ConfigError
from lookoutcv.extras import need
from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.reading.lazy_frame import lazy
from lookoutcv.log.table.log_table import LogFilter, LogTable, open_table
from lookoutcv.log.table.time_range import MomentLike, SpanLike, window

As = Literal["arrow", "batches", "polars", "lazy", "pandas"]


def read_log(
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    model: str | None = None,
    version: str | None = None,
    last: SpanLike | None = None,
    since: MomentLike | None = None,
    until: MomentLike | None = None,
    tags: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    as_: As = "arrow",
    storage_options: Mapping[str, str] | None = None,
) -> Any:
    """Rows of a prediction log.

    Args:
        directory: The log: a local folder, or a URL such as "s3://bucket/logs".
        model: Of this model; None for all.
        version: Of this version of the model.
        last: Of this stretch of time up to now: "1d", "12h".
        since, until: From this moment on, before that one: a datetime, "2026-05-04T12:00Z", "yesterday", "3d" (so long
            ago), or a day (UTC), which as `until` is included.
        tags: With these tags.
        columns: Only these; all by default.
        as_: "arrow": a `pyarrow.Table`. "polars", "pandas": a data frame. These hold all rows in memory; "batches", a
            `pyarrow.RecordBatchReader`, holds one batch, and "lazy", a `polars.LazyFrame`, what a query needs.
        storage_options: For the object store, beside the environment.
    Raises:
        SourceNotFound: There is no log.
        ConfigError: What is no moment, or no column.
        MissingExtra: deltalake, polars or pandas is not installed.
    Example:
        >>> import tempfile
        >>> import lookoutcv as lo
        >>> folder = tempfile.mkdtemp()
        >>> with lo.ClassificationLogger("pets", enabled_metrics=[], directory=folder) as log:
        ...     _ = log.log_prediction(None, "cat", 0.75, "a.jpg")
        >>> read_log(folder, model="pets", last="1d", columns=["id", "prediction"]).to_pylist()
        [{'id': 'a.jpg', 'prediction': 'cat'}]
    """
    if as_ not in get_args(As):
        raise ConfigError(f"as_ is {as_!r}", f"Give one of {', '.join(get_args(As))}.", key="as_")
    which = window(model, version=version, last=last, since=since, until=until, tags=tags)
    table = open_table(directory, storage_options)
    wanted = None if columns is None else known_columns(table, columns)
    if as_ == "lazy":
        frame = lazy(table, which)
        return frame if wanted is None else frame.select(wanted)
    rows = reader(table, which, wanted)
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
    return pa.RecordBatchReader.from_batches(chosen, (one.cast(chosen) for one in table.scan(which, chosen.names)))


def in_form(rows: pa.Table, as_: As) -> Any:
    """A table in the form that was asked for."""
    if as_ == "polars":
        return need("polars", "log").from_arrow(rows)
    if as_ == "pandas":
        need("pandas", "log")
        return rows.to_pandas()
    return rows


def known_columns(table: LogTable, columns: Sequence[str]) -> list[str]:
    """The same names.

    Raises:
        ConfigError: One is no column of the log.
    """
    names = table.schema.names
    for one in columns:
        if one not in names:
            nearest = tuple(difflib.get_close_matches(one, names, n=1))
            guess = f"Did you mean {nearest[0]!r}? " if nearest else ""
            raise ConfigError(
                f"the log has no column {one!r}",
                f'{guess}All of them: lookout log query "SELECT * FROM log LIMIT 1" --json.',
                key="columns",
                nearest=nearest,
            )
    return list(columns)
