"""Where the 8x8 blocks of a JPEG lie in a picture, and how much they stand out."""

from __future__ import annotations

import math
from typing import NamedTuple

from lookoutcv.sharpness.tiles import PHASES, Tiles

# Keeps logarithms finite: grey levels, below the noise of rounding.
_LEAST_STEP = 0.02


class Grid(NamedTuple):
    """Where the blocks lie.

    Args:
        left, top: Column and row of a block's first pixel modulo 8: the borders with the largest steps.
        strength: Logarithm of the step there over that at the median of eight positions, mean of both directions; near
            0 without a grid.
    """

    left: int
    top: int
    strength: float


def grid(found: Tiles) -> Grid:
    """Where the grid of 8x8 blocks lies, from the steps between pixels.

    Source: After Wang, Sheikh & Bovik, ICIP 2002, with the excess over the neighbouring steps.
    """
    corner, strength = [], 0.0
    for steps, counts in zip(found.steps.tolist(), found.step_counts.tolist(), strict=True):
        excess = [step / (2 * max(count, 1)) for step, count in zip(steps, counts, strict=True)]
        ordered, most = sorted(excess), max(excess)
        median = (ordered[PHASES // 2 - 1] + ordered[PHASES // 2]) / 2
        corner.append(excess.index(most))
        strength += math.log((most + _LEAST_STEP) / (median + _LEAST_STEP)) / 2
    return Grid(corner[0], corner[1], strength)
