"""How much boxes overlap."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.grids import FloatArray

Boxes = np.ndarray[Any, np.dtype[Any]]


def overlaps(boxes: Boxes, others: Boxes) -> FloatArray:
    """Intersection over union of every pair of boxes.

    Args:
        boxes: (n, 4) x1, y1, x2, y2 in pixels.
        others: (m, 4).
    Returns:
        (n, m), 0 to 1; 0 for two boxes without area.
    Example:
        >>> overlaps(np.array([[0, 0, 2, 2]]), np.array([[1, 0, 3, 2], [5, 5, 6, 6]])).round(3).tolist()
        [[0.333, 0.0]]
    """
    shared = _shared(boxes, others)
    union = areas(boxes)[:, None] + areas(others)[None, :] - shared
    shares: FloatArray = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return shares


def within(boxes: Boxes, regions: Boxes) -> FloatArray:
    """How much of each box lies in each region.

    Args:
        boxes: (n, 4) x1, y1, x2, y2 in pixels.
        regions: (m, 4).
    Returns:
        (n, m), 0 to 1; 0 for a box without area.
    Example:
        >>> within(np.array([[0, 0, 2, 2]]), np.array([[1, 0, 9, 9]])).tolist()
        [[0.5]]
    """
    shared = _shared(boxes, regions)
    own = np.broadcast_to(areas(boxes)[:, None], shared.shape)
    shares: FloatArray = np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)
    return shares


def areas(boxes: Boxes) -> FloatArray:
    """(n,) areas of (n, 4) boxes, in square pixels."""
    corners = boxes.astype(np.float64)
    products: FloatArray = (corners[:, 2:] - corners[:, :2]).prod(axis=1)
    return products


def _shared(boxes: Boxes, others: Boxes) -> FloatArray:
    boxes, others = boxes.astype(np.float64), others.astype(np.float64)
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared: FloatArray = np.maximum(high - low, 0.0).prod(axis=2)
    return shared
