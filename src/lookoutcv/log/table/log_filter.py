"""Which rows of a log are meant: one filter, as people write it, for everything that reads or changes a log."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias, TypedDict

from lookoutcv import clock
from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import ConfigError
from lookoutcv.settings.time_range import MomentLike, SpanLike, moment, span

TagsLike: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]

_INSTANT = timedelta(microseconds=1)


@only_known_keywords()
@dataclass(frozen=True)
class LogFilter:
    """Which rows of a log.

    Times are read when the filter is made: `last` and days become `since` and `until` in UTC, so that a filter means
    the same rows however often it is used.

    Args:
        model: Of this model; None for all.
        version: Of this version of the model.
        last: Of this stretch of time up to `until`, or now: "1d", "12h", a timedelta.
        since, until: From this moment on, before that one: a datetime, "2026-05-04T12:00Z", "yesterday", "3d" (so long
            ago), or a day (UTC), which as `until` is included.
        tags: With these tags, names and values.
    Raises:
        ConfigError: What is no moment, no name or no tag, or contradicts.
    Example:
        >>> LogFilter("cars", since="2026-05-04", until="2026-05-04").end
        datetime.datetime(2026, 5, 5, 0, 0, tzinfo=datetime.timezone.utc)
    """

    model: str | None = None
    version: str | None = None
    last: SpanLike | None = None
    since: MomentLike | None = None
    until: MomentLike | None = None
    tags: TagsLike = ()

    def __post_init__(self) -> None:
        since, until = _bounds(self.last, self.since, self.until)
        for name, value in (("last", None), ("since", since), ("until", until), ("tags", _pairs(self.tags))):
            object.__setattr__(self, name, value)

    @property
    def start(self) -> datetime | None:
        """The first moment, in UTC; None for no bound."""
        assert isinstance(self.since, datetime | None)
        return self.since

    @property
    def end(self) -> datetime | None:
        """The moment before which rows are, in UTC; None for no bound."""
        assert isinstance(self.until, datetime | None)
        return self.until

    @property
    def tag_pairs(self) -> tuple[tuple[str, str], ...]:
        """The tags by name."""
        assert isinstance(self.tags, tuple)
        return self.tags

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of which a row can be, in UTC."""
        start, end = self.start, self.end
        return start and start.date(), end and (end - _INSTANT).date()

    def on_day(self, day: date) -> LogFilter:
        """That part of it that lies on a day (UTC)."""
        start = datetime.combine(day, time(), UTC)
        end = start + timedelta(days=1)
        return replace(self, since=max(self.start or start, start), until=min(self.end or end, end))

    def as_dict(self) -> dict[str, Any]:
        """As plain values, of which `LogFilter(**values)` makes it again."""
        moments = {"since": self.start and self.start.isoformat(), "until": self.end and self.end.isoformat()}
        return {"model": self.model, "version": self.version, **moments, "tags": dict(self.tag_pairs)}


class Filters(TypedDict, total=False):
    """A `LogFilter` as keywords of a call."""

    model: str | None
    version: str | None
    last: SpanLike | None
    since: MomentLike | None
    until: MomentLike | None
    tags: TagsLike


NAMES = tuple(one.name for one in fields(LogFilter))


def log_filter(which: LogFilter | None, keywords: Mapping[str, Any]) -> LogFilter:
    """The filter of a call: one that was made before, narrowed by keywords.

    Raises:
        ConfigError: There is no such keyword, or `which` is no filter.
    Example:
        >>> log_filter(LogFilter("cars"), {"version": "2"}).version
        '2'
    """
    if not isinstance(which, LogFilter | None):
        raise ConfigError(
            f"{which!r} is no LogFilter", "Give keywords, as model='pets', last='1d', or a LogFilter.", key="which"
        )
    for name in keywords:
        if name not in NAMES:
            nearest = tuple(difflib.get_close_matches(name, NAMES, n=1))
            guess = f"Did you mean {nearest[0]!r}? " if nearest else ""
            raise ConfigError(
                f"rows cannot be chosen by {name!r}", f"{guess}Give {', '.join(NAMES)}.", key=name, nearest=nearest
            )
    return replace(which or ALL, **keywords)


def _bounds(
    last: SpanLike | None, since: MomentLike | None, until: MomentLike | None
) -> tuple[datetime | None, datetime | None]:
    now = clock.utc()
    if last is not None and since is not None:
        raise ConfigError("last and since are both given", "Give one of them.", key="last")
    end = None if until is None else moment(until, now, "until", end=True)
    try:
        start = moment(since, now) if since is not None else None if last is None else (end or now) - span(last)
    except OverflowError:
        start = None  # before all times
    if start is not None and end is not None and end <= start:
        raise ConfigError(f"until={until} lies before since={since}", "Give the earlier moment as since.", key="until")
    return start, end


def _pairs(tags: Any) -> tuple[tuple[str, str], ...]:
    try:
        pairs = tuple(sorted((name, value) for name, value in dict(tags or ()).items()))
    except (TypeError, ValueError):
        pairs = ((tags, None),)
    if not all(isinstance(text, str) for pair in pairs for text in pair):
        raise ConfigError(f"tags={tags!r} are no names with texts", 'Give {"camera": "north"}.', key="tags")
    return pairs


ALL = LogFilter()
