"""Dates in names: a pattern such as `%Y%m%d` read out of a name, and the stretch of time that is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from lookoutcv.errors import ConfigError

_DIGITS = {"Y": 4, "y": 2, "m": 2, "d": 2, "j": 3, "H": 2, "M": 2, "S": 2}
# From coarse to fine, as `moment` reads them; of two that say the same, one is enough.
_ORDER = "YymjdHMS"
_DIRECTIVE = re.compile(r"%(.?)")
_SPAN = re.compile(r"([0-9]{1,6})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
DateParts = Mapping[str, int]


def has_date(pattern: str) -> bool:
    """Whether a pattern says more of a date than a lone `%d`, which numbers frames.

    Example:
        >>> has_date("production/%Y%m%d"), has_date("frame_%d.png"), has_date("frame_%06d.png"), has_date("100%")
        (True, False, False, False)
    """
    return any(directive != "d" and directive in _DIGITS for directive in _DIRECTIVE.findall(pattern))


@dataclass(frozen=True)
class NamePattern:
    """One part of a path with directives for dates and wildcards (`*`, `?`, `[...]`).

    Args:
        text: Without a slash.
    Raises:
        ConfigError: A directive that is not known.
    Example:
        >>> NamePattern("day-%d-%m-%Y*").read("day-31-01-2026-b")
        {'d': 31, 'm': 1, 'Y': 2026}
    """

    text: str

    def __post_init__(self) -> None:
        for directive in _DIRECTIVE.findall(self.text):
            if directive not in _DIGITS and directive != "%":
                raise ConfigError(
                    f"%{directive} in {self.text!r} is not read from names",
                    f"There are {', '.join('%' + name for name in _DIGITS)}, and %% for a per cent sign.",
                    key="%" + directive,
                )
        _ = self._expression

    @property
    def literal(self) -> bool:
        """Whether there is one name that fits, the text itself."""
        return not re.search(r"[%*?\[]", self.text)

    @property
    def directives(self) -> set[str]:
        """Their letters."""
        return set(_DIRECTIVE.findall(self.text)) & set(_DIGITS)

    def read(self, name: str) -> dict[str, int] | None:
        """The numbers in a name by their directives; None where the name does not fit."""
        match = self._expression.fullmatch(name)
        return None if match is None else {key: int(value) for key, value in match.groupdict().items()}

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts, directives, at = [], set(), 0
        for match in _DIRECTIVE.finditer(self.text):
            parts.append(_wildcards(self.text[at : match.start()]))
            directive, at = match[1], match.end()
            if directive == "%":
                parts.append("%")
            else:
                # A second time, it must be the same.
                digits = f"(?P<{directive}>[0-9]{{{_DIGITS[directive]}}})"
                parts.append(f"(?P={directive})" if directive in directives else digits)
            directives.add(directive)
        try:
            return re.compile("".join([*parts, _wildcards(self.text[at:])]), re.DOTALL)
        except re.error:
            raise ConfigError(f"{self.text!r} is no pattern", "Correct what is in [].", key=self.text) from None


def _wildcards(text: str) -> str:
    # Not fnmatch.translate: what it makes does not go back over a `*` for the sake of what follows here.
    return "".join(_wildcard(part) for part in re.split(r"(\*|\?|\[[^]]+\])", text))


def _wildcard(part: str) -> str:
    if part in ("*", "?"):
        return ".*" if part == "*" else "."
    if part.startswith("[") and len(part) > 2:
        inside = part[1:-1].replace("\\", r"\\").replace("[", r"\[").replace("^", r"\^")
        return f"[^{inside[1:]}]" if inside[0] == "!" and len(inside) > 1 else f"[{inside}]"
    return re.escape(part)


def moment(date_parts: DateParts) -> datetime | None:
    """The first moment that numbers read from names stand for; None where they are no date.

    Example:
        >>> moment({"Y": 2026, "j": 32}), moment({"Y": 2026, "m": 2, "d": 30})
        (datetime.datetime(2026, 2, 1, 0, 0), None)

    Source: two-digit years as POSIX strptime has them, 69 to 99 for 1969 to 1999.
    """
    year = date_parts.get("Y", date_parts.get("y", -1))
    if "Y" not in date_parts:
        year += 2000 if year < 69 else 1900
    hour, minute, second = (date_parts.get(part, 0) for part in "HMS")
    try:
        if "j" in date_parts and "d" not in date_parts:
            start = datetime(year, 1, 1, hour, minute, second) + timedelta(days=date_parts["j"] - 1)
            return start if start.year == year else None
        return datetime(year, date_parts.get("m", 1), date_parts.get("d", 1), hour, minute, second)
    except (ValueError, OverflowError):
        return None


def following(start: datetime, date_parts: DateParts) -> datetime:
    """Where the stretch ends that begins at a moment: an hour later where hours are the finest that is read, and so on.

    Example:
        >>> following(datetime(2026, 12, 1), {"Y": 2026, "m": 12})
        datetime.datetime(2027, 1, 1, 0, 0)
    """
    for part, span in (("S", "seconds"), ("M", "minutes"), ("H", "hours"), ("d", "days"), ("j", "days")):
        if part in date_parts:
            return start + timedelta(**{span: 1})
    if "m" in date_parts:
        return datetime(start.year + start.month // 12, start.month % 12 + 1, 1)
    return datetime(start.year + 1, 1, 1)


def sort_key(date_parts: DateParts) -> list[int]:
    """By this, numbers read from names sort in order of time."""
    return [date_parts[part] for part in _ORDER if part in date_parts]


@dataclass(frozen=True)
class Period:
    """A stretch of time; None for an open end.

    Args:
        start: Its first moment.
        end: The first moment after it.
    """

    start: datetime | None = None
    end: datetime | None = None

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether any of the stretch from `start` to before `end` lies in it."""
        return (self.start is None or end > self.start) and (self.end is None or start < self.end)


def period(options: Mapping[str, str], now: datetime) -> Period:
    """The stretch of time that options ask for.

    `last=N` with h, d or w is that many hours, days or weeks that are over: at any time on the 21st, `last=1d` is the
    20th. `since` and `until` are dates, both included, or `today` or `yesterday`.

    Args:
        options: Texts by name.
        now: Local time, without a zone, as names have it.
    Raises:
        ConfigError: They are no dates, contradict each other, or are stated twice.
    Example:
        >>> period({"last": "2d"}, datetime(2026, 1, 21, 9)).start
        datetime.datetime(2026, 1, 19, 0, 0)
    """
    if "last" in options:
        if len(options) > 1:
            raise ConfigError("last and since or until are both given", "Give one of them.", key="last")
        return _last(options["last"], now)
    ends = {key: _day(key, text, now.date()) for key, text in options.items()}
    start, end = ends.get("since"), ends.get("until")
    if start and end and end < start:
        raise ConfigError(f"until={end} lies before since={start}", "Give the earlier date as since.", key="until")
    return Period(_midnight(start), None if end is None else datetime.combine(end, datetime.min.time()) + _UNITS["d"])


def _last(text: str, now: datetime) -> Period:
    match = _SPAN.fullmatch(text)
    if match is None or not int(match[1]):
        raise ConfigError(f"last={text} is no stretch of time", "Give last as 1d, 2w or 12h.", key="last")
    hour = now.replace(minute=0, second=0, microsecond=0)
    end = hour if match[2] == "h" else hour.replace(hour=0)
    try:
        return Period(end - int(match[1]) * _UNITS[match[2]], end)
    except OverflowError:
        return Period(None, end)


def _day(key: str, text: str, today: date) -> date:
    named = {"today": today, "yesterday": today - _UNITS["d"]}
    try:
        return named[text] if text in named else date.fromisoformat(text)
    except ValueError:
        remedy = f"Give {key} a date such as 2026-01-31, or today, or yesterday."
        raise ConfigError(f"{key}={text} is no date", remedy, key=key) from None


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, datetime.min.time())
