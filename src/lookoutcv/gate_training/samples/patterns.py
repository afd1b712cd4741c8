"""Grey pictures of geometric patterns, drawn: something to be sharp or blurred."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np

Pixels: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]

SIDE_PX = 128
_SHAPES = 14
# Of the noise that every picture has, in grey levels.
_SIGMA = 4.0


def pattern(random: np.random.Generator, side_px: int = SIDE_PX) -> Pixels:
    """One picture: rectangles, discs and bars in greys, over a ramp.

    Args:
        random: What it is drawn with.
        side_px: Of the square.
    Returns:
        (side_px, side_px) uint8, without noise.
    Example:
        >>> pattern(np.random.default_rng(0)).shape
        (128, 128)
    """
    ramp = np.linspace(random.integers(60, 120), random.integers(120, 190), side_px)
    canvas = np.repeat(ramp[None, :], side_px, axis=0).astype(np.uint8)
    for number in range(_SHAPES):
        grey = int(random.integers(10, 246))
        first, second = (tuple(map(int, random.integers(0, side_px, 2))) for _ in range(2))
        size = int(random.integers(side_px // 16, side_px // 4))
        if number % 3 == 0:
            cv2.rectangle(canvas, first, (first[0] + size, first[1] + size), grey, -1)
        elif number % 3 == 1:
            cv2.circle(canvas, first, size // 2, grey, -1, cv2.LINE_AA)
        else:
            cv2.line(canvas, first, second, grey, int(random.integers(1, 4)), cv2.LINE_AA)
    return canvas


def with_noise(pixels: Pixels, random: np.random.Generator, sigma: float = _SIGMA) -> Pixels:
    """The picture as a sensor gives it.

    Args:
        pixels: uint8 of any shape.
        random: What the noise is drawn with.
        sigma: Its standard deviation in grey levels.
    """
    noisy = pixels + random.standard_normal(pixels.shape, dtype=np.float32) * np.float32(sigma)
    return np.asarray(np.clip(np.rint(noisy), 0, 255), dtype=np.uint8)
