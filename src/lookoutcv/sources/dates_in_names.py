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
Found = Mapping[str, int]


def has_date(pattern: str) -> bool:
    """Whether a pattern says more of a date than a lone `%d`, which numbers frames.

    Example:
        >>> has_date("production/%Y%m%d"), has_date("frame_%d.png"), has_date("frame_%06d.png"), has_date("100%")
        (True, False, False, False)
    """
    return any(one != "d" and one in _DIGITS for one in _DIRECTIVE.findall(pattern))


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
        for one in _DIRECTIVE.findall(self.text):
            if one not in _DIGITS and one != "%":
                raise ConfigError(
                    f"%{one} in {self.text!r} is not read from names",
                    f"There are {', '.join('%' + name for name in _DIGITS)}, and %% for a per cent sign.",
                    key="%" + one,
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
        found = self._expression.fullmatch(name)
        return None if found is None else {key: int(value) for key, value in found.groupdict().items()}

    @cached_property
    def _expression(self) -> re.Pattern[str]:
        parts, seen, at = [], set(), 0
        for match in _DIRECTIVE.finditer(self.text):
            parts.append(_wildcards(self.text[at : match.start()]))
            one, at = match[1], match.end()
            parts.append("%" if one == "%" else f"(?P={one})" if one in seen else f"(?P<{one}>[0-9]{{{_DIGITS[one]}}})")
            seen.add(one)
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


def moment(found: Found) -> datetime | None:
    """The first moment that numbers read from names stand for; None where they are no date.

    Example:
        >>> moment({"Y": 2026, "j": 32}), moment({"Y": 2026, "m": 2, "d": 30})
        (datetime.datetime(2026, 2, 1, 0, 0), None)

    Source: two-digit years as POSIX strptime has them, 69 to 99 for 1969 to 1999.
    """
    year = found.get("Y", found.get("y", -1))
    if "Y" not in found:
        year += 2000 if year < 69 else 1900
    hour, minute, second = (found.get(part, 0) for part in "HMS")
    try:
        if "j" in found and "d" not in found:
            start = datetime(year, 1, 1, hour, minute, second) + timedelta(days=found["j"] - 1)
            return start if start.year == year else None
        return datetime(year, found.get("m", 1), found.get("d", 1), hour, minute, second)
    except (ValueError, OverflowError):
        return None


def following(start: datetime, found: Found) -> datetime:
    """Where the stretch ends that begins at a moment: an hour later where hours are the finest that is read, and so on.

    Example:
        >>> following(datetime(2026, 12, 1), {"Y": 2026, "m": 12})
        datetime.datetime(2027, 1, 1, 0, 0)
    """
    for part, span in (("S", "seconds"), ("M", "minutes"), ("H", "hours"), ("d", "days"), ("j", "days")):
        if part in found:
            return start + timedelta(**{span: 1})
    if "m" in found:
        return datetime(start.year + start.month // 12, start.month % 12 + 1, 1)
    return datetime(start.year + 1, 1, 1)


def sort_key(found: Found) -> list[int]:
    """By this, numbers read from names sort in order of time."""
    return [found[part] for part in _ORDER if part in found]


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
    20th. `from` and `to` are dates, both included, or `today` or `yesterday`.

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
            raise ConfigError("last and from or to are both given", "Give one of them.", key="last")
        return _last(options["last"], now)
    ends = {key: _day(key, text, now.date()) for key, text in options.items()}
    start, end = ends.get("from"), ends.get("to")
    if start and end and end < start:
        raise ConfigError(f"to={end} lies before from={start}", "Give the earlier date as from.", key="to")
    return Period(_midnight(start), None if end is None else datetime.combine(end, datetime.min.time()) + _UNITS["d"])


def _last(text: str, now: datetime) -> Period:
    found = _SPAN.fullmatch(text)
    if found is None or not int(found[1]):
        raise ConfigError(f"last={text} is no stretch of time", "Give last as 1d, 2w or 12h.", key="last")
    hour = now.replace(minute=0, second=0, microsecond=0)
    end = hour if found[2] == "h" else hour.replace(hour=0)
    try:
        return Period(end - int(found[1]) * _UNITS[found[2]], end)
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
