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
    one, other = one.astype(np.float64), other.astype(np.float64)
    low = np.maximum(one[:, None, :2], other[None, :, :2])
    high = np.minimum(one[:, None, 2:], other[None, :, 2:])
    shared = np.maximum(high - low, 0.0).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (one, other)]
    union = areas[0][:, None] + areas[1][None, :] - shared
    shares: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return shares
