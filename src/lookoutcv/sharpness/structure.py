"""How much of the gradients is left at the finer of two levels, in the direction that lost most and in the other."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

# What independent noise of variance 1 in the pixels adds to gx gx and to gy gy at each level: sums of the squared
# weights of the binomial blurs and Scharr's kernel together.
NOISE = (0.23046875, 0.02393192, 0.00501533)
# Squared grey levels, below the noise of rounding: keep the ratio of two flat levels finite.
_FLAT = 0.02


class Kept(NamedTuple):
    """Gradient energy at a level over that at the next coarser one: near 1 at a sharp edge, near 0 where it is blurred.

    Args:
        least: In the direction that lost most; motion blurs only one.
        most: In the other.
    """

    least: float
    most: float


def without_noise(tensor: FloatArray, level: int, variance: float) -> FloatArray:
    """A tensor (xx, yy, xy) less what noise adds to it, never below zero in any direction.

    Args:
        tensor: (3,) squared grey levels.
        level: Of the pyramid.
        variance: Of the noise, in squared grey levels of the pixels.
    """
    added = NOISE[level] * variance
    xx, yy, xy = (float(part) for part in tensor)
    middle, half = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    large, small = max(middle + half - added, 0.0), max(middle - half - added, 0.0)
    # Along the same axes; where the tensor has none, both are the same.
    turn = (large - small) / (2 * half) if half else 0.0
    middle = (large + small) / 2
    return np.array([middle + turn * (xx - yy) / 2, middle - turn * (xx - yy) / 2, turn * xy])


def kept(fine: FloatArray, coarse: FloatArray) -> Kept:
    """Generalised eigenvalues of two tensors (xx, yy, xy), the coarser one's raised a little.

    Example:
        >>> kept(np.array([1.0, 4.0, 0.0]), np.array([1.98, 3.98, 0.0]))
        Kept(least=0.5, most=1.0)
    """
    xx, yy, xy = (float(part) for part in fine)
    uu, vv, uv = float(coarse[0]) + _FLAT, float(coarse[1]) + _FLAT, float(coarse[2])
    determinant = uu * vv - uv * uv
    half = (xx * vv + yy * uu - 2 * xy * uv) / 2
    root = math.sqrt(max(half * half - determinant * (xx * yy - xy * xy), 0.0))
    return Kept(max((half - root) / determinant, 0.0), max((half + root) / determinant, 0.0))
