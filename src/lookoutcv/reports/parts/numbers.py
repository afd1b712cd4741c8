"""Numbers for people: one way of writing each kind, in every format.

Three significant digits, commas between thousands, a real minus sign; percentages to a tenth; tiny p-values as a bound.
"""

from __future__ import annotations

import math

from lookoutcv.byte_sizes import byte_unit

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
_SMALLEST_P = 1e-4
_MOST_DIGITS = 6


def number(value: float | None, digits: int = 3) -> str:
    """A plain number with `digits` significant digits; whole numbers and those beyond 1,000 in full.

    Args:
        value: Any number; None and NaN become a dash.
    Example:
        >>> number(0.04217), number(84.0), number(1234567.8), number(-0.5), number(0.0000012), number(None)
        ('0.0422', '84', '1,234,568', '−0.500', '1.20e−6', '–')
    """
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    size = abs(value)
    if size >= 1e15 or 0 < size < 1e-4:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        text = f"{mantissa}e{int(exponent)}"
    elif value == int(value):
        text = f"{int(value):,}"
    else:
        rounded = float(f"{size:.{digits - 1}e}")  # 9.996 has one digit before the point, but is written 10.0
        text = f"{value:,.{max(0, digits - 1 - math.floor(math.log10(rounded)))}f}"
    return text.replace("-", MINUS)


def quantity(value: float | None, unit: str, digits: int = 3) -> str:
    """A number with its unit; sizes of files in kB or MB.

    Args:
        unit: As metrics declare it: "1" for a ratio, "px", "bytes", "grey level^2" ...
    Example:
        >>> quantity(84.21, "grey level"), quantity(0.5, "1"), quantity(48211, "bytes"), quantity(912.3, "grey level^2")
        ('84.2 grey levels', '0.500', '48.2 kB', '912 grey levels²')
    """
    if value is None or math.isnan(value):
        return DASH
    if unit == "bytes":
        return _file_size(value, digits)
    return f"{number(value, digits)} {unit_words(unit)}".rstrip()


def compact(value: float) -> str:
    """A round number without the zeros that only fill it up, for axes and settings.

    Example:
        >>> compact(0.2), compact(0.01), compact(1500), compact(-2.50)
        ('0.2', '0.01', '1,500', '−2.5')
    """
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def pair(before: float | None, after: float | None, unit: str) -> tuple[str, str, str]:
    """Two values, in as many digits as it takes to tell them apart, and the unit where they share one.

    Example:
        >>> pair(84.213, 84.237, "grey level"), pair(912_000, 1_200_000, "bytes")
        (('84.21', '84.24', 'grey levels'), ('912 kB', '1.20 MB', ''))
    """
    texts = [DASH, DASH]
    for digits in range(3, _MOST_DIGITS + 1):
        texts = [quantity(before, unit, digits), quantity(after, unit, digits)]
        if texts[0] != texts[1] or before == after:
            break
    (first, _, first_unit), (second, _, second_unit) = (text.partition(" ") for text in texts)
    if DASH in texts:  # a missing value has no unit, and shares that of the other
        return first, second, first_unit or second_unit
    return (first, second, first_unit) if first_unit == second_unit else (texts[0], texts[1], "")


def step(before: float | None, after: float | None, unit: str) -> str:
    """From one value to another.

    Example:
        >>> step(84.2, 51, "grey level")
        '84.2 → 51 grey levels'
    """
    first, second, shared = pair(before, after, unit)
    return f"{first} → {second} {shared}".rstrip()


def unit_words(unit: str) -> str:
    """The unit for people: nothing for a ratio, plural words, raised powers.

    Example:
        >>> unit_words("grey level^2"), unit_words("1"), unit_words("px")
        ('grey levels²', '', 'px')
    """
    if unit in ("", "1"):
        return ""
    plural = unit.replace("grey level", "grey levels")
    return plural.replace("^2", "²").replace("^3", "³")


def signed(value: float) -> str:
    """An effect with its sign, two decimals.

    Example:
        >>> signed(0.6249), signed(-0.1), signed(0.001)
        ('+0.62', '−0.10', '0.00')
    """
    if math.isnan(value):
        return DASH
    text = f"{value:+.2f}"
    return text[1:] if text in ("+0.00", "-0.00") else text.replace("-", MINUS)


def percent(share: float | None) -> str:
    """A share of a whole, to a tenth of a percent; what is not quite nothing or all says so.

    Example:
        >>> percent(0.1234), percent(1), percent(0.0002), percent(0.99999), percent(0)
        ('12.3%', '100%', '< 0.1%', '> 99.9%', '0%')
    """
    if share is None or math.isnan(share):
        return DASH
    if 0 < share < 0.0005:
        return "< 0.1%"
    if 0.9995 < share < 1:
        return "> 99.9%"
    return f"{share * 100:.0f}%" if share in (0, 1) else f"{share * 100:.1f}%"


def points(change: float) -> str:
    """A difference of two shares, in points.

    Example:
        >>> points(0.123), points(-0.05)
        ('12.3 points', '−5.0 points')
    """
    return f"{100 * change:.1f} points".replace("-", MINUS)


def signed_points(change: float) -> str:
    """The same with its sign.

    Example:
        >>> signed_points(0.123)
        '+12.3 points'
    """
    return f"{100 * change:+.1f} points".replace("-", MINUS)


def average_precision(value: float | None) -> str:
    """An average precision as people write it.

    Example:
        >>> average_precision(0.4567), average_precision(None)
        ('0.457', '–')
    """
    return DASH if value is None else f"{value:.3f}"


def p_value(p: float | None) -> str:
    """A p-value: two significant digits, or a bound.

    Example:
        >>> p_value(0.03127), p_value(1e-9), p_value(0.5), p_value(0.998), p_value(None)
        ('0.031', '< 0.0001', '0.50', '> 0.99', '–')
    """
    if p is None or math.isnan(p):
        return DASH
    if p < _SMALLEST_P:
        return "< 0.0001"
    return "> 0.99" if p > 0.99 else number(p, 2)


def _file_size(value: float, digits: int) -> str:
    factor, name = byte_unit(value)
    return f"{number(value / factor, digits)} {name}"
