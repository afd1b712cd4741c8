"""Numbers as other programs write them: one rule, wherever a table, predictions or a plain log are read.

A decimal point is understood everywhere. A comma is one where nothing else can be meant: `0,5`, `12,25`. What may be
one and a quarter or a thousand (`1,250`) is refused, unless the cells of the table stand between semicolons, tabs or
bars, as programs write them where the comma is the decimal sign: `files.rows` marks its cells as `DecimalComma` then.
"""

from __future__ import annotations

import re
from typing import Any

_WITH_COMMA = re.compile(r"[-+]?[0-9]*,[0-9]+(?:[eE][-+]?[0-9]+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}(?:,[0-9]{3})+")
# Apart from a comma, what stands between the numbers of a cell that holds several.
_BETWEEN, _WITH_COMMAS_TOO = re.compile(r"[\s;]+"), re.compile(r"[\s,;]+")
_AROUND = "[](){} \t\r\n"


class DecimalComma(str):
    """The text of a cell in a table whose cells do not stand between commas: a comma within a number is its point."""

    __slots__ = ()


def number_of(value: Any) -> float:
    """A number, or a text that is one.

    Raises:
        ValueError: It is neither, or a truth value, or may be a thousand as well as a decimal. `1_000` is a number to
            Python alone; elsewhere it is a name.
    Example:
        >>> number_of("0.5"), number_of(" 0,5 "), number_of(3), number_of(DecimalComma("1,250"))
        (0.5, 0.5, 3.0, 1.25)
    """
    if isinstance(value, bool) or value is None or (isinstance(value, str) and "_" in value):
        raise ValueError("no number")
    try:
        return float(value)
    except (TypeError, OverflowError):
        raise ValueError("no number") from None
    except ValueError:
        text = str(value).strip()
    may_be_thousands = _THOUSANDS.fullmatch(text) is not None and not isinstance(value, DecimalComma)
    if not _WITH_COMMA.fullmatch(text) or may_be_thousands:
        raise ValueError("a thousand or a decimal" if may_be_thousands else "no number")
    return float(text.replace(",", "."))


def share_of(value: Any) -> float:
    """A confidence or probability: a number, or a text with a percent sign; its range is for the caller to judge.

    Raises:
        ValueError: It is neither.
    Example:
        >>> share_of("90%"), share_of("87,5 %"), share_of("0,9")
        (0.9, 0.875, 0.9)
    """
    text = value.rstrip() if isinstance(value, str) else ""
    if not text.endswith("%"):
        return number_of(value)
    return number_of(type(value)(text[:-1])) / 100


def four_numbers(text: str) -> list[float]:
    """The numbers of a cell that holds a box, between blanks, semicolons or commas, with or without brackets.

    Where that makes four of it, commas stand between numbers; else within them.

    Raises:
        ValueError: They are no four numbers.
    Example:
        >>> four_numbers("[1, 2.5, 3, 4]"), four_numbers("1,5 2 3,5 4"), four_numbers("1,2,3,4")
        ([1.0, 2.5, 3.0, 4.0], [1.5, 2.0, 3.5, 4.0], [1.0, 2.0, 3.0, 4.0])
    """
    inner = text.strip(_AROUND)
    for between in (_WITH_COMMAS_TOO, _BETWEEN):
        words = [word for word in between.split(inner) if word]
        if len(words) == 4:
            return [number_of(DecimalComma(word)) for word in words]
    raise ValueError("no four numbers")
