"""Whole numbers of every tile of a picture: gradients at three levels of a pyramid, noise, light; and steps of a grid.

They are sums of whole numbers: the same on every machine, whatever is computed first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]
Wide = np.ndarray[Any, np.dtype[np.int32]]

TILE_PX = 16
LEVELS = 3
PHASES = 8
# What a tile needs of the pixels around it: two blurs of five taps with a halving each, and a gradient.
_MARGIN = 12
# Tiles that are summed together: bounds the memory that a large picture takes.
_BAND_TILES = 2048


@dataclass(frozen=True, eq=False)
class Tiles:
    """What was summed over the n whole tiles of 16 x 16 px of a plane, row by row of tiles.

    Args:
        across: How many tiles stand beside each other.
        gradients: (3, 3, n) int64: at each level of the pyramid the sums of gx gx, gy gy and gx gy. Gradients are in
            32nds of a grey level a pixel of that level at level 0, in 128ths above.
        second: (n,) int64 sums of the absolute second difference in x and y, Immerkaer's (1 -2 1, -2 4 -2, 1 -2 1).
        light: (n,) int64 sums of the pixels.
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
        [768, 768, 768, 768, 768, 768, 768, 768]

    Source: Pyramid of Burt & Adelson 1983 with binomial weights; gradients of Scharr 2000; Immerkaer, CVIU 1996.
    """
    down, across = (side // TILE_PX for side in plane.shape)
    gradients = np.empty((LEVELS, 3, down, across), dtype=np.int64)
    second, light = np.empty((2, down, across), dtype=np.int64)
    steps, counts = np.zeros((2, 2, PHASES), dtype=np.int64)
    columns = _mirrored(-_MARGIN, across * TILE_PX + _MARGIN, plane.shape[1])
    band = max(1, _BAND_TILES // across)
    for top in range(0, down, band):
        bottom = min(top + band, down)
        rows = _mirrored(top * TILE_PX - _MARGIN, bottom * TILE_PX + _MARGIN, plane.shape[0])
        part = plane[rows][:, columns].astype(np.int32)
        inner = part[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
        light[top:bottom] = _by_tile(inner, TILE_PX)
        second[top:bottom] = _by_tile(np.abs(_second_difference(_within(part, _MARGIN - 1))), TILE_PX)
        halved = _halved(part, 6)
        quartered = _halved(halved[1:, 1:], 8)
        ends = len(rows) // 4 - 4, len(columns) // 4 - 4
        levels = (_within(part, _MARGIN - 1), _within(halved, 4), quartered[: ends[0], : ends[1]])
        for index, level in enumerate(levels):
            gradients[index, :, top:bottom] = _products(level, TILE_PX >> index)
        _add_steps(inner, top * TILE_PX, steps, counts)
    return Tiles(across, gradients.reshape(LEVELS, 3, -1), second.ravel(), light.ravel(), steps, counts)


def _mirrored(start: int, stop: int, side: int) -> IntArray:
    """Positions from start to stop, those outside mirrored at the outermost pixels."""
    at = np.abs(np.arange(start, stop))
    return np.asarray(side - 1 - np.abs(side - 1 - at))


def _within(plane: Wide, margin: int) -> Wide:
    return plane[margin:-margin, margin:-margin]


def _halved(plane: Wide, shift: int) -> Wide:
    """Every other pixel of a binomial blur of five taps, divided by 2^shift and rounded.

    A shift of 6 keeps two bits more than the pixels have, whose rounding would be noise at the next level.
    """
    down = plane[:-4:2] + 4 * plane[1:-3:2] + 6 * plane[2:-2:2] + 4 * plane[3:-1:2] + plane[4::2]
    both = down[:, :-4:2] + 4 * down[:, 1:-3:2] + 6 * down[:, 2:-2:2] + 4 * down[:, 3:-1:2] + down[:, 4::2]
    return np.asarray((both + (1 << (shift - 1))) >> shift)


def _products(level: Wide, tile: int) -> IntArray:
    """(3, rows, columns of tiles): sums of gx gx, gy gy and gx gy by Scharr's kernels."""
    smooth = 3 * (level[:-2] + level[2:]) + 10 * level[1:-1]
    slope = level[2:] - level[:-2]
    across = smooth[:, 2:] - smooth[:, :-2]
    down = 3 * (slope[:, :-2] + slope[:, 2:]) + 10 * slope[:, 1:-1]
    return np.stack([_by_tile(product, tile) for product in (across * across, down * down, across * down)])


def _second_difference(plane: Wide) -> Wide:
    down = plane[:-2] - 2 * plane[1:-1] + plane[2:]
    return np.asarray(down[:, :-2] - 2 * down[:, 1:-1] + down[:, 2:])


def _by_tile(plane: Wide, tile: int) -> IntArray:
    rows, columns = plane.shape
    return np.asarray(plane.reshape(rows // tile, tile, columns // tile, tile).sum(axis=(1, 3), dtype=np.int64))


def _add_steps(inner: Wide, top: int, steps: IntArray, counts: IntArray) -> None:
    """Within a band of rows, so that a grid's borders between two bands are not looked at."""
    for axis, (plane, start) in enumerate(((inner.T, 0), (inner, top))):
        step = np.abs(np.diff(plane, axis=0))
        excess = np.maximum(2 * step[1:-1] - step[:-2] - step[2:], 0).sum(axis=1, dtype=np.int64)
        phases = np.arange(start + 2, start + 2 + excess.size) % PHASES
        steps[axis] += np.bincount(phases, excess, PHASES).astype(np.int64)
        counts[axis] += np.bincount(phases, minlength=PHASES) * plane.shape[1]
