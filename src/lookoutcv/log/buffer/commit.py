"""Segments into the table: each exactly once, whatever stops in between.

A commit holds rows and, in the same atomic step, an app transaction: the writer's name and the number of its last
segment. Whoever replays segments asks the table for that number first, and leaves out what is there already.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.extras import need
from lookoutcv.log.buffer.segments import read_segment, segment_path, unpacked_bytes
from lookoutcv.log.buffer.send_images import send
from lookoutcv.log.table.open_delta import may_use_delta, open_delta, options_for
from lookoutcv.log.table.schema import PARTITIONS
from lookoutcv.processes.isolated_process import Report, run_isolated, serve_task
from lookoutcv.secrets import hide_options, hide_secrets_of

# What one commit takes of the segments at a time, in memory. Delta Lake holds all rows of a commit, and takes several
# times as much while it writes masks: 88 MB for 16, and no less time for fewer commits.
_MOST_BYTES = 16 << 20
# Of rows in one group of a Parquet file, which its writer holds whole: in one group of 16 MB they take 45 MB more.
_GROUP_BYTES = 4 << 20
DAMAGED = "damaged"
# Of a commit that another came before; whoever waits for it waits no longer than some seconds.
_MOST_TRIES = 8
_LONGEST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Committed:
    """What became of some segments.

    Args:
        rows: How many rows this commit added to the table.
        damaged: How many stretches of segments could not be read; the files are kept in the spool's folder `damaged`.
    """

    rows: int = 0
    damaged: int = 0


def commit(
    directory: str,
    folder: Path,
    numbers: Sequence[int],
    storage_options: Mapping[str, str],
    leaving: Callable[[], bool] = bool,
) -> Committed:
    """Commit segments of one writer and remove them.

    Args:
        directory: Of the table: a local folder or a URL.
        folder: The writer's, named for it; this process holds its lock.
        numbers: Of segments that are ended.
        storage_options: For the object store, beside the environment.
        leaving: Whether to stop before the next part; what is not committed then is left for another time.
    Raises:
        Exception: Whatever the store or the disk raises; nothing is lost, and calling again is safe.
    """
    # Another process may open the table, and what it says of its trouble is said here.
    hide_secrets_of(directory)
    hide_options(storage_options)
    total = Committed()
    for some in _bounded(folder, sorted(numbers)):
        if leaving():
            break
        done = _here_or_isolated(directory, folder, some, dict(storage_options))
        total = Committed(total.rows + done.rows, total.damaged + done.damaged)
    return total


def _here_or_isolated(directory: str, folder: Path, numbers: list[int], options: dict[str, str]) -> Committed:
    commit_some = _commit if may_use_delta() else _isolated
    return commit_some(directory, folder, numbers, options)


def _bounded(folder: Path, numbers: list[int]) -> list[list[int]]:
    parts: list[list[int]] = []
    size = _MOST_BYTES
    for number in numbers:
        own = unpacked_bytes(segment_path(folder, number))
        if size + own > _MOST_BYTES:
            parts.append([])
            size = 0
        parts[-1].append(number)
        size += own
    return parts


def _commit(directory: str, folder: Path, numbers: list[int], storage_options: dict[str, str]) -> Committed:
    failed = need("deltalake", "log").exceptions.CommitFailedError
    for attempt in range(_MOST_TRIES):
        with suppress(failed):
            return _commit_once(directory, folder, numbers, storage_options)
        # Two writers that add a column or begin a table at once: all in order, the second only comes again.
        time.sleep(random.uniform(0, min(0.05 * 2**attempt, _LONGEST_PAUSE_SECONDS)))
    return _commit_once(directory, folder, numbers, storage_options)


def _commit_once(directory: str, folder: Path, numbers: list[int], storage_options: dict[str, str]) -> Committed:
    table = open_delta(directory, storage_options)
    done = None if table is None else table.transaction_version(folder.name)
    paths = {number: segment_path(folder, number) for number in numbers}
    segments = {n: read_segment(path) for n, path in paths.items() if done is None or n > done}
    rows = sum(segment.rows for segment in segments.values())
    if rows:
        # Pictures first: no row in the table names one that is not there.
        send(directory, folder.parent, options_for(directory, storage_options))
        batches = [batch for segment in segments.values() for batch in segment.batches]
        append(directory, table, batches, (folder.name, max(segments)), storage_options)
    for number, path in paths.items():
        if number in segments and segments[number].damaged:
            _set_aside(path, folder)
        else:
            path.unlink(missing_ok=True)
    return Committed(rows, sum(segment.damaged for segment in segments.values()))


def append(
    directory: str, table: Any, batches: list[pa.RecordBatch], done: tuple[str, int], options: dict[str, str]
) -> None:
    """Commit rows, and that they are there, in one step.

    Args:
        directory: Of the table.
        table: As `open_delta` gave it; None where there is none yet.
        batches: Of rows, each with its own columns.
        done: A writer's name, and the number that the table shall know as its last.
        options: For the object store.
    Raises:
        Exception: Whatever the store or the disk raises; nothing was committed.
    """
    deltalake = need("deltalake", "log")
    schema = _common_schema(batches, None if table is None else pa.schema(table.schema().to_arrow()))
    # A table, no reader of Python's batches: Delta Lake's threads let go of what they were given when they like, and
    # must not need Python's lock for it while the process ends.
    rows = pa.Table.from_batches([_conformed(batch, schema) for batch in batches], schema)
    deltalake.write_deltalake(
        directory if table is None else table,
        rows,
        mode="append",
        partition_by=PARTITIONS,
        schema_mode="merge",
        storage_options=options_for(directory, options),
        writer_properties=deltalake.WriterProperties(compression="ZSTD", max_row_group_size=_rows_a_group(rows)),
        commit_properties=deltalake.CommitProperties(app_transactions=[deltalake.Transaction(*done)]),
    )


def _rows_a_group(rows: pa.Table) -> int:
    return max(int(_GROUP_BYTES * rows.num_rows / max(rows.nbytes, 1)), 1)


def _common_schema(batches: list[pa.RecordBatch], known: pa.Schema | None) -> pa.Schema:
    """Every column of the batches, in the type that the table has for it."""
    fields: dict[str, pa.Field] = {}
    for batch in batches:
        for field in batch.schema:
            if known is not None and field.name in known.names and not pa.types.is_nested(field.type):
                fields.setdefault(field.name, pa.field(field.name, known.field(field.name).type))
            fields.setdefault(field.name, field)
    return pa.schema(list(fields.values()))


def _conformed(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = []
    for field in schema:
        if field.name not in batch.schema.names:
            columns.append(pa.nulls(batch.num_rows, field.type))
            continue
        column = batch.column(field.name)
        if column.type != field.type:
            column = _converted(column, field.type)
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _converted(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """Where two processes mean different things by one name, the first in the table decides; the row is kept."""
    try:
        return column.cast(kind, safe=False)
    except pa.ArrowException:
        return pa.nulls(len(column), kind)


def _set_aside(path: Path, folder: Path) -> None:
    aside = folder.parent / DAMAGED
    aside.mkdir(exist_ok=True)
    shutil.move(path, aside / f"{folder.name}-{path.name}")


# In another process.


def _isolated(directory: str, folder: Path, numbers: list[int], storage_options: dict[str, str]) -> Committed:
    task = {"directory": directory, "folder": str(folder), "numbers": numbers, "storage_options": storage_options}
    return Committed(**run_isolated(__name__, task))


def _work(task: dict[str, Any], report: Report) -> dict[str, int]:
    return asdict(_commit(task["directory"], Path(task["folder"]), task["numbers"], task["storage_options"]))


if __name__ == "__main__":
    serve_task(_work)
