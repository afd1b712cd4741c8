"""Lost focus."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

# Radii for images of about 224 px, after Hendrycks & Dietterich; scaled with the short side.
_RADIUS_RATIOS = (0.006, 0.010, 0.015, 0.021, 0.028)


def defocus(pixels: Pixels, severity: int) -> Pixels:
    """A lens out of focus: every point becomes a disc.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Example:
        >>> defocus(np.full((32, 32, 3), 90, np.uint8), 3).max()
        np.uint8(90)
    Source: Hendrycks & Dietterich, "Benchmarking neural network robustness to common corruptions", ICLR 2019.
    """
    radius = max(1.0, _RADIUS_RATIOS[severity - 1] * min(pixels.shape[:2]))
    reach = int(np.ceil(radius))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    # The rim fades over one pixel, so that radii between whole numbers differ.
    disc = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
    return np.asarray(cv2.filter2D(pixels, -1, disc / disc.sum()), dtype=np.uint8)
