"""Whole numbers of every tile of a picture: gradients at three levels of a pyramid, noise, light; and steps of a grid.

They are sums of whole numbers: the same on every machine, whatever is computed first, and the same from the compiled
kernel (`pixels/_tiles.h`) as from the numpy below, which runs where there was no compiler.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

_kernel: Any = None
# Not built where there was no compiler when the package was installed.
with suppress(ImportError):
    from lookoutcv.pixels import _kernel  # type: ignore[attr-defined,no-redef]
# One that an earlier version built has none.
_summed: Any = getattr(_kernel, "tiles", None)

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]
Wide = np.ndarray[Any, np.dtype[np.int32]]

TILE_PX = 16
LEVELS = 3
# Over how many pixels of a tile gradients are summed at each level.
PIXELS = (128, 64, 16)
PHASES = 8
# What a tile needs of the pixels around it: two blurs of five taps with a halving each, and a gradient.
_MARGIN = 12
# Tiles that are summed together: bounds the memory that a large picture takes.
_BAND_TILES = 2048
# Of the pixels every other row is looked at for gradients and noise: half of the cost, and hardly another answer.
_ROW_STEP = 2
# Every third row, and every third column of tiles, tells where a grid lies: an odd step, which falls on all rows of 8x8
# blocks in turn.
_STEP = 3


@dataclass(frozen=True, eq=False)
class Tiles:
    """What was summed over the n whole tiles of 16 x 16 px of a plane, row by row of tiles.

    Args:
        across: How many tiles stand beside each other.
        gradients: (3, 3, n) int64: at each level of the pyramid the sums of gx gx, gy gy and gx gy; gradients in 32nds
            of a grey level a pixel of that level. At level 0 over every other row.
        second: (n,) int64 sums over every other row of the absolute second difference in x and y, Immerkaer's (1 -2 1,
            -2 4 -2, 1 -2 1).
        light: (n,) int64: brightness around the middle of a tile, the pixel there at the coarsest level, in quarters of
            a grey level.
        steps: (2, 8) int64: by column, then by row, modulo 8: how far the step to the pixel before exceeds those beside
            it, in half grey levels, summed.
        step_counts: (2, 8) int64: over how many pixels.
    """

    across: int
    gradients: IntArray
    second: IntArray
    light: IntArray
    steps: IntArray
    step_counts: IntArray

    @property
    def count(self) -> int:
        """How many tiles."""
        return int(self.light.size)


def tiles(plane: Pixels) -> Tiles:
    """Sum over the whole tiles of a plane; pixels right of and below the last one only stand beside it.

    Args:
        plane: (H, W) uint8, both at least 16.
    Example:
        >>> tiles(np.full((40, 64), 3, np.uint8)).light.tolist()
        [12, 12, 12, 12, 12, 12, 12, 12]

    Source: Pyramid of Burt & Adelson 1983 with binomial weights; gradients of Scharr 2000; Immerkaer, CVIU 1996.
    """
    down, across = (side // TILE_PX for side in plane.shape)
    gradients = np.empty((LEVELS, 3, down, across), dtype=np.int64)
    second, light = np.empty((2, down, across), dtype=np.int64)
    steps, counts = np.zeros((2, 2, PHASES), dtype=np.int64)
    found = Tiles(across, gradients.reshape(LEVELS, 3, -1), second.ravel(), light.ravel(), steps, counts)
    band = max(1, _BAND_TILES // across)
    for top in range(0, down, band):
        _sum_band(plane, top, min(top + band, down), found)
    return found


def _sum_band(plane: Pixels, top: int, bottom: int, found: Tiles) -> None:
    """Fill in the rows of tiles from `top` to `bottom`, and add their steps."""
    if _summed is None:
        _sum_band_in_numpy(plane, top, bottom, found)
        return
    height, width = plane.shape
    numbers = (found.gradients, found.second, found.light, found.steps, found.step_counts)
    _summed(np.ascontiguousarray(plane), height, width, top, bottom, *numbers)


def _sum_band_in_numpy(plane: Pixels, top: int, bottom: int, found: Tiles) -> None:
    down, across = plane.shape[0] // TILE_PX, found.across
    rows = _mirrored(top * TILE_PX - _MARGIN, bottom * TILE_PX + _MARGIN, plane.shape[0])
    columns = _mirrored(-_MARGIN, across * TILE_PX + _MARGIN, plane.shape[1])
    part = plane[rows][:, columns].astype(np.int32)
    near = part[_MARGIN - 1 : 1 - _MARGIN, _MARGIN - 1 : 1 - _MARGIN]
    halved = _halved(part, 6)
    # Its first row and column are odd ones.
    quartered = _halved(halved[1:, 1:], 8)[: len(rows) // 4 - 4, : len(columns) // 4 - 4]
    at = slice(top * across, bottom * across)
    found.second[at] = _by_tile(np.abs(_second_difference(near))[::_ROW_STEP], TILE_PX // _ROW_STEP, TILE_PX)
    # Of what lies beyond the tile it has nothing.
    found.light[at] = quartered[3:-1:4, 3:-1:4].ravel()
    found.gradients[0, :, at] = _products(near, TILE_PX, _ROW_STEP, 0)
    found.gradients[1, :, at] = _products(halved[4:-4, 4:-4], TILE_PX >> 1, 1, 2)
    found.gradients[2, :, at] = _products(quartered, TILE_PX >> 2, 1, 2)
    _add_steps(part[_MARGIN - 2 : 1 - _MARGIN, _MARGIN:-_MARGIN], top, down, found)


def _mirrored(start: int, stop: int, side: int) -> IntArray:
    """Positions from start to stop, those outside mirrored at the outermost pixels."""
    at = np.abs(np.arange(start, stop))
    return np.asarray(side - 1 - np.abs(side - 1 - at))


def _halved(plane: Wide, shift: int) -> Wide:
    """Every other pixel of a binomial blur of five taps, divided by 2^shift and rounded.

    A shift of 6 keeps two bits more than the pixels have, whose rounding would be noise at the next level.
    """
    down = plane[:-4:2] + 4 * plane[1:-3:2] + 6 * plane[2:-2:2] + 4 * plane[3:-1:2] + plane[4::2]
    both = down[:, :-4:2] + 4 * down[:, 1:-3:2] + 6 * down[:, 2:-2:2] + 4 * down[:, 3:-1:2] + down[:, 4::2]
    return _rounded(both, shift)


def _rounded(plane: Wide, shift: int) -> Wide:
    return np.asarray((plane + (1 << shift >> 1)) >> shift)


def _products(level: Wide, tile: int, step: int, shift: int) -> IntArray:
    """(3, tiles): sums over every step-th row of gx gx, gy gy and gx gy by Scharr's kernels."""
    smooth = 3 * (level[:-2] + level[2:]) + 10 * level[1:-1]
    slope = level[2:] - level[:-2]
    across = _rounded(smooth[:, 2:] - smooth[:, :-2], shift)
    down = _rounded(3 * (slope[:, :-2] + slope[:, 2:]) + 10 * slope[:, 1:-1], shift)
    across, down = across[::step], down[::step]
    return np.stack(
        [_by_tile(product, tile // step, tile) for product in (across * across, down * down, across * down)]
    )


def _second_difference(plane: Wide) -> Wide:
    down = plane[:-2] - 2 * plane[1:-1] + plane[2:]
    return np.asarray(down[:, :-2] - 2 * down[:, 1:-1] + down[:, 2:])


def _by_tile(plane: Wide, high: int, wide: int) -> IntArray:
    rows, columns = plane.shape
    return np.asarray(plane.reshape(rows // high, high, columns // wide, wide).sum(axis=(1, 3), dtype=np.int64).ravel())


def _add_steps(part: Wide, top: int, down: int, found: Tiles) -> None:
    """Of a band of tiles, two rows above it and one below."""
    begin, rows = top * TILE_PX, np.arange(part.shape[0] - 3)
    across = _excess(part[2:-1][(begin + rows) % _STEP == 0].T)
    _add(across, np.arange(2, 2 + len(across)), found.steps[0], found.step_counts[0])
    columns = np.arange(part.shape[1]) // TILE_PX % _STEP == 0
    # Of the whole plane's first and last rows nothing is known beyond.
    known = (begin + rows >= 2) & (begin + rows <= down * TILE_PX - 2)
    _add(_excess(part[:, columns])[known], (begin + rows)[known], found.steps[1], found.step_counts[1])


def _excess(plane: Wide) -> Wide:
    """Of each row from the third to the last but one: twice the step to the row above, less those beside it."""
    step = np.abs(np.diff(plane, axis=0))
    return np.asarray(np.maximum(2 * step[1:-1] - step[:-2] - step[2:], 0))


def _add(excess: Wide, at: IntArray, steps: IntArray, counts: IntArray) -> None:
    np.add.at(steps, at % PHASES, excess.sum(axis=1, dtype=np.int64))
    np.add.at(counts, at % PHASES, excess.shape[1])
