"""Non-maximum suppression: of boxes that overlap and name the same class, the surest is kept."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Indices = np.ndarray[Any, np.dtype[np.int64]]
Array = np.ndarray[Any, Any]

# More candidates than this are never reasonable; the surest are taken.
_MOST_CANDIDATES = 5000


def suppressed(boxes: Any, confidences: Any, classes: Any, iou: float, most: int) -> Indices:
    """Which boxes are kept, the surest first.

    Args:
        boxes: (n, 4) x1, y1, x2, y2.
        confidences: (n,).
        classes: (n,) whole numbers; only boxes of one class suppress each other.
        iou: Intersection over union above which the less confident one goes, 0 to 1.
        most: How many to keep.
    Example:
        >>> boxes = [[0, 0, 10, 10], [1, 0, 11, 10], [0, 0, 10, 10]]
        >>> suppressed(boxes, [0.8, 0.9, 0.7], [0, 0, 1], 0.5, 100).tolist()
        [1, 2]
    """
    corners = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
    scores = np.asarray(confidences, dtype=np.float32)
    order = np.argsort(-scores, kind="stable")[:_MOST_CANDIDATES]
    if not len(order):
        return np.zeros(0, dtype=np.int64)
    xywh = np.concatenate([corners[order, :2], corners[order, 2:] - corners[order, :2]], axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        xywh.tolist(), scores[order].tolist(), np.asarray(classes)[order].astype(int).tolist(), 0.0, float(iou)
    )
    survivors = order[np.asarray(kept, dtype=np.int64).reshape(-1)]
    return survivors[np.argsort(-scores[survivors], kind="stable")][:most].astype(np.int64)


def suppressed_turned(turned: Any, confidences: Any, classes: Any, iou: float, most: int) -> Indices:
    """The same for turned boxes: ships side by side overlap little, though the upright boxes around them nearly agree.

    Args:
        turned: (n, 5) cx, cy, w, h and the angle in radians by which w and h are turned about the centre.
        confidences, classes, iou, most: As for `suppressed`.
    Source: Intersections by OpenCV's rotatedRectangleIntersection. Its NMSBoxesRotated takes a box inside another for
        one that is the same, and so is not used.
    Example:
        >>> boxes = [[20, 20, 40, 4, 0.8], [25, 15, 40, 4, 0.8], [20, 20, 40, 5, 0.8]]
        >>> suppressed_turned(boxes, [0.9, 0.8, 0.7], [0, 0, 0], 0.5, 100).tolist()
        [0, 1]
    """
    boxes = np.asarray(turned, dtype=np.float64).reshape(-1, 5)
    scores, kinds = np.asarray(confidences, dtype=np.float64), np.asarray(classes)
    remaining = np.argsort(-scores, kind="stable")[:_MOST_CANDIDATES]
    kept: list[int] = []
    while len(remaining) and len(kept) < most:
        first, others = int(remaining[0]), remaining[1:]
        kept.append(first)
        overlaps = np.zeros(len(others))
        near = np.flatnonzero((kinds[others] == kinds[first]) & _may_touch(boxes[first], boxes[others]))
        overlaps[near] = [turned_iou(boxes[first], boxes[place]) for place in others[near]]
        remaining = others[overlaps <= iou]
    return np.array(kept, dtype=np.int64)


def _may_touch(box: Array, others: Array) -> Array:
    """Whether the circles around turned boxes overlap."""
    reach = np.hypot(box[2], box[3]) / 2 + np.hypot(others[:, 2], others[:, 3]) / 2
    near: Array = np.hypot(others[:, 0] - box[0], others[:, 1] - box[1]) < reach
    return near


def turned_iou(one: Any, other: Any) -> float:
    """Intersection over union of two turned boxes, 0 to 1.

    Args:
        one, other: cx, cy, w, h and the angle in radians.
    Example:
        >>> round(turned_iou([0, 0, 4, 2, 0], [0, 0, 4, 2, np.pi / 2]), 3)
        0.333
    """
    common, corners = cv2.rotatedRectangleIntersection(_rectangle(one), _rectangle(other))
    if common == cv2.INTERSECT_NONE or corners is None:
        return 0.0
    shared = float(cv2.contourArea(cv2.convexHull(corners)))
    whole = float(one[2] * one[3] + other[2] * other[3]) - shared
    return shared / whole if whole > 0 else 0.0


def _rectangle(box: Any) -> Any:
    return (float(box[0]), float(box[1])), (float(box[2]), float(box[3])), float(np.degrees(box[4]))
