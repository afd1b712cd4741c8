"""Files that nobody reads any more: replaced ones, what dead writers left behind, images whose rows are gone.

They are known by their names: whatever else lies in the folder of a log stays there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lookoutcv import clock
from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.log.buffer.image_retention import picture_partition
from lookoutcv.log.defaults import VACUUM_AFTER
from lookoutcv.log.table.files import Files, day_of
from lookoutcv.log.table.log_table import LogTable
from lookoutcv.log.table.own_files import PICTURES, is_data_file
from lookoutcv.log.table.transactions import retried
from lookoutcv.settings.time_range import SpanLike, span

# Delta Lake's own rule: files that no commit names may be those of a writer that has not committed yet.
_UNREFERENCED_HOURS = 168


def grace_hours(text: Any, key: str) -> int:
    """A pause before old files go, in whole hours, rounded up; "0" for none.

    Raises:
        ConfigError: It is no stretch of time.
    """
    if text is not False and text in (0, "0", timedelta(0)):  # people write 0
        return 0
    return -int(-span(text, key).total_seconds() // 3600)


def unread_files(table: LogTable, hours: int, *, unreferenced: bool = False) -> tuple[list[str], list[str]]:
    """Files that the table is not made of any more, or never was: its own, and those of others.

    Delta Lake would free both, so that it is only asked which there are.

    Args:
        table: The log.
        hours: Those that were replaced so long ago.
        unreferenced: Those that no commit names too: what a writer left that died while it wrote.
    """
    paths: list[str] = retried(
        table,
        lambda delta: delta.vacuum(hours, dry_run=True, enforce_retention_duration=False, full=unreferenced),
    )
    return [path for path in paths if is_data_file(path)], sorted(path for path in paths if not is_data_file(path))


def free(table: LogTable, hours: int) -> int:
    """Remove files that the table was made of until so many hours ago; how many, those removed before included."""
    own, _ = unread_files(table, hours)
    Files(table).remove_all(own)
    return len(own)


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Vacuumed:
    """Files that nobody reads any more, removed or to be.

    Args:
        dry_run: Nothing was changed.
        files: Replaced ones, those removed before included, and what dead writers left behind.
        pictures: Whose day is gone from the table.
        others: Files in the log's folder that no log wrote, as old as these: they stay.
    """

    dry_run: bool
    files: int
    pictures: int
    others: tuple[str, ...] = ()


def vacuum(table: LogTable, *, older_than: SpanLike = VACUUM_AFTER, dry_run: bool = False) -> Vacuumed:
    """Free files that `retain`, `compact` and `erase` replaced. Rows are not touched; safe beside running writers.

    Only files go whose names a log's writers make; whatever else lies in its folder stays.

    Args:
        table: The log.
        older_than: Replaced so long ago: a query that began before still reads them. From 7 days on, files that a dead
            writer left behind go too.
        dry_run: Only say what would go.
    Raises:
        ConfigError: What is no stretch of time.
    """
    hours = grace_hours(older_than, "older_than")
    own, others = unread_files(table, hours, unreferenced=hours >= _UNREFERENCED_HOURS)
    files, partitions = Files(table), {(p["model"], day_of(p["day"])) for p in table.delta.partitions()}
    # Of a removal that was stopped between rows and pictures. A picture of today may be older than its row.
    yesterday = clock.utc().date() - timedelta(days=1)
    unreferenced = [
        path
        for path, _, _ in files.below(PICTURES)
        if (day := picture_partition(path)) is not None and day not in partitions and day[1] < yesterday
    ]
    if not dry_run:
        files.remove_all([*own, *unreferenced])
    return Vacuumed(dry_run, len(own), len(unreferenced), tuple(others))
