"""The survey in numpy: what the numbers are, and what runs where the kernel is not compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Wide = np.ndarray[Any, np.dtype[np.int32]]

# A step of 32 of 255 grey levels over one pixel, in the units of the unnormalised 3x3 Sobel kernel (weight 4 a side).
EDGE_THRESHOLD = 4 * 32
SATURATION_ONE = 65536
PHASES = 8
HASH_SIDE = 32
BLUR_SIDE_PX = 512
TILE_PX = 16
_BLUR_TAPS = 9
_BLUR_WHOLE_PX = 65536
_BLUR_STEP = 5

# The kernel writes the same record; `_kernel.c` has the positions. Every number is a whole one.
LAYOUT = np.dtype(
    [
        # Over all pixels, of R, G, B and luma.
        ("sums", np.int64, 4),
        ("squares", np.int64, 4),
        # Over `interior` pixels: 4-neighbour Laplacian, its square, the square of 16 times the pixel minus its 3x3
        # binomial blur, |second difference in x and y|, and how many lie on an edge (Sobel |gx| + |gy|).
        ("laplacian", np.int64),
        ("laplacian_squares", np.int64),
        ("residual_squares", np.int64),
        ("second_differences", np.int64),
        ("edges", np.int64),
        ("interior", np.int64),
        # Over `coloured` pixels: R - G, its square, R + G - 2 B, its square, and (max - min) / max in 1/65536.
        ("red_green", np.int64),
        ("red_green_squares", np.int64),
        ("yellow_blue", np.int64),
        ("yellow_blue_squares", np.int64),
        ("saturation", np.int64),
        ("coloured", np.int64),
        # Over whole 16x16 tiles: the darkest value of any channel.
        ("dark", np.int64),
        ("tiles", np.int64),
        # |Difference| between neighbours across and down, by position in a grid of 8 px, and how many differences.
        ("across", np.int64, PHASES),
        ("across_count", np.int64, PHASES),
        ("down", np.int64, PHASES),
        ("down_count", np.int64, PHASES),
        # On the reduced image, across and down: 9 |difference of neighbours|, and what a box blur of 9 px takes of it.
        ("blur", np.int64, (2, 2)),
        ("histogram_count", np.int64),
        ("unused", np.int64, 5),
        ("histogram", np.int64, 256),
        # Sums of luma over a grid of 32x32 blocks; zeros where a side is under 32 px.
        ("blocks", np.int64, (HASH_SIDE, HASH_SIDE)),
    ]
)


def survey_into(pixels: Pixels, detail_step: int, colour_step: int, luma: Pixels, out: Any) -> None:
    """Fill `luma` and the record `out`.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        detail_step, colour_step: Take every so-many-th row.
        luma: (H, W) uint8, written.
        out: A 0-dimensional array of type `LAYOUT`, all zero, written.
    """
    red, green, blue = (pixels[..., channel].astype(np.int32) for channel in range(3))
    luma[...] = (77 * red + 150 * green + 29 * blue + 128) >> 8
    grey = luma.astype(np.int32)
    for channel, plane in enumerate((red, green, blue, grey)):
        out["sums"][channel] = plane.sum(dtype=np.int64)
        out["squares"][channel] = (plane * plane).sum(dtype=np.int64)
    _detail(grey, detail_step, out)
    _colour(red[::colour_step], green[::colour_step], blue[::colour_step], out)
    _dark(pixels.min(axis=2), out)
    _block_steps(grey, detail_step, out)
    _blur(reduced(luma).astype(np.int32), out)
    rows = luma[::detail_step]
    out["histogram"] = np.bincount(rows.ravel(), minlength=256)
    out["histogram_count"] = rows.size
    if min(luma.shape) >= HASH_SIDE:
        out["blocks"] = block_sums(luma)


def reduced(luma: Pixels) -> Pixels:
    """The image reduced by the whole factor that leaves its short side at 512 to 1023 px; a smaller one as it is."""
    factor = min(luma.shape) // BLUR_SIDE_PX
    if factor <= 1:
        return luma
    rows, columns = luma.shape[0] // factor, luma.shape[1] // factor
    blocks = luma[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    area = factor * factor
    return np.asarray((blocks.sum(axis=(1, 3), dtype=np.int64) + area // 2) // area, dtype=np.uint8)


def block_sums(luma: Pixels) -> Any:
    """(32, 32) int64 sums over a grid of blocks, as equal as whole pixels allow; both sides at least 32 px."""
    tops, lefts = (np.arange(HASH_SIDE) * side // HASH_SIDE for side in luma.shape)
    return np.add.reduceat(np.add.reduceat(luma, tops, axis=0, dtype=np.int64), lefts, axis=1)


def _detail(grey: Wide, step: int, out: Any) -> None:
    if min(grey.shape) < 3:
        return
    north, here, south = grey[:-2][::step], grey[1:-1][::step], grey[2:][::step]
    smooth, second, slope = north + 2 * here + south, north - 2 * here + south, south - north
    middle = slice(1, -1)
    laplacian = second[:, middle] - 2 * here[:, middle] + here[:, :-2] + here[:, 2:]
    residual = 16 * here[:, middle] - _weighted(smooth, 2)
    gradient = np.abs(smooth[:, 2:] - smooth[:, :-2]) + np.abs(_weighted(slope, 2))
    out["laplacian"] = laplacian.sum(dtype=np.int64)
    out["laplacian_squares"] = (laplacian * laplacian).sum(dtype=np.int64)
    out["residual_squares"] = (residual * residual).sum(dtype=np.int64)
    out["second_differences"] = np.abs(_weighted(second, -2)).sum(dtype=np.int64)
    out["edges"] = np.count_nonzero(gradient > EDGE_THRESHOLD)
    out["interior"] = laplacian.size


def _weighted(plane: Wide, weight: int) -> Wide:
    """Left + weight * middle + right."""
    return plane[:, :-2] + weight * plane[:, 1:-1] + plane[:, 2:]


def _colour(red: Wide, green: Wide, blue: Wide, out: Any) -> None:
    red_green, yellow_blue = red - green, red + green - 2 * blue
    most = np.maximum(np.maximum(red, green), blue)
    spread = (most - np.minimum(np.minimum(red, green), blue)).astype(np.float32)
    # Exactly rounded division, then a whole number: the same on every machine.
    saturation = (spread / np.maximum(most, 1).astype(np.float32) * np.float32(SATURATION_ONE)).astype(np.int32)
    for name, plane in (("red_green", red_green), ("yellow_blue", yellow_blue)):
        out[name] = plane.sum(dtype=np.int64)
        out[f"{name}_squares"] = (plane * plane).sum(dtype=np.int64)
    out["saturation"] = saturation.sum(dtype=np.int64)
    out["coloured"] = red.size


def _dark(darkest: Pixels, out: Any) -> None:
    # Whole tiles only, where the image holds one: the darkest of fewer pixels is less dark.
    whole = [side // TILE_PX * TILE_PX or side for side in darkest.shape]
    tops, lefts = (np.arange(0, side, TILE_PX) for side in whole)
    tiles = np.minimum.reduceat(np.minimum.reduceat(darkest[: whole[0], : whole[1]], tops, axis=0), lefts, axis=1)
    out["dark"] = tiles.sum(dtype=np.int64)
    out["tiles"] = tiles.size


def _block_steps(grey: Wide, step: int, out: Any) -> None:
    across = np.abs(np.diff(grey[::step], axis=1))
    down = np.abs(np.diff(grey, axis=0))
    for phase in range(PHASES):
        out["across"][phase] = across[:, phase::PHASES].sum(dtype=np.int64)
        out["across_count"][phase] = across[:, phase::PHASES].size
        out["down"][phase] = down[phase::PHASES].sum(dtype=np.int64)
        out["down_count"][phase] = down[phase::PHASES].size


def _blur(plane: Wide, out: Any) -> None:
    step = _BLUR_STEP if plane.size > _BLUR_WHOLE_PX else 1
    out["blur"][0] = _survival(plane[::step].T)
    kept = slice(_BLUR_TAPS // 2, None, step)
    out["blur"][1] = _survival(plane, kept)


def _survival(plane: Wide, kept: slice = slice(None)) -> tuple[int, int]:
    """Down the columns: 9 |difference of neighbours|, and what of that a box blur of 9 loses."""
    half = _BLUR_TAPS // 2
    rows = plane.shape[0]
    if rows < _BLUR_TAPS + 1:
        return 0, 0
    # Neighbouring boxes differ by the pixel that enters and the one that leaves.
    entering_minus_leaving = np.abs(plane[_BLUR_TAPS:] - plane[: rows - _BLUR_TAPS])
    before = _BLUR_TAPS * np.abs(plane[half + 1 : rows - half] - plane[half : rows - half - 1])
    if kept.start is not None:
        before, entering_minus_leaving = before[:: kept.step], entering_minus_leaving[:: kept.step]
    lost = np.maximum(before - entering_minus_leaving, 0)
    return int(before.sum(dtype=np.int64)), int(lost.sum(dtype=np.int64))
