"""What is read off the tiles with the strongest edges: there a picture shows whether it is sharp, a wall never does.

The compiled kernel (`pixels/_strongest.h`) gives the same numbers as the numpy below, but for the order of some sums.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.sharpness.frequencies import COARSE, COSINES, FINEST, ONE, STRAIGHT
from lookoutcv.sharpness.structure import NOISE
from lookoutcv.sharpness.tiles import LEVELS, PHASES, PIXELS, TILE_PX, Pixels, Tiles

_kernel: Any = None
# Not built where there was no compiler when the package was installed.
with suppress(ImportError):
    from lookoutcv.pixels import _kernel  # type: ignore[attr-defined,no-redef]
# One that an earlier version built has none.
_chosen: Any = getattr(_kernel, "strongest", None)

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

# Shares of the tiles that are looked at: those with the strongest edges at the coarsest level, which blur hardly
# weakens.
_FEW, _SOME, _MANY = 0.03, 0.1, 0.3
# Of a very long picture no more tiles than these; bounds the memory of their blocks.
_MOST = 1024
# Noise is measured in the calmest tenth of the tiles that are neither black nor white, where clipping takes it away.
_CALM, _DARKEST, _LIGHTEST = 0.1, 6, 249
# Immerkaer: from a mean second difference to a standard deviation.
_PER_SECOND = math.sqrt(math.pi / 2) / 6 / PIXELS[0]
_MIDDLE, _NEARLY_ALL = 0.5, 0.98
# Keep ratios finite: squared grey levels.
_LEAST_FINE, _LEAST_COARSE = 0.05, 0.5
# Gradients are in 32nds of a grey level.
_UNIT = 1024.0
_CONSTANTS = np.array(
    [
        *(_DARKEST, _LIGHTEST, _CALM, NOISE[0], NOISE[1], _LEAST_FINE, _LEAST_COARSE),
        *(_MIDDLE, _NEARLY_ALL, _PER_SECOND),
    ],
    dtype=np.float64,
)
_NUMBERS = 25


@dataclass(frozen=True, eq=False)
class Strongest:
    """What the strongest tiles show.

    Args:
        few, some: (3, 3) float64: mean gx gx, gy gy and gx gy at each level on 3% and on 10% of the tiles, in squared
            grey levels a pixel of that level.
        noise_sigma: Standard deviation of the noise in grey levels; of the calmest tiles, not of the strongest.
        typical, sharpest: Median and 98% quantile over 30% of the tiles of gradient energy at full over half
            resolution, noise taken off.
        finest, across, down: Mean squared coefficients in blocks of the 10%, the half that has more of the coarse ones:
            of the finest frequencies, and of middle ones across alone and down alone; in squared grey levels.
    """

    few: FloatArray
    some: FloatArray
    noise_sigma: float
    typical: float
    sharpest: float
    finest: float
    across: float
    down: float


def strongest(plane: Pixels, found: Tiles, left: int, top: int) -> Strongest:
    """Choose tiles and measure them.

    Args:
        plane: (H, W) uint8, both at least 16.
        found: Its tiles.
        left, top: Where its grid of 8x8 blocks begins, 0 to 7.
    """
    few, some, many = (max(1, round(share * found.count)) for share in (_FEW, _SOME, _MANY))
    sizes = [min(few, _MOST), min(some, _MOST), many]
    measure = _in_numpy if _chosen is None else _compiled
    numbers = measure(plane, found, (left, top), sizes)
    scale = np.array(PIXELS)[:, None] * _UNIT
    blocks = max(numbers[24], 1) * ONE**2
    return Strongest(
        few=numbers[:9].reshape(LEVELS, 3) / (scale * sizes[0]),
        some=numbers[9:18].reshape(LEVELS, 3) / (scale * sizes[1]),
        noise_sigma=float(numbers[18]) * _PER_SECOND,
        typical=float(numbers[19]),
        sharpest=float(numbers[20]),
        finest=float(numbers[21]) / (blocks * len(FINEST)),
        across=float(numbers[22]) / (blocks * STRAIGHT),
        down=float(numbers[23]) / (blocks * STRAIGHT),
    )


def _compiled(plane: Pixels, found: Tiles, corner: tuple[int, int], sizes: list[int]) -> FloatArray:
    numbers = np.zeros(_NUMBERS)
    height, width = plane.shape
    tables = (found.gradients, found.second, found.light, COSINES, _CONSTANTS)
    _chosen(np.ascontiguousarray(plane), height, width, *tables, *sizes, *corner, numbers)
    return numbers


def _in_numpy(plane: Pixels, found: Tiles, corner: tuple[int, int], sizes: list[int]) -> FloatArray:
    """The 25 numbers in the order in which the kernel writes them."""
    numbers = np.zeros(_NUMBERS)
    # Of equal tiles the first ones.
    order = np.argsort(-found.gradients[2, :2].sum(axis=0), kind="stable")
    few, some, many = (order[:size] for size in sizes)
    numbers[:9] = found.gradients[:, :, few].sum(axis=2).ravel()
    numbers[9:18] = found.gradients[:, :, some].sum(axis=2).ravel()
    light = found.light / 4
    between = (light >= _DARKEST) & (light <= _LIGHTEST)
    numbers[18] = _quantile(found.second[between] if between.any() else found.second, _CALM)
    shares = _shares(found.gradients[:2, :2, many].sum(axis=1), float(numbers[18]) * _PER_SECOND)
    numbers[19], numbers[20] = _quantile(shares, _MIDDLE), _quantile(shares, _NEARLY_ALL)
    numbers[21:] = _block_powers(_blocks(plane, found, corner, some))
    return numbers


def _quantile(values: Any, share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    rank = max(math.ceil(share * len(values)), 1) - 1
    return float(np.partition(values, rank)[rank])


def _shares(strength: IntArray, sigma: float) -> FloatArray:
    means = [strength[level] / (PIXELS[level] * _UNIT) for level in (0, 1)]
    fine, coarse = (np.maximum(means[level] - 2 * NOISE[level] * (sigma * sigma), 0) for level in (0, 1))
    return np.asarray((fine + _LEAST_FINE) / (coarse + _LEAST_COARSE))


def _blocks(plane: Pixels, found: Tiles, corner: tuple[int, int], some: IntArray) -> FloatArray:
    """(blocks, 64) pixels less 128 of the blocks whose centres lie in these tiles."""
    down = found.count // found.across
    chosen = np.zeros((down, found.across), dtype=np.bool_)
    chosen.ravel()[some] = True
    ends = [side - PHASES + 1 for side in plane.shape]
    starts = [np.arange(first, end, PHASES) for first, end in zip(corner[::-1], ends, strict=True)]
    tops, lefts = (
        at[(at + PHASES // 2) // TILE_PX < tiles] for at, tiles in zip(starts, (down, found.across), strict=True)
    )
    rows, columns = ((at + PHASES // 2) // TILE_PX for at in (tops, lefts))
    at_top, at_left = np.nonzero(chosen[np.ix_(rows, columns)])
    windows = np.lib.stride_tricks.sliding_window_view(plane, (PHASES, PHASES))
    return np.asarray(windows[tops[at_top], lefts[at_left]].reshape(-1, PHASES * PHASES), dtype=np.float64) - 128


def _block_powers(blocks: FloatArray) -> tuple[float, float, float, int]:
    power = (blocks @ COSINES.T) ** 2
    coarse, fine = len(COARSE), len(COARSE) + len(FINEST)
    # Of equal blocks the first ones.
    stronger = np.argsort(-power[:, :coarse].sum(axis=1), kind="stable")[: (len(blocks) + 1) // 2]
    sums = power[stronger].sum(axis=0)
    middle = fine + STRAIGHT
    return float(sums[coarse:fine].sum()), float(sums[fine:middle].sum()), float(sums[middle:].sum()), len(stronger)
