"""The frequencies of 8x8 blocks that tell fine detail from coarse, as whole numbers."""

from __future__ import annotations

import math

import numpy as np

_SIDE = 8
# Products of cosines are kept in whole 8192nds: their sums with pixels are exact, whatever adds them.
ONE = 8192


def _cosine(frequency: int, position: int) -> float:
    scale = math.sqrt(1 / _SIDE) if frequency == 0 else math.sqrt(2 / _SIDE)
    return scale * math.cos((2 * position + 1) * frequency * math.pi / (2 * _SIDE))


def _all_with(*sums: int) -> list[tuple[int, int]]:
    return [(down, across) for down in range(_SIDE) for across in range(_SIDE) if down + across in sums]


COARSE, FINEST = _all_with(1, 2), _all_with(7, 8)
# Middle frequencies across alone and down alone, so many of each.
STRAIGHT = 2
WANTED = [*COARSE, *FINEST, (0, 3), (0, 4), (3, 0), (4, 0)]
# (24, 64) int16, a row for each of `WANTED`.
COSINES = np.array(
    [
        [round(ONE * _cosine(down, y) * _cosine(across, x)) for y in range(_SIDE) for x in range(_SIDE)]
        for down, across in WANTED
    ],
    dtype=np.int16,
)
