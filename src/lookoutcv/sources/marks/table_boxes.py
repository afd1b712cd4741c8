"""Whether the boxes in a table are shares of the picture; `predictions.box_columns` reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# What rounding leaves beyond 0 and 1; a box in pixels that ends within a hundredth of the first pixel is none.
_SLACK = 0.01


def are_shares(boxes: Iterable[Sequence[float]]) -> bool:
    """Whether boxes are shares of the sides: all lie within 0 to 1, and not all of their corners are whole numbers.

    Args:
        boxes: Corners; read up to the first that is none.
    Example:
        >>> are_shares([[0.1, 0.2, 0.5, 1]]), are_shares([[0, 0, 1, 1]]), are_shares([[0.5, 0, 1, 1], [0, 0, 30, 9]])
        (True, False, False)
    """
    fractions = False
    for box in boxes:
        if not all(-_SLACK <= corner <= 1 + _SLACK for corner in box):
            return False
        fractions = fractions or any(float(corner) != round(corner) for corner in box)
    return fractions
