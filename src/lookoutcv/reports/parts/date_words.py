"""Dates for people: one way of writing them, in every format and every locale."""

from __future__ import annotations

import re
from datetime import datetime

# Not strftime("%b"), which follows the locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ISO = re.compile(r"\b(\d{4})-(0[1-9]|1[0-2])-(\d\d)\b(?: (\d\d:\d\d))?")


def day_and_time(iso: str | None) -> str:
    """An ISO 8601 time for people, in UTC as it is stored; what is not one is left as it is.

    Example:
        >>> day_and_time("2026-11-21T07:31:02Z"), day_and_time("yesterday"), day_and_time(None)
        ('21 Nov 2026, 07:31 UTC', 'yesterday', '')
    """
    if not iso:
        return ""
    try:
        time = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{time.day} {_MONTHS[time.month - 1]} {time.year}, {time:%H:%M} {time.tzname() or 'UTC'}"


def dates_in_words(text: str) -> str:
    """The text with its ISO dates written as everywhere else.

    Example:
        >>> dates_in_words("2026-11-19, and 2026-11-20 07:00 UTC")
        '19 Nov 2026, and 20 Nov 2026, 07:00 UTC'
    """

    def words(match: re.Match[str]) -> str:
        year, month, day, time = match.groups()
        return f"{int(day)} {_MONTHS[int(month) - 1]} {year}{f', {time}' if time else ''}"

    return _ISO.sub(words, text)
