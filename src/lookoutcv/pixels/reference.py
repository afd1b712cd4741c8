"""The survey in numpy: what the numbers are, and what runs where the kernel is not compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.pixels.hashing import FINE, perceptual_hash

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Wide = np.ndarray[Any, np.dtype[np.int32]]

# A step of 32 of 255 grey levels over one pixel, in the units of the unnormalised 3x3 Sobel kernel (weight 4 a side).
EDGE_THRESHOLD = 4 * 32
SATURATION_ONE = 65536
PHASES = 8
HASH_SIDE = 32
REDUCED_SIDE_PX = 512
TILE_PX = 16
# Compression noise lifts clipped pixels off the very last level by one or two.
CLIPPED_LEVELS = 3
DETAIL_TILE_PX = 8
_BLUR_TAPS = 9
# Of a larger reduced image, every so-many-th row or band of tiles is looked at.
_REDUCED_WHOLE_PX = 65536
_BLUR_STEP, _GRADIENT_STEP, _BAND_STEP = 5, 7, 3
# Binomial weights (1 2 1) and (1 4 6 4 1), and their products with Sobel's difference (-1 0 1).
_SMOOTH, _SMOOTHER = (1, 2, 1), (1, 6, 15, 20, 15, 6, 1)
_SLOPE, _SMOOTHER_SLOPE = (-1, 0, 1), (-1, -4, -5, 0, 5, 4, 1)

# The kernel writes the same record; `_kernel.c` has the positions. Every number is a whole one.
LAYOUT = np.dtype(
    [
        # Over all pixels.
        ("luma", np.int64),
        ("luma_squares", np.int64),
        # Over `coloured` pixels, of R, G and B.
        ("channels", np.int64, 3),
        ("channel_squares", np.int64, 3),
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
        # On the reduced image, over `gradients` pixels: squared gradients in 8ths of a grey level a pixel, and in 16ths
        # those after a binomial blur of 5 taps.
        ("gradient_squares", np.int64),
        ("blurred_gradient_squares", np.int64),
        ("gradients", np.int64),
        # On the reduced image: the 90th percentile over 8x8 tiles of the sum of squared Laplacians; how many tiles.
        ("detailed_tile", np.int64),
        ("detail_tiles", np.int64),
        ("histogram", np.int64, 256),
        # Of the histogram: how many pixels are at the three darkest levels, and at the three brightest.
        ("clipped", np.int64, 2),
        # The perceptual hash; 0 where a side is under 32 px.
        ("phash", np.uint64),
    ]
)


def survey_into(pixels: Pixels, step: int, luma: Pixels, out: Any) -> None:
    """Fill `luma` and the record `out`.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        step: Detail, colour and the histogram take every so-many-th row.
        luma: (H, W) uint8, written.
        out: A 0-dimensional array of type `LAYOUT`, all zero, written.
    """
    red, green, blue = (pixels[..., channel].astype(np.int32) for channel in range(3))
    luma[...] = (77 * red + 150 * green + 29 * blue + 128) >> 8
    grey = luma.astype(np.int32)
    out["luma"] = grey.sum(dtype=np.int64)
    out["luma_squares"] = (grey * grey).sum(dtype=np.int64)
    _detail(grey, step, out)
    _colour(red[::step], green[::step], blue[::step], out)
    _dark(pixels.min(axis=2), out)
    _block_steps(grey, step, out)
    plane = reduced(luma).astype(np.int32)
    sampled = plane.size > _REDUCED_WHOLE_PX
    _blur(plane, _BLUR_STEP if sampled else 1, out)
    _gradients(plane, _GRADIENT_STEP if sampled else 1, out)
    _detail_tiles(plane, _BAND_STEP if sampled else 1, out)
    rows = luma[::step]
    out["histogram"] = np.bincount(rows.ravel(), minlength=256)
    out["histogram_count"] = rows.size
    out["clipped"] = out["histogram"][:CLIPPED_LEVELS].sum(), out["histogram"][-CLIPPED_LEVELS:].sum()
    if min(luma.shape) >= HASH_SIDE:
        out["phash"] = perceptual_hash(block_means(luma))


def reduced(luma: Pixels) -> Pixels:
    """The image reduced by the whole factor that leaves its short side at 512 to 1023 px; a smaller one as it is."""
    factor = min(luma.shape) // REDUCED_SIDE_PX
    if factor <= 1:
        return luma
    rows, columns = luma.shape[0] // factor, luma.shape[1] // factor
    blocks = luma[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    area = factor * factor
    return np.asarray((blocks.sum(axis=(1, 3), dtype=np.int64) + area // 2) // area, dtype=np.uint8)


def block_means(luma: Pixels) -> Any:
    """(32, 32) int64 means of a grid of blocks, as equal as whole pixels allow, in 16ths; both sides at least 32 px."""
    edges = [np.arange(HASH_SIDE + 1) * side // HASH_SIDE for side in luma.shape]
    rows = np.add.reduceat(luma, edges[0][:-1], axis=0, dtype=np.int64)
    sums = np.add.reduceat(rows, edges[1][:-1], axis=1)
    areas = np.multiply.outer(*(np.diff(edge) for edge in edges))
    return (FINE * sums + areas // 2) // areas


def _detail(grey: Wide, step: int, out: Any) -> None:
    if min(grey.shape) < 3:
        return
    north, centre, south = grey[:-2][::step], grey[1:-1][::step], grey[2:][::step]
    smooth, second, slope = north + 2 * centre + south, north - 2 * centre + south, south - north
    inner = slice(1, -1)
    laplacian = second[:, inner] - 2 * centre[:, inner] + centre[:, :-2] + centre[:, 2:]
    residual = 16 * centre[:, inner] - _weighted(smooth, 2)
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
    for channel, plane in enumerate((red, green, blue)):
        out["channels"][channel] = plane.sum(dtype=np.int64)
        out["channel_squares"][channel] = (plane * plane).sum(dtype=np.int64)
    for name, plane in (("red_green", red_green), ("yellow_blue", yellow_blue)):
        out[name] = plane.sum(dtype=np.int64)
        out[f"{name}_squares"] = (plane * plane).sum(dtype=np.int64)
    out["saturation"] = saturation.sum(dtype=np.int64)
    out["coloured"] = red.size


def _dark(darkest: Pixels, out: Any) -> None:
    # Whole tiles only, where the image holds one: the darkest of fewer pixels is less dark.
    covered = [side // TILE_PX * TILE_PX or side for side in darkest.shape]
    tops, lefts = (np.arange(0, side, TILE_PX) for side in covered)
    tiles = np.minimum.reduceat(np.minimum.reduceat(darkest[: covered[0], : covered[1]], tops, axis=0), lefts, axis=1)
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


def _blur(plane: Wide, step: int, out: Any) -> None:
    out["blur"][0] = _survival(plane[::step].T)
    sampled = slice(_BLUR_TAPS // 2, None, step)
    out["blur"][1] = _survival(plane, sampled)


def _survival(plane: Wide, sampled: slice = slice(None)) -> tuple[int, int]:
    """Down the columns: 9 |difference of neighbours|, and what of that a box blur of 9 loses."""
    half = _BLUR_TAPS // 2
    rows = plane.shape[0]
    if rows < _BLUR_TAPS + 1:
        return 0, 0
    # Neighbouring boxes differ by the pixel that enters and the one that leaves.
    entering_minus_leaving = np.abs(plane[_BLUR_TAPS:] - plane[: rows - _BLUR_TAPS])
    before = _BLUR_TAPS * np.abs(plane[half + 1 : rows - half] - plane[half : rows - half - 1])
    if sampled.start is not None:
        before, entering_minus_leaving = before[:: sampled.step], entering_minus_leaving[:: sampled.step]
    lost = np.maximum(before - entering_minus_leaving, 0)
    return int(before.sum(dtype=np.int64)), int(lost.sum(dtype=np.int64))


def _gradients(plane: Wide, step: int, out: Any) -> None:
    if min(plane.shape) < len(_SMOOTHER):
        return
    sampled = slice(None, None, step)
    down_smooth, down_slope = (_filtered(plane[2:-2], weights)[sampled] for weights in (_SMOOTH, _SLOPE))
    across, down = (_filtered(p[:, 2:-2].T, w).T for p, w in ((down_smooth, _SLOPE), (down_slope, _SMOOTH)))
    out["gradient_squares"] = (across * across + down * down).sum(dtype=np.int64)
    # The kernel keeps to 16 bits by these rounded shifts.
    smoother, slope = ((_filtered(plane, weights)[sampled] + 4) >> 3 for weights in (_SMOOTHER, _SMOOTHER_SLOPE))
    across, down = ((_filtered(p.T, w).T + 8) >> 4 for p, w in ((smoother, _SMOOTHER_SLOPE), (slope, _SMOOTHER)))
    out["blurred_gradient_squares"] = (across * across + down * down).sum(dtype=np.int64)
    out["gradients"] = across.size


def _filtered(plane: Wide, weights: tuple[int, ...]) -> Wide:
    """Correlation down the columns, where all of it lies within the plane."""
    rows = plane.shape[0] - len(weights) + 1
    total = np.zeros((rows, plane.shape[1]), dtype=np.int32)
    for shift, weight in enumerate(weights):
        total += weight * plane[shift : shift + rows]
    return total


def _detail_tiles(plane: Wide, step: int, out: Any) -> None:
    if min(plane.shape) < DETAIL_TILE_PX + 2:
        return
    inner = plane[1:-1, 1:-1]
    laplacian = plane[:-2, 1:-1] + plane[2:, 1:-1] + plane[1:-1, :-2] + plane[1:-1, 2:] - 4 * inner
    bands, across = (side // DETAIL_TILE_PX for side in laplacian.shape)
    covered = laplacian[: bands * DETAIL_TILE_PX, : across * DETAIL_TILE_PX]
    tiles = (covered * covered).reshape(bands, DETAIL_TILE_PX, across, DETAIL_TILE_PX).sum(axis=(1, 3), dtype=np.int64)
    looked_at = np.sort(tiles[::step], axis=None)
    out["detailed_tile"] = looked_at[(9 * looked_at.size + 9) // 10 - 1]
    out["detail_tiles"] = looked_at.size
