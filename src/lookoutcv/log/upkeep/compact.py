"""Files of the log: small ones joined, those that nobody reads any more freed, pictures told by their folders."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from lookoutcv import clock
from lookoutcv.log.buffer.image_retention import FOLDER
from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.table.log_table import LogTable, open_table
from lookoutcv.log.table.time_range import SpanLike, span
from lookoutcv.log.table.transactions import Files, retried

# Delta Lake's own rule: files that no commit names may be those of a writer that has not committed yet.
_STRANGERS_HOURS = 168
# A reader opens a file of this size in one go, and a rewrite of it holds a few times that.
_TARGET_BYTES = 128 << 20


def grace_hours(text: SpanLike | int) -> int:
    """A pause before old files go, in whole hours, rounded up; "0" for none."""
    if text in (0, "0", timedelta(0)):
        return 0
    return -int(-span(text, "grace").total_seconds() // 3600)  # type: ignore[arg-type]


def listed(table: LogTable) -> Iterator[dict[str, Any]]:
    """The files that the table is made of: path, bytes, rows, partition."""
    yield from pa.table(table.delta.get_add_actions(flatten=True)).to_pylist()


def day_of(value: Any) -> date:
    """A partition's day, which some versions of Delta Lake give as text."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def picture_partition(path: str) -> tuple[str, date] | None:
    """The model and the day that a picture is of, by its folder; None for another file.

    Example:
        >>> picture_partition("_evidence/model=a%2Fb/day=2026-05-04/w-1.jpg")
        ('a/b', datetime.date(2026, 5, 4))
    """
    parts = path.split("/")
    if len(parts) != 4 or not parts[1].startswith("model=") or not parts[2].startswith("day="):
        return None
    try:
        return unquote(parts[1][6:]), date.fromisoformat(parts[2][4:])
    except ValueError:
        return None


def free(table: LogTable, hours: int, *, dry_run: bool = False, strangers: bool = False) -> list[str]:
    """Remove files that the table was made of once.

    Args:
        table: The log.
        hours: Those that were replaced so long ago.
        dry_run: Only list them.
        strangers: Those that no commit names too: what a writer left that died while it wrote.
    """
    found: list[str] = retried(
        table,
        lambda delta: delta.vacuum(hours, dry_run=dry_run, enforce_retention_duration=False, full=strangers),
    )
    return found


@dataclass(frozen=True)
class Vacuumed:
    """Files that nobody reads any more, removed or to be.

    Args:
        dry_run: Nothing was changed.
        files: Replaced ones, those removed before included, and what dead writers left behind.
        pictures: Whose day is gone from the table.
    """

    dry_run: bool
    files: int
    pictures: int


def vacuum_log(
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    older_than: SpanLike | int = "7d",
    dry_run: bool = False,
    storage_options: Mapping[str, str] | None = None,
) -> Vacuumed:
    """Free files that `retain`, `compact` and `forget` replaced. Rows are not touched; safe beside running writers.

    Args:
        directory: The log.
        older_than: Replaced so long ago: a query that began before still reads them. From 7 days on, files that a dead
            writer left behind go too.
        dry_run: Only say what would go.
        storage_options: For the object store, beside the environment.
    Raises:
        SourceNotFound: There is no log.
    """
    hours = grace_hours(older_than)
    table = open_table(directory, storage_options)
    gone = free(table, hours, dry_run=dry_run, strangers=hours >= _STRANGERS_HOURS)
    files, held = Files(table), {(p["model"], day_of(p["day"])) for p in table.delta.partitions()}
    # Of a removal that was stopped between rows and pictures. A picture of today may be older than its row.
    yesterday = clock.utc().date() - timedelta(days=1)
    lost = [
        path
        for path, _, _ in files.below(FOLDER)
        if (of := picture_partition(path)) is not None and of not in held and of[1] < yesterday
    ]
    if not dry_run:
        for path in lost:
            files.remove(path)
    return Vacuumed(dry_run, len(gone), len(lost))


@dataclass(frozen=True)
class Compacted:
    """Small files joined, or to be.

    Args:
        dry_run: Nothing was changed.
        days: Of one model each, that had several small files.
        before, after: Files of these; in a dry run `after` is what is expected.
        bytes: They hold.
    """

    dry_run: bool
    days: int
    before: int
    after: int
    bytes: int


def compact_log(
    directory: str | os.PathLike[str] = DIRECTORY,
    *,
    model: str | None = None,
    dry_run: bool = False,
    storage_options: Mapping[str, str] | None = None,
) -> Compacted:
    """Join the small files of each day, so that reading is fast. Safe beside running writers; rows stay as they are.

    Args:
        directory: The log.
        model: Only of this model.
        dry_run: Only say what would be joined.
        storage_options: For the object store, beside the environment.
    Raises:
        SourceNotFound: There is no log.
        UnreadableSource: The log cannot be changed.
    """
    table = open_table(directory, storage_options)
    parts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for file in listed(table):
        if file["size_bytes"] < _TARGET_BYTES // 2 and model in (None, file["partition.model"]):
            parts[file["partition.model"], str(file["partition.day"])].append(file["size_bytes"])
    several = {key: sizes for key, sizes in sorted(parts.items()) if len(sizes) > 1}
    before = sum(map(len, several.values()))
    after = sum(-(-sum(sizes) // _TARGET_BYTES) for sizes in several.values())
    if not dry_run:
        after = 0
        for key in several:
            after += _joined(table, key)
    return Compacted(dry_run, len(several), before, after, sum(map(sum, several.values())))


def _joined(table: LogTable, key: tuple[str, str]) -> int:
    where = [("model", "=", key[0]), ("day", "=", key[1])]
    done = retried(
        table,
        lambda delta: delta.optimize.compact(
            partition_filters=where, target_size=_TARGET_BYTES, max_concurrent_tasks=1
        ),
    )
    return int(done["numFilesAdded"])
