"""Rows as they are committed, from one snapshot of the log on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.errors import UnreadableSource
from lookoutcv.log.defaults import TAIL_ROWS
from lookoutcv.log.reading.tail import OLDEST_FIRST, tail
from lookoutcv.log.table.files import listed
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable, at_version

# One writer's rows have numbers of their own: these two name a row.
_KEY = ["writer", "sequence"]
# What the table's own list says of a file, where it does; of each column it says four things.
_DESCRIBED = ["path", "partition.model", "partition.day", "min.writer", "max.writer", "max.sequence"]


class Follower:
    """Rows as they are committed, each once, whoever writes them.

    What a step brings is what the files added since the last one hold; where files were replaced too, by `compact`,
    `label` and their like, less the rows of the replaced files. Nothing is read at the start.

    Args:
        table: The log as it is now, this one's own: from this snapshot on rows are followed.
        which: Which rows; its times bound `last` alone.
    """

    def __init__(self, table: LogTable, which: LogFilter) -> None:
        self._table, self._which = table, which
        self._files = _files(table)
        self._version = int(table.delta.version())

    def last(self, n: int = TAIL_ROWS) -> pa.Table:
        """The last rows by time of what is known already: `new` goes on behind them, without a gap or a row twice.

        Raises:
            ConfigError: What is no number of rows.
        """
        return tail(self._table, self._which, n)

    def new(self) -> pa.Table:
        """What was committed since the last time, in order of time; memory holds what came in one step."""
        before, known = self._files, self._version
        self._table.delta.update_incremental()
        self._version = int(self._table.delta.version())
        if self._version == known:
            return self._table.schema.empty_table()
        self._files = _files(self._table)
        added = self._files.keys() - before.keys()
        partitions = {self._files[name].partition for name in added}
        replaced = [file for name, file in before.items() if name not in self._files and file.partition in partitions]
        which = replace(self._which, since=None, until=None)
        parts = [self._table.schema.empty_table()]
        if added:
            parts += [pa.Table.from_batches([one]) for one in self._table.scan(which, files=_names(added))]
        rows = pa.concat_tables(parts, promote_options="default")
        if replaced and rows.num_rows:
            rows = _without(rows, at_version(self._table, known), replaced)
        return rows.sort_by(OLDEST_FIRST)


class _File:
    """A file of the table, as the table's own list describes it."""

    def __init__(self, action: dict[str, object]) -> None:
        self.path = str(action["path"])
        self.partition = (action["partition.model"], str(action["partition.day"]))
        self.writers = action.get("min.writer"), action.get("max.writer")
        self.last_sequence = action.get("max.sequence")


def _files(table: LogTable) -> dict[str, _File]:
    return {file.path: file for file in map(_File, listed(table, _DESCRIBED))}


def _names(paths: set[str]) -> set[str]:
    return {path.rpartition("/")[2] for path in paths}


def _without(rows: pa.Table, before: LogTable, replaced: list[_File]) -> pa.Table:
    """Rows that none of the replaced files holds."""
    for file in replaced:
        try:
            keys = pa.Table.from_batches(list(_keys(before, file)), pa.schema([before.schema.field(k) for k in _KEY]))
        except UnreadableSource:
            rows = rows.filter(pc.invert(_within(rows, file)))  # `erase` removes replaced files at once
        else:
            place = pa.array(range(rows.num_rows), pa.int64())
            left = rows.select(_KEY).append_column("place", place).join(keys, _KEY, join_type="left anti")
            rows = rows.take(left.column("place").sort())
    return rows


def _keys(table: LogTable, file: _File) -> Iterator[pa.RecordBatch]:
    schema = pa.schema([table.schema.field(name) for name in _KEY])
    return (batch.cast(schema) for batch in table.scan(columns=_KEY, files=_names({file.path})))


def _within(rows: pa.Table, file: _File) -> pa.ChunkedArray:
    """Whether a file that cannot be read any more can have held a row: by its writers, and its last number."""
    first, last = file.writers
    if first is None or last is None or file.last_sequence is None:
        return pa.chunked_array([pa.repeat(True, rows.num_rows)])
    writer = rows.column("writer")
    between = pc.and_(pc.greater_equal(writer, first), pc.less_equal(writer, last))
    return pc.fill_null(pc.and_(between, pc.less_equal(rows.column("sequence"), file.last_sequence)), True)
