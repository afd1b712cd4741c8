"""Boxes in pixels of a model's input, as detectors' heads decode them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from lookoutcv.models.detection.suppression import suppressed, suppressed_turned
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Detections

Array = np.ndarray[Any, Any]

# Columns of a box with its angle.
_TURNED = 5


def cells(size: tuple[int, int], strides: Sequence[int]) -> Array:
    """(n, 3) float64: column, row and stride of every cell, stride by stride, row by row.

    Args:
        size: Height and width of the input in pixels; a side that a stride does not divide is rounded up, as padding
            in convolutions does.
        strides: Sizes of the cells in pixels.
    Example:
        >>> cells((16, 32), [16]).tolist()
        [[0.0, 0.0, 16.0], [1.0, 0.0, 16.0]]
    """
    return _cells(size, tuple(strides))


@lru_cache(maxsize=16)
def _cells(size: tuple[int, int], strides: tuple[int, ...]) -> Array:
    parts = []
    for stride in strides:
        rows, columns = np.mgrid[: math.ceil(size[0] / stride), : math.ceil(size[1] / stride)]
        parts.append(np.stack([columns.ravel(), rows.ravel(), np.full(rows.size, stride)], axis=1))
    cells: Array = np.concatenate(parts).astype(np.float64)
    cells.flags.writeable = False
    return cells


def channels_last(grids: Sequence[Array]) -> bool:
    """Whether grids of four sides are (N, h, w, C) and not (N, C, h, w).

    Args:
        grids: Of the same columns on cells of different sizes; of a single one, or of two kinds, at least its height
            and width are equal.
    Example:
        >>> channels_last([np.zeros((1, 8, 4, 255)), np.zeros((1, 4, 2, 255))])
        True
    """
    first, last = ({grid.shape[side] for grid in grids} for side in (1, 3))
    if len(first) != len(last):
        return len(last) < len(first)
    return all(grid.shape[1] == grid.shape[2] != grid.shape[3] for grid in grids)


def corners(boxes: Array) -> Array:
    """Boxes of centre and sides (cx, cy, w, h) as x1, y1, x2, y2.

    Example:
        >>> corners(np.array([[5.0, 5.0, 4.0, 2.0]])).tolist()
        [[3.0, 4.0, 7.0, 6.0]]
    """
    half = boxes[..., 2:4] / 2
    with np.errstate(invalid="ignore"):  # infinite sides; such boxes are left out later
        ends: Array = np.concatenate([boxes[..., :2] - half, boxes[..., :2] + half], axis=-1)
    return ends


def around(boxes: Array, angles: Array) -> Array:
    """The upright boxes around turned ones, as x1, y1, x2, y2.

    Args:
        boxes: (n, 4) cx, cy, w, h.
        angles: (n,) in radians, by which w and h are turned about the centre.
    Example:
        >>> around(np.array([[32.0, 32.0, 40.0, 10.0]]), np.array([np.pi / 2])).round().tolist()
        [[27.0, 12.0, 37.0, 52.0]]
    """
    cosines, sines = np.abs(np.cos(angles)), np.abs(np.sin(angles))
    width = boxes[:, 2] * cosines + boxes[:, 3] * sines
    height = boxes[:, 2] * sines + boxes[:, 3] * cosines
    return corners(np.stack([boxes[:, 0], boxes[:, 1], width, height], axis=1))


def sigmoid(raw: Array) -> Array:
    """1 / (1 + e^-x) in float32.

    Example:
        >>> sigmoid(np.array([0.0, -1000.0])).tolist()
        [0.5, 0.0]
    """
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-raw.astype(np.float32))))


def detected(
    scores: Array,
    boxes_of: Callable[[Array], Array],
    framing: Framing,
    labels: Sequence[str],
    *,
    least: float,
    iou: float,
    most: int,
) -> Detections:
    """The objects among candidates: each of its best class, confident enough, and suppressed by none that is more so.

    Args:
        scores: (n, C), C >= 1. NaN is never enough.
        boxes_of: The boxes of some candidates, given their indices: (k, 4) x1, y1, x2, y2 in pixels of the input. Only
            those with enough confidence are decoded: most have not. Or turned ones, (k, 5) cx, cy, w, h and the angle
            in radians, which suppress each other as such; the upright boxes around them are given.
        framing: How the image lies in the input.
        labels: C names.
        least: Objects with less confidence are left out.
        iou: Of two boxes of a class that overlap more, the more confident is kept; 1 keeps all.
        most: The most objects.
    """
    best = np.argmax(scores, axis=1) if len(scores) else np.zeros(0, np.int64)
    confidences = scores[np.arange(len(scores)), best]
    likely = np.flatnonzero(confidences >= least)
    boxes = np.asarray(boxes_of(likely), dtype=np.float64)
    boxes = boxes if boxes.ndim == 2 else boxes.reshape(-1, 4)
    finite = np.isfinite(boxes).all(axis=1)
    likely, boxes = likely[finite], boxes[finite]
    turned = boxes.shape[1] == _TURNED
    if iou < 1:
        choose = suppressed_turned if turned else suppressed
        selected = choose(boxes, confidences[likely], best[likely], iou, most)
    else:
        selected = np.argsort(-confidences[likely], kind="stable")[:most]
    names = [labels[index] for index in best[likely][selected]]
    upright = around(boxes[selected, :4], boxes[selected, 4]) if turned else boxes[selected]
    return Detections.of(framing.boxes_in_image(upright), names, np.clip(confidences[likely][selected], 0, 1))
