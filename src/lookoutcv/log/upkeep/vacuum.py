"""Files that nobody reads any more: replaced ones, what dead writers left behind, images whose rows are gone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from lookoutcv import clock
from lookoutcv.log.buffer.image_retention import FOLDER, picture_partition
from lookoutcv.log.location import DIRECTORY
from lookoutcv.log.table.files import Files, day_of
from lookoutcv.log.table.log_table import LogTable, open_table
from lookoutcv.log.table.time_range import SpanLike, span
from lookoutcv.log.table.transactions import retried

# Delta Lake's own rule: files that no commit names may be those of a writer that has not committed yet.
_UNREFERENCED_HOURS = 168


def grace_hours(text: SpanLike | int) -> int:
    """A pause before old files go, in whole hours, rounded up; "0" for none."""
    if text in (0, "0", timedelta(0)):
        return 0
    return -int(-span(text, "grace").total_seconds() // 3600)  # type: ignore[arg-type]


def free(table: LogTable, hours: int, *, dry_run: bool = False, unreferenced: bool = False) -> list[str]:
    """Remove files that the table was made of once.

    Args:
        table: The log.
        hours: Those that were replaced so long ago.
        dry_run: Only list them.
        unreferenced: Those that no commit names too: what a writer left that died while it wrote.
    """
    found: list[str] = retried(
        table,
        lambda delta: delta.vacuum(hours, dry_run=dry_run, enforce_retention_duration=False, full=unreferenced),
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
    """Free files that `retain`, `compact` and `erase` replaced. Rows are not touched; safe beside running writers.

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
    gone = free(table, hours, dry_run=dry_run, unreferenced=hours >= _UNREFERENCED_HOURS)
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
