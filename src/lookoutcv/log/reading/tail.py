"""The last rows of a log, and those that come."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.errors import ConfigError, SourceNotFound
from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.reading.lazy_frame import lazy
from lookoutcv.log.table.log_table import LogFilter, LogTable, day_window, open_table, text
from lookoutcv.log.table.time_range import MomentLike, SpanLike, window

_NEWEST_FIRST = [("time", "descending"), ("sequence", "descending")]
_OLDEST_FIRST = [("time", "ascending"), ("sequence", "ascending")]
# An image logged again and again under one name.
_MOST_OF_ONE = 100


def tail_log(
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    n: int = 20,
    model: str | None = None,
    version: str | None = None,
    last: SpanLike | None = None,
    since: MomentLike | None = None,
    until: MomentLike | None = None,
    tags: Mapping[str, str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> pa.Table:
    """The last rows by time, the oldest of them first.

    Args:
        directory, model, version, last, since, until, tags, storage_options: As for `read_log`.
        n: How many at most.
    Raises:
        SourceNotFound: There is no log.
        ConfigError: What is no moment, or no number of rows.
    """
    which = window(model, version=version, last=last, since=since, until=until, tags=tags)
    return newest(open_table(directory, storage_options), which, n)


def newest(table: LogTable, which: LogFilter, n: int) -> pa.Table:
    """The last rows of a window: day by day from the latest, so that the rest of the log is not read."""
    if n < 1:
        raise ConfigError(f"n is {n}", "Give a whole number of at least 1.", key="n")
    found: list[pa.Table] = []
    rows = 0
    for day in reversed(table.days(which)):
        frame = lazy(table, day_window(which, day)).top_k(n - rows, by=["time", "sequence"])
        part = frame.collect(engine="streaming").to_arrow()
        found.append(part)
        rows += part.num_rows
        if rows >= n:
            break
    if not found:
        return table.schema.empty_table()
    return pa.concat_tables(found).sort_by(_OLDEST_FIRST)


def show_log(
    id: str,
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    model: str | None = None,
    version: str | None = None,
    last: SpanLike | None = None,
    since: MomentLike | None = None,
    until: MomentLike | None = None,
    tags: Mapping[str, str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The rows of one image, the newest first, at most 100: every column that has a value.

    Args:
        id: Its name, as it was logged: compared letter by letter, no pattern.
        directory, model, version, last, since, until, tags, storage_options: As for `read_log`.
    Returns:
        One mapping a row. `retained_image` is where its picture lies, the log's directory included.
    Raises:
        SourceNotFound: There is no log, or no such row in it.
    """
    which = window(model, version=version, last=last, since=since, until=until, tags=tags)
    table = open_table(directory, storage_options)
    batches = list(_bounded(table.scan(which, also=text("id") == id)))
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
    kept = {name: value for name, value in row.items() if value is not None}
    if kept.get("retained_image"):
        kept["retained_image"] = f"{directory.rstrip('/')}/{kept['retained_image']}"
    return kept


class Follower:
    """Rows as they are committed, each once, whoever writes them; a file that `compact` made is nothing new.

    Args:
        table: The log; what it holds now is known already.
        which: Which rows.
    """

    def __init__(self, table: LogTable, which: LogFilter) -> None:
        self._table, self._which = table, which
        self._files = set(table.delta.file_uris())
        self._seen: dict[str, int] = {}
        for batch in table.scan(LogFilter(which.model), ["writer", "sequence"]):
            self._note(batch)

    def new(self) -> pa.Table:
        """What was committed since the last time, in order of time; memory holds what came in one step."""
        self._table.delta.update_incremental()
        before, self._files = self._files, set(self._table.delta.file_uris())
        files = {name.rpartition("/")[2] for name in self._files - before}
        found = [self._table.schema.empty_table()]
        for batch in self._table.scan(self._which, files=files) if files else ():
            fresh = batch.filter(self._fresh(batch))
            if fresh.num_rows:
                found.append(pa.Table.from_batches([fresh]))
        for one in found[1:]:
            for batch in one.to_batches():
                self._note(batch)
        return pa.concat_tables(found, promote_options="default").sort_by(_OLDEST_FIRST)

    def _fresh(self, batch: pa.RecordBatch) -> pa.Array:
        writers = batch.column("writer").to_pylist()
        known = pa.array([-1 if one is None else self._seen.get(one, -1) for one in writers], pa.int64())
        return pc.fill_null(pc.greater(batch.column("sequence"), known), True)

    def _note(self, batch: pa.RecordBatch) -> None:
        rows = pa.Table.from_batches([batch]).select(["writer", "sequence"])
        groups = rows.group_by("writer").aggregate([("sequence", "max")]).to_pylist()
        for group in groups:
            if group["writer"] is not None and group["sequence_max"] is not None:
                self._seen[group["writer"]] = max(self._seen.get(group["writer"], -1), group["sequence_max"])


def follow_log(
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    model: str | None = None,
    version: str | None = None,
    tags: Mapping[str, str] | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Follower:
    """Follow a log from now on: each call of `new()` gives the rows committed since the last one.

    Args:
        directory, model, version, tags, storage_options: As for `read_log`.
    Raises:
        SourceNotFound: There is no log.
    """
    return Follower(open_table(directory, storage_options), window(model, version=version, tags=tags))
