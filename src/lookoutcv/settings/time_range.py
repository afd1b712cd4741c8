"""Moments and stretches of time as people write them: `2026-05-04`, `2026-05-04T12:00`, `yesterday`, `90d`, `12h`."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

from lookoutcv.errors import ConfigError

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
    length = text if isinstance(text, timedelta) else _length(text)
    if not length or length < timedelta(0):
        raise ConfigError(f"{key}={text} is no stretch of time", f"Give {key} as 30m, 12h, 7d or 2w.", key=key)
    return length


def _length(text: Any) -> timedelta | None:
    match = _SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    return None if match is None else int(match[1]) * _UNITS[match[2]]


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
        parsed = _moment(text, now.astimezone(UTC))
        if isinstance(parsed, datetime):
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        return datetime.combine(parsed + _DAY * end, time(), UTC)
    except (ValueError, OverflowError):
        raise ConfigError(f"{key}={text} is no moment", _A_MOMENT, key=key) from None


def _moment(value: MomentLike, now: datetime) -> datetime | date:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError(f"a {type(value).__name__}")
    text = value.strip()
    if text == "now":
        return now
    if text in _DAYS_AGO:
        return now.date() - _DAYS_AGO[text] * _DAY
    if length := _length(text):
        return now - length
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text)
