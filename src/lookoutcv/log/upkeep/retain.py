"""The log kept small: old rows and their pictures removed."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import pyarrow as pa
import pyarrow.dataset as ds

from lookoutcv import clock
from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.log.buffer.image_retention import picture_partition
from lookoutcv.log.defaults import GRACE
from lookoutcv.log.table.arguments import checked_model
from lookoutcv.log.table.files import Files, day_of, listed
from lookoutcv.log.table.log_filter import LogFilter
from lookoutcv.log.table.log_table import LogTable, at_version
from lookoutcv.log.table.own_files import PICTURES, is_picture
from lookoutcv.log.table.transactions import quoted, retried
from lookoutcv.log.upkeep.vacuum import free, grace_hours
from lookoutcv.settings.time_range import SpanLike, span

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(B|kB|KB|MB|GB|TB)?")
_UNITS = {None: 1, "B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
# No row is older.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)


@only_known_keywords(types=False)
@dataclass(frozen=True)
class Retained:
    """What was removed from a log, or would be.

    Args:
        dry_run: Nothing was changed.
        rows: Removed.
        kept_flagged: Old rows that stay because they are flagged.
        before: Rows before this moment were removed, ISO 8601; None where nothing was.
        pictures, picture_bytes: Retained images of these rows.
        bytes: By which the files of the table shrank; in a dry run those of whole days.
        freed: Replaced files of which the disk is rid now, those removed before included.
        remaining_rows, remaining_bytes: What stays, pictures included; in a dry run what is there now.
    """

    dry_run: bool
    rows: int
    kept_flagged: int
    before: str | None
    pictures: int
    picture_bytes: int
    bytes: int
    freed: int
    remaining_rows: int
    remaining_bytes: int


def size(text: int | str, key: str = "max_size") -> int:
    """Bytes.

    Raises:
        ConfigError: It is no size.
    Example:
        >>> size("50GB"), size("1.5 MB"), size(1000)
        (50000000000, 1500000, 1000)
    """
    match = _SIZE.fullmatch(str(text).strip())
    if match is None or not float(match[1]):
        raise ConfigError(f"{key}={text} is no size", f"Give {key} as 500MB or 50GB.", key=key)
    return int(float(match[1]) * _UNITS[match[2]])


def retain(
    table: LogTable,
    *,
    older_than: SpanLike | None = None,
    max_size: int | str | None = None,
    keep_flagged: bool = False,
    model: str | None = None,
    grace: SpanLike = GRACE,
    dry_run: bool = False,
) -> Retained:
    """Remove old rows with their pictures. Safe beside running writers.

    Args:
        table: The log.
        older_than: Rows of before then: "90d".
        max_size: The oldest days until rows and pictures hold no more than this: "50GB". The latest day stays.
        keep_flagged: Flagged rows and their pictures stay whatever their age.
        model: Only rows of this model.
        grace: Old files are freed so long after the change, by the next `retain` or `vacuum`: a query that runs may
            still read them. "0" frees them at once.
        dry_run: Only say what would go.
    Raises:
        ConfigError: Nothing is asked for, or no size or span.
        UnreadableSource: The log cannot be changed.
    """
    if older_than is None and max_size is None:
        raise ConfigError(
            "nothing says what is to go",
            f"Give {option('older_than', '90d')}, {option('max_size', '50GB')}, or both.",
            key="retain",
        )
    bound = None if max_size is None else size(max_size)
    hours = grace_hours(grace, "grace")
    age = None if older_than is None else span(older_than, "older_than")
    removal = _Removal(table, checked_model(model), keep_flagged)
    cutoff = _FIRST if age is None else max(_FIRST, clock.utc() - age)
    if bound is not None:
        cutoff = max(cutoff, removal.cutoff_for(bound))
    return removal.expected(cutoff) if dry_run else removal.done(cutoff, hours)


class _Removal:
    """A log while rows are removed from it."""

    def __init__(self, table: LogTable, model: str | None, keep_flagged: bool) -> None:
        self.table, self.files = table, Files(table)
        self._model = model
        self._flags = keep_flagged and "flagged" in table.schema.names
        self._pictured = "retained_image" in table.schema.names

    def cutoff_for(self, bound: int) -> datetime:
        """Before which day rows have to go for the rest to fit."""
        sizes = self._sizes()
        days = sorted({day for _, day in sizes})
        left = sum(sizes.values())
        cutoff = _FIRST
        for day, following in itertools.pairwise(days):
            if left <= bound:
                break
            left -= sum(size for (model, own), size in sizes.items() if own == day and self._model in (None, model))
            cutoff = datetime.combine(following, time(), UTC)
        return cutoff

    def _sizes(self) -> Counter[tuple[str, date]]:
        """Bytes of each model and day: rows and pictures."""
        sizes: Counter[tuple[str, date]] = Counter()
        for file in listed(self.table):
            sizes[file["partition.model"], day_of(file["partition.day"])] += file["size_bytes"]
        for path, picture_bytes, _ in self.files.below(PICTURES):
            if (key := picture_partition(path)) is not None:
                sizes[key] += picture_bytes
        return sizes

    def expected(self, cutoff: datetime) -> Retained:
        rows = flagged = pictures = 0
        columns = [name for name in ("flagged", "retained_image") if name in self.table.schema.names]
        for batch in self.table.scan(self._older(cutoff), columns):
            stays = batch.column("flagged").fill_null(False) if self._flags else pa.array([False] * batch.num_rows)
            old = batch.filter(pa.compute.invert(stays))
            flagged += batch.num_rows - old.num_rows
            rows += old.num_rows
            pictures += old.num_rows - old.column("retained_image").null_count if self._pictured else 0
        size = sum(
            file["size_bytes"]
            for file in listed(self.table)
            if day_of(file["partition.day"]) < cutoff.date() and self._model in (None, file["partition.model"])
        )
        return self._result(cutoff, rows, flagged, pictures, 0, size, 0, dry_run=True)

    def done(self, cutoff: datetime, hours: int) -> Retained:
        expected = self.expected(cutoff)
        before = sum(file["size_bytes"] for file in listed(self.table))
        pictures = picture_bytes = 0
        if expected.rows:
            done = retried(self.table, lambda delta: (delta.delete(self._predicate(cutoff)), delta.version()))
            for path in self._pictures(cutoff, done[1] - 1):
                freed = self.files.remove(path)
                pictures, picture_bytes = pictures + (freed > 0), picture_bytes + freed
        shrunk = before - sum(file["size_bytes"] for file in listed(self.table))
        freed_files = free(self.table, hours)
        return self._result(
            cutoff,
            expected.rows,
            expected.kept_flagged,
            pictures,
            picture_bytes,
            max(shrunk, 0),
            freed_files,
            dry_run=False,
        )

    def _pictures(self, cutoff: datetime, version: int) -> Iterator[str]:
        """Of the rows that were removed, read from the table as it was before."""
        if not self._pictured:
            return
        unflagged = ds.field("flagged").is_null() | ~ds.field("flagged") if self._flags else None
        for batch in at_version(self.table, version).scan(self._older(cutoff), ["retained_image"], also=unflagged):
            yield from batch.column("retained_image").drop_null().to_pylist()

    def _older(self, cutoff: datetime) -> LogFilter:
        return LogFilter(self._model, until=cutoff)

    def _predicate(self, cutoff: datetime) -> str:
        day = cutoff.date().isoformat()
        terms = [f"(day < '{day}' OR (day = '{day}' AND \"time\" < '{cutoff.isoformat()}'))"]
        if cutoff == datetime.combine(cutoff.date(), time(), UTC):
            terms = [f"day < '{day}'"]  # whole files: nothing is rewritten
        if self._model is not None:
            terms.append(f"model = {quoted(self._model)}")
        if self._flags:
            terms.append("(flagged IS NULL OR flagged = false)")
        return " AND ".join(terms)

    def _result(self, cutoff: datetime, rows: int, flagged: int, *counts: int, dry_run: bool) -> Retained:
        pictures, picture_bytes, size, freed = counts
        files = list(listed(self.table))
        left = sum(file["size_bytes"] for file in files) + sum(
            bytes_ for path, bytes_, _ in self.files.below(PICTURES) if is_picture(path)
        )
        return Retained(
            dry_run,
            rows,
            flagged,
            cutoff.isoformat(timespec="seconds") if cutoff > _FIRST else None,
            pictures,
            picture_bytes,
            size,
            freed,
            sum(file["num_records"] or 0 for file in files),
            left,
        )
