"""The table of the prediction log: opened, narrowed to a model and a time, and read in batches."""

from __future__ import annotations

import functools
import operator
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from lookoutcv.errors import LookoutError, SourceNotFound, UnreadableSource
from lookoutcv.files import is_url, shown
from lookoutcv.log.table.damaged_rows import reading_rows
from lookoutcv.log.table.log_filter import ALL, LogFilter
from lookoutcv.log.table.open_delta import open_delta, options_for
from lookoutcv.log.table.own_files import entries_of_others, import_hint
from lookoutcv.log.table.schema import TAG, to_records

# Rows a batch: with 60 metrics some 10 MB.
BATCH_ROWS = 16_384


def expression(which: LogFilter, columns: Sequence[str]) -> Any:
    """A filter as `pyarrow.dataset` has it; None for all rows. Partitions that cannot match are not read.

    Args:
        which: The filter.
        columns: Of the table.
    """
    terms = []
    if which.model is not None:
        terms.append(ds.field("model") == which.model)
    if which.version is not None:
        terms.append(text("model_version") == which.version)
    first, last = which.days
    if which.start is not None:
        terms += [ds.field("time") >= _instant(which.start), ds.field("day") >= pa.scalar(first)]
    if which.end is not None:
        terms += [ds.field("time") < _instant(which.end), ds.field("day") <= pa.scalar(last)]
    terms += [_tagged(name, value, columns) for name, value in which.tag_pairs]
    return functools.reduce(operator.and_, terms) if terms else None


def _tagged(name: str, value: str, columns: Sequence[str]) -> Any:
    """Rows with a tag: in its column, or in the map of those that have none."""
    mapped = pc.map_lookup(ds.field("tags"), query_key=pa.scalar(name), occurrence="first") == value
    column = TAG + name.lower()
    return (text(column) == value) | mapped if column in columns else mapped


def text(column: str) -> Any:
    """A column of texts, to be compared with texts: Delta Lake rewrites files with another form of them."""
    return ds.field(column).cast(pa.string())


class LogTable:
    """An open log, as it was when it was opened.

    Args:
        delta: The `deltalake.DeltaTable`, for what is not here: history, delete, vacuum.
        directory: Where it is.
        storage_options: With which it was opened; None for a local folder.
    """

    def __init__(self, delta: Any, directory: str, storage_options: dict[str, str] | None = None) -> None:
        self.delta, self.directory, self.storage_options = delta, directory, storage_options

    @property
    def schema(self) -> pa.Schema:
        """The columns there are."""
        return pa.schema(self.delta.schema().to_arrow())

    @property
    def models(self) -> list[str]:
        """The names of the models, from the partitions alone."""
        return sorted({str(partition["model"]) for partition in self.delta.partitions()})

    def days(self, which: LogFilter = ALL) -> list[date]:
        """The days on which a row of a filter can be, in order, from the partitions alone."""
        first, last = which.days
        days = {
            date.fromisoformat(str(partition["day"]))
            for partition in self.delta.partitions()
            if which.model in (None, partition["model"])
        }
        return sorted(day for day in days if (first is None or day >= first) and (last is None or day <= last))

    def scan(
        self,
        which: LogFilter = ALL,
        columns: Sequence[str] | None = None,
        *,
        also: Any = None,
        files: Collection[str] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Rows as they are stored, a batch at a time.

        Args:
            which: Which.
            columns: Which of the table's; all by default.
            also: A further filter of `pyarrow.dataset`.
            files: Only of files with these names, without their folders; of all by default.
        Raises:
            UnreadableSource: A file is damaged, gone, or not reachable.
        """
        dataset = self.delta.to_pyarrow_dataset()
        filter = expression(which, self.schema.names)
        if also is not None:
            filter = also if filter is None else filter & also
        if files is not None:
            chosen = [one for one in dataset.get_fragments() if one.path.rpartition("/")[2] in files]
            dataset = ds.FileSystemDataset(chosen, dataset.schema, dataset.format, dataset.filesystem)
        batches = dataset.to_batches(
            columns=None if columns is None else list(columns),
            filter=filter,
            batch_size=BATCH_ROWS,
            # Constant memory whatever the number of files.
            batch_readahead=1,
            fragment_readahead=1,
        )
        while True:
            with reading_rows(self.directory):
                batch = next(batches, None)
            if batch is None:
                return
            if batch.num_rows:
                yield batch

    def records(self, which: LogFilter = ALL, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Rows as records, a batch at a time: what `measure` would have written, with the model's predictions.

        Args:
            which: Which.
            columns: Which of the table's; all by default.
        """
        for batch in self.scan(which, columns):
            yield from to_records(pa.Table.from_batches([batch])).to_batches()


def open_table(directory: str | os.PathLike[str], storage_options: Mapping[str, str] | None = None) -> LogTable:
    """Open the log at a place.

    Args:
        directory: As given to the logger.
        storage_options: For an object store, beside the environment.
    Raises:
        SourceNotFound: There is no log.
        NotOurFile: A Delta table of another kind.
        UnreadableSource: Not reachable, not allowed, or damaged.
        MissingExtra: deltalake is not installed.
    """
    place = os.fspath(directory)
    name = shown(place) if is_url(place) else place
    try:
        delta = open_delta(place, storage_options or {})
    except LookoutError:
        raise
    except Exception as reason:  # every store has errors of its own
        why = str(reason).partition("\n")[0][:200]
        raise UnreadableSource(
            f"the prediction log at {name} cannot be read: {why}",
            "Check the place, the credentials and the network.",
            source=name,
            reason=why,
        ) from reason
    if delta is None:
        raise SourceNotFound(
            f"there is no prediction log at {name}",
            ("" if is_url(place) else import_hint(place, entries_of_others(place)))
            or "Give the directory of a logger that has committed rows; `flush()` commits them at once.",
            source=name,
        )
    return LogTable(delta, place, options_for(place, storage_options or {}))


def at_version(table: LogTable, version: int) -> LogTable:
    """The log as it was."""
    kind = type(table.delta)
    old = kind(table.directory, version=version, storage_options=table.storage_options)
    return LogTable(old, table.directory, table.storage_options)


def _instant(moment: datetime) -> pa.Scalar:
    return pa.scalar(moment, pa.timestamp("us", tz="UTC"))
