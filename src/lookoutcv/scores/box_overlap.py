"""How much boxes overlap."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.grids import FloatArray

Boxes = np.ndarray[Any, np.dtype[Any]]


def overlaps(one: Boxes, other: Boxes) -> FloatArray:
    """Intersection over union of every pair of boxes.

    Args:
        one: (n, 4) x1, y1, x2, y2 in pixels.
        other: (m, 4).
    Returns:
        (n, m), 0 to 1; 0 for two boxes without area.
    Example:
        >>> overlaps(np.array([[0, 0, 2, 2]]), np.array([[1, 0, 3, 2], [5, 5, 6, 6]])).round(3).tolist()
        [[0.333, 0.0]]
    """
    shared = _shared(one, other)
    union = areas(one)[:, None] + areas(other)[None, :] - shared
    shares: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return shares


def within(one: Boxes, other: Boxes) -> FloatArray:
    """How much of each box lies in each other one.

    Args:
        one: (n, 4) x1, y1, x2, y2 in pixels.
        other: (m, 4).
    Returns:
        (n, m), 0 to 1; 0 for a box without area.
    Example:
        >>> within(np.array([[0, 0, 2, 2]]), np.array([[1, 0, 9, 9]])).tolist()
        [[0.5]]
    """
    shared = _shared(one, other)
    own = np.broadcast_to(areas(one)[:, None], shared.shape)
    shares: FloatArray = np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)
    return shares


def areas(boxes: Boxes) -> FloatArray:
    """(n,) areas of (n, 4) boxes, in square pixels."""
    corners = boxes.astype(np.float64)
    found: FloatArray = (corners[:, 2:] - corners[:, :2]).prod(axis=1)
    return found


def _shared(one: Boxes, other: Boxes) -> FloatArray:
    one, other = one.astype(np.float64), other.astype(np.float64)
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    found: FloatArray = np.maximum(high - low, 0.0).prod(axis=2)
    return found
