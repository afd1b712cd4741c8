"""Single values of a call, checked: names, numbers, vectors. Whatever is wrong is noted, never raised."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.predictions.tensors import plain

# Longer names are cut: a class has a name, not a text.
LONGEST_NAME = 256
_LARGEST = 3.4e38  # within float32

Note: TypeAlias = Callable[[str], None]
Labels: TypeAlias = tuple[str, ...]


def text(value: Any, what: str, note: Note, longest: int = LONGEST_NAME) -> str | None:
    """A name as it can be kept: valid Unicode, not too long.

    Example:
        >>> notes = []
        >>> len(text("x" * 10_000, "the class", notes.append)), notes
        (256, ['the class is 10000 characters long and was cut to 256'])
    """
    if value is None:
        return None
    name = value if isinstance(value, str) else str(value)
    if len(name) > longest:
        note(f"{what} is {len(name)} characters long and was cut to {longest}")
        name = name[:longest]
    return name.encode("utf-8", "replace").decode("utf-8") if not name.isascii() else name


def probability(value: Any, what: str, note: Note) -> float | None:
    """A float32 number as it was given, NaN and all; noted where it is no probability. None where there is none."""
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        note(f"{what} is no number: {type(value).__name__}")
        return None
    if not 0 <= number <= 1:
        note(f"{what} is {number:g}, not within 0 to 1")
    return number if math.isnan(number) else max(-_LARGEST, min(_LARGEST, number))


def vector(value: Any, what: str, note: Note) -> Any:
    """A flat float32 array of anything that holds numbers, tensors included; None where it is none.

    Example:
        >>> vector([0.5, 0.5], "scores", print).tolist()
        [0.5, 0.5]
    """
    if value is None:
        return None
    try:
        with np.errstate(over="ignore"):
            numbers = np.asarray(plain(value), dtype=np.float32)
    except Exception as reason:  # a tensor of any library, a generator, text
        note(f"{what} cannot be read: {type(reason).__name__}")
        return None
    return numbers.reshape(-1)
