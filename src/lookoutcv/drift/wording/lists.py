"""Long lists of names, cut."""

from __future__ import annotations

from collections.abc import Sequence

_NAMES = 12


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are.

    Example:
        >>> listed(["a", "b"])
        'a, b'
    """
    shown = ", ".join(names[:_NAMES])
    return shown if len(names) <= _NAMES else f"{shown} and {len(names) - _NAMES} more"
