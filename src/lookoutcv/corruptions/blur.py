"""Lost focus, a moving camera, too few pixels."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from lookoutcv.corruptions.severity_steps import step_at

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Kernel = np.ndarray[Any, np.dtype[Any]]

# As shares of the short side, so that a severity looks alike on images of every size.
_RADIUS_RATIOS = (0.006, 0.010, 0.015, 0.021, 0.028)
_TRAIL_RATIOS = (0.02, 0.03, 0.045, 0.06, 0.08)
_SCALES = (0.6, 0.45, 0.33, 0.25, 0.18)


def defocus(pixels: Pixels, severity: int) -> Pixels:
    """A lens out of focus: every point becomes a disc.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> defocus(np.full((32, 32, 3), 90, np.uint8), 3).max()
        np.uint8(90)

    Source: After Hendrycks & Dietterich, "Benchmarking neural network robustness to common corruptions", ICLR 2019.
    """
    # On images of a few pixels the disc must still reach the neighbours, further at each severity.
    radius = max(step_at(severity, _RADIUS_RATIOS) * min(pixels.shape[:2]), 0.5 + 0.1 * severity)
    return np.asarray(cv2.filter2D(pixels, -1, disc(radius)), dtype=np.uint8)


def motion(pixels: Pixels, severity: int, angle: float = 0.0) -> Pixels:
    """A camera that moved during the exposure: every point becomes a straight trail.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
        angle: Direction of the trail in degrees, 0 along the rows.
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> motion(np.full((32, 32, 3), 90, np.uint8), 3).max()
        np.uint8(90)

    Source: After Hendrycks & Dietterich, ICLR 2019.
    """
    length = max(step_at(severity, _TRAIL_RATIOS) * min(pixels.shape[:2]), 1 + 0.4 * severity)
    return np.asarray(cv2.filter2D(pixels, -1, trail(length, math.radians(angle))), dtype=np.uint8)


def low_resolution(pixels: Pixels, severity: int) -> Pixels:
    """A picture enlarged from fewer pixels to the same size.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> low_resolution(np.full((32, 32, 3), 90, np.uint8), 3).shape
        (32, 32, 3)

    Source: After "pixelate" of Hendrycks & Dietterich, ICLR 2019, enlarged smoothly as viewers and loaders do.
    """
    scale = step_at(severity, _SCALES)
    height, width = pixels.shape[:2]
    fewer = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, fewer, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def disc(radius: float) -> Kernel:
    """What a lens out of focus makes of a point: a disc, as a kernel that sums to 1.

    Args:
        radius: In pixels, over 0.
    Example:
        >>> disc(2.0).shape
        (5, 5)
    """
    x, y = _around(radius)
    # The rim fades over one pixel, so that radii between whole numbers differ.
    shares = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(shares / shares.sum())


def trail(length: float, turn: float) -> Kernel:
    """What a moving camera makes of a point: a straight trail, as a kernel that sums to 1.

    Args:
        length: In pixels, over 0.
        turn: Its direction in radians, 0 along the rows.
    Example:
        >>> trail(4.0, 0.0).shape
        (5, 5)
    """
    x, y = _around(length / 2)
    along = np.abs(x * math.cos(turn) + y * math.sin(turn))
    beside = np.abs(y * math.cos(turn) - x * math.sin(turn))
    shares = np.clip(length / 2 + 0.5 - along, 0, 1) * np.clip(1 - beside, 0, 1)
    return np.asarray(shares / shares.sum())


def _around(reach: float) -> tuple[Kernel, Kernel]:
    side = math.ceil(reach)
    y, x = np.mgrid[-side : side + 1, -side : side + 1]
    return x, y
