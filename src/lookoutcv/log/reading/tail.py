"""The last rows of a log, and all rows of one image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from lookoutcv.errors import ConfigError, SourceNotFound
from lookoutcv.log.defaults import TAIL_ROWS
from lookoutcv.log.reading.lazy_frame import lazy_frame
from lookoutcv.log.table.arguments import checked_text
from lookoutcv.log.table.damaged_rows import collected
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable, text

OLDEST_FIRST = [("time", "ascending"), ("sequence", "ascending")]
_NEWEST_FIRST = [("time", "descending"), ("sequence", "descending")]
# An image logged again and again under one name.
_MOST_OF_ONE = 100


def tail(table: LogTable, which: LogFilter, n: int = TAIL_ROWS) -> pa.Table:
    """The last rows by time, the oldest of them first: day by day from the latest, so that the rest is not read.

    Args:
        table: The log.
        which: Of these rows.
        n: How many at most.
    Raises:
        ConfigError: What is no number of rows.
    """
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise ConfigError(f"n is {n!r}", "Give a whole number of at least 1.", key="n")
    parts: list[pa.Table] = []
    rows = 0
    for day in reversed(table.days(which)):
        frame = lazy_frame(table, which.on_day(day)).top_k(n - rows, by=["time", "sequence"])
        part = collected(frame, table.directory).to_arrow()
        parts.append(part)
        rows += part.num_rows
        if rows >= n:
            break
    if not parts:
        return table.schema.empty_table()
    return pa.concat_tables(parts).sort_by(OLDEST_FIRST)


def show(id: str, table: LogTable, which: LogFilter) -> list[dict[str, Any]]:
    """The rows of one image, the newest first, at most 100: every column that has a value.

    Args:
        id: Its name, as it was logged: compared letter by letter, no pattern.
        table: The log.
        which: Of these rows.
    Returns:
        One mapping a row. `retained_image` is where its image lies, the log's directory included.
    Raises:
        SourceNotFound: There is no such row.
    """
    batches = list(_bounded(table.scan(which, also=text("id") == checked_text(id, "id"))))
    if not batches:
        raise SourceNotFound(
            f"no row of the log is called {id!r}",
            "`lookout log tail` shows what rows are called.",
            source=table.directory,
        )
    rows = pa.Table.from_batches(batches).sort_by(_NEWEST_FIRST).to_pylist()
    return [_with_place(row, table.directory) for row in rows]


def _bounded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    rows = 0
    for batch in batches:
        yield batch.slice(0, _MOST_OF_ONE - rows)
        rows += batch.num_rows
        if rows >= _MOST_OF_ONE:
            return


def _with_place(row: dict[str, Any], directory: str) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if value is not None}
    if values.get("retained_image"):
        values["retained_image"] = f"{directory.rstrip('/')}/{values['retained_image']}"
    return values
