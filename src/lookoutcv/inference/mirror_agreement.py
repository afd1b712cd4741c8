"""Whether a detector finds in a picture what it finds in its mirror image."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lookoutcv.predictions import Detections
from lookoutcv.scores.box_overlap import overlaps
from lookoutcv.scores.matching import MOST_BOXES

# COCO's lowest overlap of two boxes of one object.
_LEAST_OVERLAP = 0.5


def agreement(found: Detections, again: Detections) -> float:
    """How much two sets of objects have in common.

    By falling confidence each object takes the one of its class that it overlaps most, from an overlap of one half on.
    A pair counts as the smaller of its confidences times its overlap.

    Args:
        found, again: Of the same picture; the 100 surest of each are compared.
    Returns:
        The sum over the pairs, 0 and more.
    Example:
        >>> one = Detections.of([[0, 0, 10, 10], [20, 20, 30, 30]], ["dog", "cat"], [0.5, 0.75])
        >>> agreement(one, Detections.of([[20, 20, 30, 30]], ["cat"], [1])), agreement(one, Detections.none())
        (0.75, 0.0)
    """
    found, again = _surest(found), _surest(again)
    if not len(found) or not len(again):
        return 0.0
    shares = overlaps(found.boxes, again.boxes)
    shares[np.array(found.labels)[:, None] != np.array(again.labels)[None, :]] = 0
    total, free = 0.0, np.ones(len(again), np.bool_)
    for row, confidence in zip(shares, found.confidences, strict=True):
        best = int(np.argmax(np.where(free, row, -1.0)))
        if free[best] and row[best] >= _LEAST_OVERLAP:
            free[best] = False
            total += float(min(confidence, again.confidences[best]) * row[best])
    return total


def mirrored(found: Detections, width: int) -> Detections:
    """Objects of the mirror image, where they are in the picture.

    Args:
        found: In the mirror image.
        width: Of the picture, in pixels.
    Example:
        >>> mirrored(Detections.of([[0, 0, 10, 10]], ["dog"], [1]), 100).boxes.tolist()
        [[90.0, 0.0, 100.0, 10.0]]
    """
    boxes = found.boxes.copy()
    boxes[:, [0, 2]] = width - found.boxes[:, [2, 0]]
    return replace(found, boxes=boxes)


def brought_to(found: Detections, size: tuple[int, int], other: tuple[int, int]) -> Detections:
    """Objects of a picture, where they are once it is stretched to another size.

    Args:
        found: In a picture.
        size, other: Its height and width, and those to bring it to.
    Example:
        >>> brought_to(Detections.of([[0, 0, 10, 10]], ["dog"], [1]), (20, 20), (40, 20)).boxes.tolist()
        [[0.0, 0.0, 10.0, 20.0]]
    """
    factors = np.array([other[1] / size[1], other[0] / size[0]] * 2, np.float32)
    return replace(found, boxes=found.boxes * factors)


def _surest(found: Detections) -> Detections:
    certainty = np.nan_to_num(found.confidences, nan=0.0)
    order = np.argsort(-certainty, kind="stable")[:MOST_BOXES]
    return Detections(found.boxes[order], tuple(found.labels[i] for i in order), certainty[order])
