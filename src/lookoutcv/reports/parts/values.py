"""Parts of a report that are read from JSON as they are: whatever they hold, something can be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

# Not NaN, not infinite, and a number that a float can hold.
_LARGEST = 1e300


def object_of(value: Any) -> Mapping[str, Any]:
    """The value, where it is an object; else an empty one.

    Example:
        >>> object_of({"a": 1}), object_of(None)
        ({'a': 1}, {})
    """
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; none where it is no list.

    Example:
        >>> objects_of([{"a": 1}, 3])
        [{'a': 1}]
    """
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def is_number(value: Any) -> TypeGuard[float]:
    """Whether it is a finite number, and no truth value.

    Example:
        >>> is_number(0.5), is_number(True), is_number(float("nan")), is_number("1")
        (True, False, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST
