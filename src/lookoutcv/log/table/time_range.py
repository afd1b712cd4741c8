"""Moments and stretches of time as people write them: `2026-05-04`, `2026-05-04T12:00`, `yesterday`, `90d`, `12h`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from lookoutcv import clock
from lookoutcv.errors import ConfigError
from lookoutcv.log.table.log_table import LogFilter

MomentLike: TypeAlias = datetime | date | str
SpanLike: TypeAlias = timedelta | str

_SPAN = re.compile(r"([0-9]{1,6}) ?(s|m|h|d|w)")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_DAYS_AGO = {"today": 0, "yesterday": 1}
_DAY = timedelta(days=1)
_A_MOMENT = "Give a date (2026-05-04), a moment (2026-05-04T12:00Z), today, yesterday, now, or how long ago (12h, 3d)."


def span(text: SpanLike, key: str = "last") -> timedelta:
    """A stretch of time.

    Args:
        text: A number with s, m, h, d or w: "90d", "12h".
        key: The option, for messages.
    Raises:
        ConfigError: It is none, or of no length.
    Example:
        >>> span("36h"), span("2w")
        (datetime.timedelta(days=1, seconds=43200), datetime.timedelta(days=14))
    """
    found = None if isinstance(text, timedelta) else _SPAN.fullmatch(text.strip())
    length = text if isinstance(text, timedelta) else found and int(found[1]) * _UNITS[found[2]]
    if not length or length < timedelta(0):
        raise ConfigError(f"{key}={text} is no stretch of time", f"Give {key} as 30m, 12h, 7d or 2w.", key=key)
    return length


def moment(text: MomentLike, now: datetime, key: str = "since", *, end: bool = False) -> datetime:
    """A moment, aware, in UTC.

    Args:
        text: A date, ISO 8601 (UTC where it names no zone), "today", "yesterday", "now", or a stretch: so long ago.
        now: Aware.
        key: The option, for messages.
        end: It is the end of a stretch: a whole day is meant up to its last moment.
    Raises:
        ConfigError: It is none.
    Example:
        >>> noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
        >>> moment("yesterday", noon).isoformat(), moment("yesterday", noon, end=True).isoformat()
        ('2026-05-03T00:00:00+00:00', '2026-05-04T00:00:00+00:00')
        >>> moment("90m", noon).isoformat()
        '2026-05-04T10:30:00+00:00'
    """
    try:
        found = _moment(text, now.astimezone(UTC))
        if isinstance(found, datetime):
            return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        return datetime.combine(found + _DAY * end, time(), UTC)
    except (ValueError, OverflowError):
        raise ConfigError(f"{key}={text} is no moment", _A_MOMENT, key=key) from None


def _moment(given: MomentLike, now: datetime) -> datetime | date:
    if isinstance(given, date):
        return given
    text = given.strip()
    if text == "now":
        return now
    if text in _DAYS_AGO:
        return now.date() - _DAYS_AGO[text] * _DAY
    if found := _SPAN.fullmatch(text):
        return now - int(found[1]) * _UNITS[found[2]]
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)


def window(
    model: str | None = None,
    *,
    version: str | None = None,
    last: SpanLike | None = None,
    since: MomentLike | None = None,
    until: MomentLike | None = None,
    tags: Mapping[str, str] | None = None,
) -> LogFilter:
    """Which rows of a log are meant.

    Args:
        model: Of this model; None for all.
        version: Of this version of the model.
        last: Of this stretch of time up to now: "1d", "12h".
        since, until: From this moment on, before that one; a whole day as `until` is included. See `moment`.
        tags: With these tags.
    Raises:
        ConfigError: What is no moment, or contradicts.
    Example:
        >>> window("cars", since="2026-05-04", until="2026-05-04").until
        datetime.datetime(2026, 5, 5, 0, 0, tzinfo=datetime.timezone.utc)
    """
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
    return LogFilter(model, start, end, version, tuple(sorted((tags or {}).items())))
