"""Folders or files with dates in their names, by a pattern: `production/%Y%m%d`, `cam/%Y/%m/%d`, `cam_%Y-%m-%d_*.jpg`.

The date is the time of the images: midnight UTC of the date named, or the time of day where the pattern has that too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any

from lookoutcv import clock
from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import SourceNotFound, UnreadableSource
from lookoutcv.files.remote import is_url
from lookoutcv.sources.dates_in_names import (
    DateParts,
    NamePattern,
    Period,
    following,
    has_date,
    moment,
    period,
    sort_key,
)
from lookoutcv.sources.file_names import is_candidate, is_hidden, natural_key, printable
from lookoutcv.sources.kinds.base import NamedOnly, source_kind
from lookoutcv.sources.kinds.folder import FolderRef, FolderSource
from lookoutcv.sources.target_options import parted, typed

_OPTIONS = {"since": str, "until": str, "last": str}
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class DatedRef(NamedOnly):
    """An image file with the time that its folder or name tells."""

    id: str
    path: str
    taken: datetime
    label: str | None = None

    @property
    def time(self) -> datetime:
        """Aware UTC."""
        return self.taken

    def load(self) -> str:
        """The path."""
        return self.path


@dataclass(frozen=True)
class DatedSource:
    """The images in folders (or of files) whose names fit a pattern, each folder's in order of time.

    Args:
        pattern: A path with `%Y`, `%y`, `%m`, `%d`, `%j`, `%H`, `%M`, `%S`, and wildcards.
        wanted_period: The stretch of time.
        today: Days after this are not missed.
    Raises:
        ConfigError: The pattern has directives that are not known.
        UnreadableSource: A folder cannot be listed.
    """

    pattern: str
    wanted_period: Period = field(default_factory=Period)
    today: date = field(default_factory=lambda: clock.local().date())

    def __post_init__(self) -> None:
        _ = self._parts  # an unknown directive is refused at once

    @property
    def name(self) -> str:
        """The pattern, the days that there are, and those that are missing between them."""
        if not self._days:
            return printable(self.pattern)
        first, last = min(self._days), max(self._days)
        span = f"{first}" if first == last else f"{first} to {last}"
        missing = self.missing
        if missing:
            named = ", ".join(map(str, missing[:_MOST_NAMED]))
            more = len(missing) - _MOST_NAMED
            span += f", without {named}" + (f" and {more} more days" if more > 0 else "")
        return f"{printable(self.pattern)} ({span})"

    def __iter__(self) -> Iterator[DatedRef]:
        for relative, date_parts in self._matches():
            start = moment(date_parts)
            assert start is not None
            yield from _images(self._root, relative, start.replace(tzinfo=UTC))

    def count(self) -> int:
        """How many files are tried as images."""
        return sum(self._days.values())

    @property
    def missing(self) -> Sequence[date]:
        """Days without an image between the first and the last that are wanted (or, with an open end, that there are).

        None of them where names tell months or years only.
        """
        if not self._days or not set("dj") & set().union(*(part.directives for part in self._parts[1])):
            return ()
        first = self.wanted_period.start.date() if self.wanted_period.start else min(self._days)
        last = self.wanted_period.end - timedelta(microseconds=1) if self.wanted_period.end else None
        end = min(last.date(), max(self.today, *self._days)) if last else max(self._days)
        every = (first + timedelta(days=i) for i in range((end - first).days + 1))
        return tuple(day for day in every if day not in self._days)

    @cached_property
    def _days(self) -> Counter[date]:
        """Images of each day."""
        return Counter(ref.taken.date() for ref in self)

    @cached_property
    def _parts(self) -> tuple[str, tuple[NamePattern, ...]]:
        """The folder that holds everything, and a pattern for each part of the path below it."""
        parts = [NamePattern(part) for part in self.pattern.replace(os.sep, "/").split("/")]
        fixed = next(i for i, part in enumerate(parts) if not part.literal)
        root = "/".join(part.text for part in parts[:fixed])
        return root + "/" * (self.pattern.startswith("/") and not root), tuple(p for p in parts[fixed:] if p.text)

    @property
    def _root(self) -> str:
        return self._parts[0] or "."

    def _matches(self) -> Iterator[tuple[str, DateParts]]:
        """Paths, relative to the root, of folders and files that fit and lie in the time that is wanted."""
        for relative, date_parts in _walk(self._root, "", self._parts[1], {}):
            start = moment(date_parts)
            if start is not None and self.wanted_period.touches(start, following(start, date_parts)):
                yield relative, date_parts


def _walk(root: str, relative: str, parts: Sequence[NamePattern], known: DateParts) -> Iterator[tuple[str, DateParts]]:
    if not parts:
        yield relative, known
        return
    fitting = []
    for name in _names(root, relative):
        date_parts = parts[0].read(name)
        # Where two parts of a path name the same thing, as in %Y/%Y%m%d, they must agree.
        if date_parts is not None and all(known.get(key, value) == value for key, value in date_parts.items()):
            fitting.append((sort_key(date_parts), natural_key(name), name, date_parts))
    for _, _, name, date_parts in sorted(fitting):
        yield from _walk(root, f"{relative}{name}/", parts[1:], {**known, **date_parts})


def _names(root: str, relative: str) -> list[str]:
    try:
        return [name for name in os.listdir(os.path.join(root, relative)) if not is_hidden(name)]
    except NotADirectoryError:
        return []
    except OSError as error:
        why = error.strerror or str(error)
        folder = printable(os.path.join(root, relative))
        raise UnreadableSource(
            f"the folder {folder} cannot be listed: {why}",
            "Check the path, and make it readable for this user.",
            source=printable(root),
            reason=why,
        ) from error


def _images(root: str, relative: str, taken: datetime) -> Iterator[DatedRef]:
    path = os.path.join(root, relative.removesuffix("/"))
    if os.path.isdir(path):
        below: FolderRef
        for below in FolderSource(path):
            yield DatedRef(printable(relative) + below.id, below.path, taken, below.label)
    elif is_candidate(os.path.basename(path)):
        yield DatedRef(printable(relative).removesuffix("/"), path, taken)


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or os.path.lexists(target):
        return False
    path = parted(target)[0]
    return has_date(path) and not is_url(path) and not os.path.lexists(path)


def _nothing(source: DatedSource, texts: dict[str, str]) -> SourceNotFound:
    every = DatedSource(source.pattern, today=source.today)._days if texts else Counter()
    if not every:
        return SourceNotFound(
            f"nothing fits {source.pattern!r}", f"Look at the names in {source._root}.", source=source.pattern
        )
    period = " and ".join(f"{key}={value}" for key, value in texts.items())
    remedy = f"There are images from {min(every)} to {max(every)}."
    if "last" in texts and source.today in every:
        remedy += " last counts days that are over; for today's images give since=today."
    return SourceNotFound(f"nothing in {source.pattern!r} is of the time {period}", remedy, source=source.pattern)


@source_kind("dated", opens=_opens, order=40)
def dated(target: Any) -> DatedSource:
    """Folders or files with dates in their names: production/%Y%m%d."""
    path, texts = parted(target)
    now = clock.local()
    wanted_period = period(typed(texts, _OPTIONS, target), now)
    source = DatedSource(path, wanted_period, now.date())
    if not os.path.isdir(source._root):
        raise not_found(source._root, "folder")
    if not source.count():
        raise _nothing(source, texts)
    return source
