"""Numbers of bytes as people say them, wherever one is told: units of a thousand, three digits."""

from __future__ import annotations

import math

_UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "bytes"))
_DIGITS = 3


def byte_unit(count: float) -> tuple[float, str]:
    """The unit in which so many bytes are told: its size and its name.

    Example:
        >>> byte_unit(1_500), byte_unit(999_600)
        ((1000.0, 'kB'), (1000000.0, 'MB'))
    """
    size = abs(count)
    # What rounds to a thousand of a unit is one of the next.
    rounded = float(f"{size:.{_DIGITS - 1}e}") if size >= 1 else size
    return next(((factor, name) for factor, name in _UNITS if rounded >= factor), _UNITS[-1])


def byte_size(count: float) -> str:
    """So many bytes, in words.

    Args:
        count: 0 or more.
    Example:
        >>> [byte_size(count) for count in (0, 1, 150, 1_500, 150_000, 999_600, 343_000_000, 7e9)]
        ['0 bytes', '1 byte', '150 bytes', '1.50 kB', '150 kB', '1 MB', '343 MB', '7 GB']
    """
    factor, name = byte_unit(count)
    value = count / factor
    if factor == 1:
        return f"{round(value)} {'byte' if round(value) == 1 else name}"
    rounded = float(f"{value:.{_DIGITS - 1}e}")
    decimals = 0 if rounded == int(rounded) else max(0, _DIGITS - 1 - math.floor(math.log10(rounded)))
    return f"{rounded:,.{decimals}f} {name}"
