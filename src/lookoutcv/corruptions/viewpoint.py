"""A camera that stands nearer or hangs askew."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lookoutcv.corruptions.severity_steps import step_at

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_ZOOMS = (1.15, 1.35, 1.6, 2.0, 2.6)
_DEGREES = (6.0, 12.0, 20.0, 30.0, 45.0)


def zoom(pixels: Pixels, severity: int) -> Pixels:
    """The middle of the picture, enlarged to the same size.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> zoom(np.full((32, 48, 3), 90, np.uint8), 3).shape
        (32, 48, 3)

    Source: Ours: a digital zoom.
    """
    factor = step_at(severity, _ZOOMS)
    height, width = pixels.shape[:2]
    rows, columns = max(1, round(height / factor)), max(1, round(width / factor))
    top, left = (height - rows) // 2, (width - columns) // 2
    centre = np.ascontiguousarray(pixels[top : top + rows, left : left + columns])
    return np.asarray(cv2.resize(centre, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def rotate(pixels: Pixels, severity: int) -> Pixels:
    """The picture turned about its middle; the corners are filled by reflection.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (6 degrees) to 5 (45 degrees).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> rotate(np.full((32, 48, 3), 90, np.uint8), 3).shape
        (32, 48, 3)

    Source: Ours: a camera that hangs askew.
    """
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), step_at(severity, _DEGREES), 1.0)
    turned = cv2.warpAffine(pixels, turn, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(turned, dtype=np.uint8)
