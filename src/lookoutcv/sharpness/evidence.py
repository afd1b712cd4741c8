"""What a picture shows of its sharpness, as numbers that know of noise, light, contrast, compression and size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.pixels.reference import reduced
from lookoutcv.sharpness.block_detail import detail, grid
from lookoutcv.sharpness.structure import NOISE, kept, tensors, without_noise
from lookoutcv.sharpness.tiles import PIXELS, TILE_PX, Pixels, Tiles, tiles

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

# Shares of the tiles that are looked at: those with the strongest edges at the coarsest level, which blur hardly
# weakens.
_FEW, _SOME, _MANY = 0.03, 0.1, 0.3
# Noise is measured in the calmest tenth of the tiles that are neither black nor white, where clipping takes it away.
_CALM, _DARKEST, _LIGHTEST = 0.1, 6, 249
_IMMERKAER = math.sqrt(math.pi / 2) / 6
# Keep logarithms finite: shares, grey levels, squared grey levels.
_LEAST_KEPT, _LEAST_KEPT_CLEAN, _LEAST_NOISE, _LEAST_CONTENT = 0.003, 0.01, 0.05, 0.05
_LEAST_FINE, _LEAST_COARSE = 0.05, 0.5
_LARGEST_PX, _UNIT_PX = 1024, 512


@dataclass(frozen=True)
class Evidence:
    """What the luma of one picture says. Logarithms are natural.

    Args:
        kept_few, kept_some: Share of gradient energy at full resolution over that at half of it, in the direction that
            lost most, noise taken off: logarithm, on the 3% and 10% of the tiles with the strongest edges.
        kept_few_noisy: The first, noise left in.
        kept_coarse: The same of half over quarter resolution, in the direction that lost least, on the 10%.
        typical_tile, sharpest_tile: Median and 98% quantile over the strongest 30% of the tiles of such a share,
            without directions.
        straight_detail, finest_detail: Power of middle and of the finest frequencies in 8x8 blocks of the 10%:
            logarithm.
        noise: Logarithm of the noise.
        blockiness: Of a JPEG's grid; near 0 without one.
        content: Logarithm of the mean squared gradient at quarter resolution on the 10%: how strong the edges are.
        size: Short side in octaves from 512 px, at most 1.
        noise_sigma: Standard deviation of the noise in grey levels.
        tiles: How many tiles of 16 x 16 px were looked at; 0 where a side is under 16 px, and nothing else is known.
    """

    kept_few: float
    kept_some: float
    kept_few_noisy: float
    kept_coarse: float
    typical_tile: float
    sharpest_tile: float
    straight_detail: float
    finest_detail: float
    noise: float
    blockiness: float
    content: float
    size: float
    noise_sigma: float
    tiles: int

    @property
    def content_over_noise(self) -> float:
        """Logarithm of how many times stronger the edges are than what noise alone would show there."""
        return self.content - math.log(2 * NOISE[2] * self.noise_sigma**2 + 3 * _LEAST_CONTENT)


def evidence(luma: Pixels) -> Evidence:
    """Measure a picture; the answer depends on nothing else.

    Args:
        luma: (H, W) uint8, both at least 1. A short side of 1024 px and more is reduced to 512 to 1023 px first. Memory
            beyond the picture is bounded by 2,048 tiles, and 80 bytes for each tile.
    Example:
        >>> evidence(np.full((64, 64), 200, np.uint8)).tiles
        16

    Source: design of the gate, docs/cards/composite.md; structure tensors after Bigun & Granlund 1987.
    """
    size = math.log2(min(*luma.shape, _LARGEST_PX) / _UNIT_PX)
    plane = reduced(luma)
    if min(plane.shape) < TILE_PX:
        return _nothing(size)
    found = tiles(plane)
    tensor = tensors(found.gradients)
    strength = tensor[:, 0] + tensor[:, 1]
    sigma = _noise(found)
    order = np.argsort(-found.gradients[2, :2].sum(axis=0), kind="stable")
    few, some, many = (order[: max(1, round(share * found.count))] for share in (_FEW, _SOME, _MANY))
    at_few, at_some = tensor[:, :, few].mean(axis=2), tensor[:, :, some].mean(axis=2)
    spread = _spread(strength[:, many], sigma)
    where = grid(found)
    chosen = np.zeros(found.count, dtype=np.bool_)
    chosen[some] = True
    fine = detail(plane, found, where, chosen)
    return Evidence(
        kept_few=_clean(at_few, sigma),
        kept_some=_clean(at_some, sigma),
        kept_few_noisy=math.log(kept(at_few[0], at_few[1]).least + _LEAST_KEPT),
        kept_coarse=math.log(kept(at_some[1], at_some[2]).most + _LEAST_KEPT),
        typical_tile=float(np.quantile(spread, 0.5)),
        sharpest_tile=float(np.quantile(spread, 0.98)),
        straight_detail=fine.straight,
        finest_detail=fine.finest,
        noise=math.log(sigma + _LEAST_NOISE),
        blockiness=where.strength,
        content=math.log(float(strength[2, some].mean()) + _LEAST_CONTENT),
        size=size,
        noise_sigma=sigma,
        tiles=found.count,
    )


def _clean(tensor: FloatArray, sigma: float) -> float:
    fine, coarse = (without_noise(tensor[level], level, sigma**2) for level in (0, 1))
    return math.log(kept(fine, coarse).least + _LEAST_KEPT_CLEAN)


def _spread(strength: FloatArray, sigma: float) -> FloatArray:
    """(n,) of each tile, how much of its gradients is left at full resolution over half of it."""
    fine, coarse = (np.maximum(strength[level] - 2 * NOISE[level] * sigma**2, 0) for level in (0, 1))
    return np.asarray(np.log((fine + _LEAST_FINE) / (coarse + _LEAST_COARSE)))


def _noise(found: Tiles) -> float:
    # Sixteen quarters.
    light = found.light / 64
    between = (light >= _DARKEST) & (light <= _LIGHTEST)
    second = found.second[between] if between.any() else found.second
    return float(np.quantile(second, _CALM)) / PIXELS[0] * _IMMERKAER


def _nothing(size: float) -> Evidence:
    """Of a picture without a whole tile."""
    return Evidence(*(0.0,) * 10, math.log(_LEAST_CONTENT), size, 0.0, 0)
