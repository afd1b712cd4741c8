"""One rule for a time in somebody's table or call: the value that can be meant, or a refusal; no date is made up.

Dates of photographs and of predictions lie in the years 1970 to 2261, which every reader holds. A number is

- a date written without separators: 20260301, 202603011230, 20260301123000, with thousandths behind;
- Unix seconds, milliseconds, microseconds or nanoseconds, told by their size, from March 1973 on;
- days as Excel counts them, from 1990 to 2099: 46082.5 is noon of 2026-03-01.

Other numbers count something else (seconds since a film began, rows) and are refused.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2262, 1, 1, tzinfo=UTC)
# Day 1 is 1900-01-01, and there is a 29th of February 1900, as in Lotus 1-2-3.
_EXCEL_START, _EXCEL_FIRST, _EXCEL_END = datetime(1899, 12, 30, tzinfo=UTC), 32874, 73051
# Less are seconds of before March 1973: a count of something else.
_FIRST_SECONDS = 1e8
# Seconds of now have ten digits, until the year 2286; each further unit has three more.
_UNITS = ((1e17, 10**9), (1e14, 10**6), (1e11, 10**3), (_FIRST_SECONDS, 1))
_FORMS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_COMPACT = re.compile(r"((?:19|20|21)[0-9]{6}(?:[0-9]{4}(?:[0-9]{2})?)?)([0-9]{3}|[0-9]{6})?")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]*)?")
_SLASHES = re.compile(r"^([0-9]{4})[:/.]([0-9]{1,2})[:/.]([0-9]{1,2})(?=\D|$)")
_UTC = re.compile(r"\s*(?:UTC|GMT|Z)$")
# With the hour, ten digits: Unix seconds of the years 2033 to 2036 begin alike.
_HOUR = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])")
_SHOWN = 40
_OUTSIDE = "outside the years 1970 to 2261"


def time_of(value: Any) -> datetime | None:
    """An aware time in UTC.

    Args:
        value: ISO 8601 (without a zone it is UTC), 2026/03/01 or 2026:03:01 with or without a time, a `datetime` or
            `date` of any library, or a number as above, also as text. None, NaN or blank text where there is none.
    Raises:
        ValueError: It is none of these, or outside the years 1970 to 2261; the text says so in a few words.
    Example:
        >>> [str(time_of(number))[:19] for number in (20260301, "20260301123000", 46082.5)]
        ['2026-03-01 00:00:00', '2026-03-01 12:30:00', '2026-03-01 12:00:00']
        >>> {str(time_of(1772368200 * per)) for per in (1, 1000, 10**6, 10**9)}, time_of(" ")
        ({'2026-03-01 12:30:00+00:00'}, None)
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    text = str(value.isoformat()) if hasattr(value, "isoformat") else str(value).strip()
    if text in ("", "NaT"):
        return None
    shown = repr(text[:_SHOWN].encode("utf-8", "backslashreplace").decode())
    try:
        time = _of_number(value, text) if _is_number(value, text) else _of_text(text)
    except OverflowError:
        raise ValueError(f"the time {shown} lies {_OUTSIDE}") from None
    except ValueError:
        raise ValueError(f"{shown} is not a time such as 2026-01-31T12:00:00Z") from None
    if time is None:
        raise ValueError(f"{shown} is no date, no Unix time from 1973 on and no day of Excel's")
    if not _EARLIEST <= time < _LATEST:
        raise ValueError(f"the time {shown} lies {_OUTSIDE}")
    return time


def _is_number(value: Any, text: str) -> bool:
    return (isinstance(value, int | float) and not isinstance(value, bool)) or _NUMBER.fullmatch(text) is not None


def _of_text(text: str) -> datetime:
    text = _UTC.sub("Z", text)
    time = datetime.fromisoformat(_SLASHES.sub(lambda part: f"{part[1]}-{part[2]:0>2}-{part[3]:0>2}", text, count=1))
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _of_number(value: Any, text: str) -> datetime | None:
    """None where it counts something else."""
    if isinstance(value, float):
        text = f"{value:.6f}"
    text = text.replace(",", ".")
    whole, _, rest = text.partition(".")
    if not rest.strip("0") and (compact := _of_digits(whole)) is not None:
        return compact
    if _HOUR.fullmatch(whole):
        raise ValueError("a date with an hour, or Unix seconds")
    number = float(text)
    if _EXCEL_FIRST <= number < _EXCEL_END:
        return _EXCEL_START + timedelta(seconds=round(number * 86400, 3))
    per = next((per for beyond, per in _UNITS if number >= beyond), None)
    if per is None:
        return None if number >= 0 else _EARLIEST - timedelta(seconds=1)
    # Whole numbers stay exact: a float holds no microseconds of now in nanoseconds.
    microseconds = int(whole) * 10**6 // per + (round(float(f"0.{rest}") * 1e6) // per if rest else 0)
    return _EARLIEST + timedelta(microseconds=microseconds)


def _of_digits(digits: str) -> datetime | None:
    """A date without separators; None where digits are none."""
    match = _COMPACT.fullmatch(digits)
    form = None if match is None else _FORMS.get(len(match[1]))
    if match is None or form is None or (match[2] and len(match[1]) != 14):
        return None
    try:
        time = datetime.strptime(match[1], form).replace(tzinfo=UTC)
    except ValueError:
        return None
    return time + timedelta(microseconds=int((match[2] or "0").ljust(6, "0")))
