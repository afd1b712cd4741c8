"""What a small network sees of an image of any size: its most detailed squares, side by side, pixel for pixel.

Resized to 128 px, a photograph of 1024 px looks as sharp blurred by two pixels as it does unblurred. So nothing is
resized but by whole factors above a short side of 1023 px, where blur is told in pixels of the reduced picture, as the
composite score has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from lookoutcv.pixels.reference import REDUCED_SIDE_PX
from lookoutcv.pixels.view import Pixels

# Smaller images have nothing but borders.
LEAST_PX = 16
# Detail is sought in means of so many pixels: what noise, compression and some blur leave alone.
_CELL_PX = 4
# Plain pictures have less detail than this, noise taken off: skies, walls, paper (docs/cards/gate-cnn.md).
_LEAST_DETAIL = 20.0
# Of the square of the noise, in the mean squared gradient between means of so many pixels.
_NOISE_SHARE = 4 / _CELL_PX**2
# What a 3x3 filter makes of noise of deviation 1 (Immerkaer 1996): zero for planes and straight edges.
_NOISE_FILTER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


@dataclass(frozen=True, eq=False)
class Mosaic:
    """The most detailed squares of an image.

    Args:
        levels: (2 S, 2 S) uint8 grey: four squares of S px, the most detailed first.
        detail: How much its most detailed square holds: mean squared gradient between means of 4 px, in grey levels.
    """

    levels: Pixels = field(repr=False)
    detail: float

    @property
    def noise(self) -> float:
        """Standard deviation of the noise in grey levels, as Immerkaer 1996 estimates it, of the quietest square."""
        side = self.levels.shape[0] // 2
        squares = [self.levels[y : y + side, x : x + side] for y in (0, side) for x in (0, side)]
        filtered = [np.abs(cv2.filter2D(one, cv2.CV_32F, _NOISE_FILTER)[1:-1, 1:-1]).mean() for one in squares]
        return float(min(filtered)) * float(np.sqrt(np.pi / 2)) / 6

    @property
    def untellable(self) -> str:
        """Why sharp and blurred look alike here, as part of a sentence; "" where they do not."""
        plain = self.detail - _NOISE_SHARE * self.noise**2 < _LEAST_DETAIL
        return "it has too little detail" if plain else ""


def mosaic(luma: Pixels, square_px: int = 64) -> Mosaic:
    """Look for the four most detailed squares of an image.

    Args:
        luma: (H, W) uint8 grey, at least 1 px each. Where a side is under two squares it goes on in its mirror image.
        square_px: Of one square, a multiple of 8, so that it keeps the blocks of a JPEG.
    Example:
        >>> half = np.zeros((256, 256), np.uint8)
        >>> half[::2, 128:] = 200
        >>> mosaic(half).levels.shape
        (128, 128)
    """
    reduced = _large_enough(_reduced(luma), 2 * square_px)
    rows, columns = (extent // square_px for extent in reduced.shape)
    # In the middle, as far as the blocks of a JPEG allow.
    top, left = ((extent % square_px) // 16 * 8 for extent in reduced.shape)
    inner = reduced[top : top + rows * square_px, left : left + columns * square_px]
    detail = _detail(inner, square_px)
    order = np.argsort(-detail, axis=None, kind="stable")[:4]
    levels = np.empty((2 * square_px, 2 * square_px), np.uint8)
    for place, (row, column) in enumerate(zip(*np.unravel_index(order, detail.shape), strict=True)):
        y, x = (place // 2) * square_px, (place % 2) * square_px
        square = inner[row * square_px : (row + 1) * square_px, column * square_px : (column + 1) * square_px]
        levels[y : y + square_px, x : x + square_px] = square
    return Mosaic(levels, float(detail.flat[order[0]]))


def _reduced(luma: Pixels) -> Pixels:
    factor = min(luma.shape) // REDUCED_SIDE_PX
    if factor < 2:
        return luma
    rows, columns = (extent // factor for extent in luma.shape)
    whole = luma[: rows * factor, : columns * factor]
    return np.asarray(cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _large_enough(luma: Pixels, least: int) -> Pixels:
    missing = [(0, max(0, least - extent)) for extent in luma.shape]
    return np.pad(luma, missing, mode="symmetric") if any(after for _, after in missing) else luma


def _detail(inner: Pixels, square_px: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """(rows, columns) of squares: the mean of squared differences of neighbouring cells within each."""
    rows, columns = (extent // square_px for extent in inner.shape)
    cells = square_px // _CELL_PX
    means = cv2.resize(inner, (columns * cells, rows * cells), interpolation=cv2.INTER_AREA).astype(np.float32)
    split = means.reshape(rows, cells, columns, cells)
    across, down = np.diff(split, axis=3), np.diff(split, axis=1)
    squares = np.einsum("rycx,rycx->rc", across, across) + np.einsum("rycx,rycx->rc", down, down)
    return np.asarray(squares / (cells * (cells - 1)), dtype=np.float32)
