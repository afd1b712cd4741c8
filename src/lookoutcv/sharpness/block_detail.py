"""Fine detail as a JPEG stores it: frequencies of 8x8 blocks, on the grid that compression left where it left one."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lookoutcv.sharpness.tiles import PHASES, TILE_PX, Pixels, Tiles

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

# Keep logarithms finite: squared grey levels and grey levels, below the noise of rounding.
_LEAST_POWER, _LEAST_STEP = 0.05, 0.02
# Products of cosines in whole 8192nds: sums of products with pixels are exact, whatever multiplies the matrices.
_ONE = 8192


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


class Detail(NamedTuple):
    """Power in blocks.

    Args:
        finest: Logarithm of the mean squared coefficient with u + v of 7 and 8.
        straight: Logarithm of the mean squared coefficient with one of u, v at 3 and 4 and the other at 0: of the
            direction that has more.
    """

    finest: float
    straight: float


def grid(found: Tiles) -> Grid:
    """Where the grid of 8x8 blocks lies, from the steps between pixels.

    Source: After Wang, Sheikh & Bovik, ICIP 2002, with the excess over the neighbouring steps.
    """
    excess = found.steps / (2 * np.maximum(found.step_counts, 1))
    strengths = [math.log((row.max() + _LEAST_STEP) / (float(np.median(row)) + _LEAST_STEP)) for row in excess]
    left, top = (int(row.argmax()) for row in excess)
    return Grid(left, top, sum(strengths) / 2)


def detail(plane: Pixels, found: Tiles, where: Grid, chosen: Flags) -> Detail:
    """Power of the finer frequencies in the half of the chosen tiles' blocks that has more of the coarse ones.

    Args:
        plane: (H, W) uint8.
        found: Its tiles.
        where: Its grid.
        chosen: (n,) whether a tile is looked at; a block counts to the tile in which its centre lies.
    """
    blocks = _blocks(plane, found, where, chosen)
    if not len(blocks):
        return Detail(math.log(_LEAST_POWER), math.log(_LEAST_POWER))
    power = (blocks @ _COSINES.T) ** 2
    coarse = power[:, : len(_COARSE)].sum(axis=1)
    # Of equal blocks the first ones: a choice must not depend on how a sort breaks ties.
    stronger = np.argsort(-coarse, kind="stable")[: (len(blocks) + 1) // 2]
    mean = power[stronger].mean(axis=0) / _ONE**2
    finest, across, down = (float(mean[part].mean()) for part in _PARTS)
    return Detail(math.log(finest + _LEAST_POWER), math.log(max(across, down) + _LEAST_POWER))


def _blocks(plane: Pixels, found: Tiles, where: Grid, chosen: Flags) -> FloatArray:
    """(blocks, 64) pixels."""
    tiles_down = found.count // found.across
    tops = np.arange(where.top, min(plane.shape[0] - PHASES, tiles_down * TILE_PX - PHASES // 2 - 1) + 1, PHASES)
    lefts = np.arange(where.left, min(plane.shape[1] - PHASES, found.across * TILE_PX - PHASES // 2 - 1) + 1, PHASES)
    rows, columns = ((starts + PHASES // 2) // TILE_PX for starts in (tops, lefts))
    at_top, at_left = np.nonzero(chosen.reshape(tiles_down, found.across)[np.ix_(rows, columns)])
    windows = np.lib.stride_tricks.sliding_window_view(plane, (PHASES, PHASES))
    return np.asarray(windows[tops[at_top], lefts[at_left]].reshape(-1, PHASES * PHASES), dtype=np.float64)


def _cosine(frequency: int, position: int) -> float:
    scale = math.sqrt(1 / PHASES) if frequency == 0 else math.sqrt(2 / PHASES)
    return scale * math.cos((2 * position + 1) * frequency * math.pi / (2 * PHASES))


def _all_with(*sums: int) -> list[tuple[int, int]]:
    return [(u, v) for u in range(PHASES) for v in range(PHASES) if u + v in sums]


_COARSE, _FINEST, _ACROSS, _DOWN = _all_with(1, 2), _all_with(7, 8), [(0, 3), (0, 4)], [(3, 0), (4, 0)]
_WANTED = [*_COARSE, *_FINEST, *_ACROSS, *_DOWN]
_COSINES = np.array(
    [[round(_ONE * _cosine(u, y) * _cosine(v, x)) for y in range(PHASES) for x in range(PHASES)] for u, v in _WANTED],
    dtype=np.float64,
)
_PARTS = (
    slice(len(_COARSE), len(_COARSE) + len(_FINEST)),
    slice(len(_COARSE) + len(_FINEST), len(_WANTED) - len(_DOWN)),
    slice(len(_WANTED) - len(_DOWN), len(_WANTED)),
)
