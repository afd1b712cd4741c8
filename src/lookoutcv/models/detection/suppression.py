"""Non-maximum suppression: of boxes that overlap and name the same class, the surest is kept."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Indices = np.ndarray[Any, np.dtype[np.int64]]

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
