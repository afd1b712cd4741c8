"""The colours of a map: viridis, which reads the same for people who see red and green alike, and in print."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def coloured(values: np.ndarray[Any, Any]) -> Pixels:
    """The colours of values.

    Args:
        values: Of any shape, 0 to 1; NaN is taken for 0.
    Returns:
        (..., 3) uint8 RGB, from dark blue over green to yellow.
    Example:
        >>> coloured(np.array([0.0, 1.0])).tolist()
        [[68, 1, 84], [253, 231, 37]]
    """
    levels = np.clip(np.nan_to_num(np.asarray(values, np.float32)) * 255, 0, 255)
    found: Pixels = _table()[np.rint(levels).astype(np.uint8)]
    return found


@cache
def _table() -> Pixels:
    bgr = cv2.applyColorMap(np.arange(256, dtype=np.uint8)[None], cv2.COLORMAP_VIRIDIS)
    return np.ascontiguousarray(bgr[0, :, ::-1])
