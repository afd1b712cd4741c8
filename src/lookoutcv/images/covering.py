"""Parts of an image covered, so that nothing of them is left: before a thumbnail is made of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from lookoutcv.images.image import Pixels

# The same grey whatever is under it: a blur or a mosaic can be matched with what it was made from.
_GREY = 128


def covered(pixels: Pixels, boxes: Iterable[Sequence[float]], margin_ratio: float = 0.0) -> Pixels:
    """A copy of an image with some boxes filled with grey.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        boxes: x1, y1, x2, y2 in pixels each, corners in any order; what lies outside the image is ignored.
        margin_ratio: Grow each box by this share of its width and height on every side.
    Returns:
        (H, W, 3) uint8; whole pixels are covered wherever a box touches them.
    Example:
        >>> import numpy as np
        >>> covered(np.zeros((2, 3, 3), np.uint8), [(1.2, 0, 2.5, 1)])[:, :, 0].tolist()
        [[0, 128, 128], [0, 0, 0]]
    """
    covered_copy = pixels.copy()
    height, width = pixels.shape[:2]
    for x1, y1, x2, y2 in boxes:
        left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        across, down = margin_ratio * (right - left), margin_ratio * (bottom - top)
        columns = slice(_within(math.floor(left - across), width), _within(math.ceil(right + across), width))
        rows = slice(_within(math.floor(top - down), height), _within(math.ceil(bottom + down), height))
        covered_copy[rows, columns] = _GREY
    return covered_copy


def _within(place: int, size: int) -> int:
    return min(max(place, 0), size)
