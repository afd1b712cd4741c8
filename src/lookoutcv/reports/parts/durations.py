"""Lengths of time for people."""

from __future__ import annotations

from lookoutcv.reports.parts.numbers import number


def duration(seconds: float) -> str:
    """A length of time in the two largest units that it has.

    Example:
        >>> duration(0.42), duration(9.5), duration(65), duration(3600), duration(90_061)
        ('0.42 s', '9.5 s', '1 min 5 s', '1 h', '1 d 1 h')
    """
    if seconds < 60:
        return f"{number(seconds, 2)} s"
    whole = round(seconds)
    parts = []
    for size, name in ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        count, whole = divmod(whole, size)
        parts.append((count, name))
    first = next(i for i, (count, _) in enumerate(parts) if count)
    return " ".join(f"{count} {name}" for count, name in parts[first : first + 2] if count)
