"""Scenes of overlapping shapes with texture, sharp to the pixel: what a judge of sharpness is tried on."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Luma = np.ndarray[Any, np.dtype[np.uint8]]


def scene(seed: int, height: int = 256, width: int = 320) -> Luma:
    """(height, width) uint8: discs and polygons of all sizes, with some noise."""
    random = np.random.default_rng(seed)
    levels = np.full((height, width), 120, np.uint8)
    for _ in range(120):
        centre = random.integers(0, (width, height))
        reach = random.integers(3, 40)
        corners = (centre + random.integers(-reach, reach + 1, (4, 2))).astype(np.int32)
        cv2.fillConvexPoly(levels, cv2.convexHull(corners), int(random.integers(20, 236)), cv2.LINE_AA)
    noise = np.rint(random.standard_normal(levels.shape) * 1.5)
    return np.asarray(np.clip(levels + noise, 0, 255), dtype=np.uint8)


def softened(luma: Luma, sigma: float) -> Luma:
    """By a Gaussian."""
    return luma if sigma == 0 else np.asarray(cv2.GaussianBlur(luma, (0, 0), sigma), dtype=np.uint8)
