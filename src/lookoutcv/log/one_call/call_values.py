"""Single values of a call, checked: names, numbers, vectors. Whatever is wrong is noted, never raised."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Iterable, Mapping, Sized
from itertools import islice
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.predictions.tensors import plain

# Longer names are cut: a class has a name, not a text.
LONGEST_NAME = 256
_LARGEST = 3.4e38  # within float32
# More numbers than the scores, boxes or embedding of any model; a range of a billion is somebody's mistake.
_MOST_NUMBERS = 10_000_000
# A number or a moment that is written out is not longer.
LONGEST_WRITTEN = 100
# Of these the form that Python prints says what was given.
_PRINTED = (numbers.Number, list, tuple, dict, set, frozenset)

Note: TypeAlias = Callable[[str], None]
Labels: TypeAlias = tuple[str, ...]


def text(value: Any, what: str, note: Note, longest: int = LONGEST_NAME) -> str | None:
    """A name as it can be kept: valid Unicode, not too long.

    Args:
        value: A text, or what has one: a number, bytes in UTF-8, a date, an array or tensor of one element.
        what: What it is called in notes.
        note: Told where nothing or not all of it can be kept.
        longest: In characters.
    Example:
        >>> notes = []
        >>> len(text("x" * 10_000, "the class", notes.append)), notes
        (256, ['the class is 10000 characters long and was cut to 256'])
    """
    if value is None:
        return None
    try:
        name = value if type(value) is str else _text_of(value)
    except Exception as reason:  # what a caller's own class raises
        note(f"{what} cannot be read: {type(reason).__name__}")
        return None
    if len(name) > longest:
        note(f"{what} is {len(name)} characters long and was cut to {longest}")
        name = name[:longest]
    if name.isascii():
        return name
    whole = name.encode("utf-8", "replace").decode("utf-8")
    if whole != name:
        note(f"{what} holds half a character; ? stands for it")
    return whole


def _text_of(value: Any) -> str:
    """Raises TypeError for what has no text but the place where it lies in memory."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).decode("utf-8", "replace")
    if callable(getattr(value, "item", None)):
        value = value.item()  # of an array or tensor; refused where it has several elements
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
    if not isinstance(value, _PRINTED) and not any("__str__" in vars(kind) for kind in type(value).__mro__[:-1]):
        raise TypeError
    return str(value)


def probability(value: Any, what: str, note: Note) -> float | None:
    """A float32 number as it was given, NaN and all; noted where it is no probability. None where there is none."""
    if value is None:
        return None
    try:
        if isinstance(value, str | bytes | bytearray) and len(value) > LONGEST_WRITTEN:
            raise TypeError
        number = float(value) if isinstance(value, float | int | str) else _number_of(value)
    except Exception:  # what a caller's own class raises
        note(f"{what} is no number: {type(value).__name__}")
        return None
    if not 0 <= number <= 1:
        note(f"{what} is {number:g}, not within 0 to 1")
    return number if math.isnan(number) else max(-_LARGEST, min(_LARGEST, number))


def _number_of(value: Any) -> float:
    """Of an array or tensor of one element too."""
    value = plain(value)
    if np.ma.is_masked(value):
        raise TypeError
    if hasattr(value, "__array__"):
        value = np.asarray(value)
        if value.size != 1 or value.dtype.kind not in "buifO":
            raise TypeError
        value = value.reshape(-1)[0]
    return float(value)


def vector(value: Any, what: str, note: Note) -> Any:
    """A flat float32 array of anything that holds numbers, tensors included; None where it is none.

    Example:
        >>> vector([0.5, 0.5], "scores", print).tolist()
        [0.5, 0.5]
    """
    if value is None:
        return None
    try:
        with np.errstate(over="ignore", invalid="ignore"):
            return _numbers_of(value, what, note)
    except Exception as reason:  # a tensor of any library, a generator, text
        note(f"{what} cannot be read: {type(reason).__name__}")
        return None


def _numbers_of(value: Any, what: str, note: Note) -> Any:
    value = plain(value)
    if isinstance(value, Sized) and len(value) > (LONGEST_WRITTEN if isinstance(value, str | bytes) else _MOST_NUMBERS):
        raise OverflowError
    if np.ma.is_masked(value):
        note(f"{what} are masked in part; NaN stands for what is masked")
        value = value.astype(np.float32).filled(np.nan)
    array = np.asarray(value)
    if array.dtype.kind in "cmM":
        raise TypeError
    return array.astype(np.float32, copy=False).reshape(-1)


def truth(value: Any, what: str, note: Note, *, otherwise: bool = False) -> bool:
    """Whether something is said to be so; noted where it says neither."""
    try:
        return bool(value)
    except Exception as reason:  # an array of several elements, a caller's own class
        note(f"{what} is neither true nor false: {type(reason).__name__}")
        return otherwise


def each(value: Any, count: int, most: int, what: str, note: Note) -> list[Any]:
    """One value an object: one for all is repeated, too few are filled up.

    Args:
        value: One, or several in their order.
        count: Of objects.
        most: No more are looked at.
        what: What they are called in notes.
        note: Told where they are not as many, or cannot be gone through.
    Example:
        >>> each("car", 2, 9, "classes", print), each([0.5], 2, 9, "confidences", lambda problem: None)
        (['car', 'car'], [0.5, None])
    """
    try:
        values = _several(value, most)
    except Exception as reason:  # what a caller's own class raises
        note(f"{what} cannot be read: {type(reason).__name__}")
        return [None] * count
    if values is None:
        return [value] * count
    if len(values) != count:
        note(f"there are {'more than ' * (len(values) > most)}{min(len(values), most)} {what} for {count} boxes")
    return (values + [None] * count)[:count]


def several(value: Any, most: int, what: str, note: Note) -> list[Any]:
    """The values of a list, an array or a tensor, or the only one; none where there is none.

    Example:
        >>> several(0.5, 9, "confidences", print), several(None, 9, "confidences", print)
        ([0.5], [])
    """
    try:
        values = _several(value, most)
    except Exception as reason:  # what a caller's own class raises
        note(f"{what} cannot be read: {type(reason).__name__}")
        return []
    if values is None:
        return [] if value is None else [value]
    if len(values) > most:
        note(f"there are more than {most} {what}; as many are kept")
    return values[:most]


def _several(value: Any, most: int) -> list[Any] | None:
    """The values, one more than `most` where there are more; None where it is one value."""
    value = plain(value)
    if value is None or isinstance(value, str | bytes | bytearray | int | float):
        return None
    if isinstance(value, Mapping | set | frozenset):
        raise TypeError
    if hasattr(value, "__array__"):
        array = np.asarray(value)
        return None if array.ndim == 0 else list(array[: most + 1])
    return list(islice(iter(value), most + 1)) if isinstance(value, Iterable) else None
