"""What a picture shows of its sharpness, as numbers that know of noise, light, contrast, compression and size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.pixels.reduction import reduced
from lookoutcv.sharpness.block_grid import grid
from lookoutcv.sharpness.edges import strongest
from lookoutcv.sharpness.structure import NOISE, kept, without_noise
from lookoutcv.sharpness.tiles import TILE_PX, Pixels, tiles

Tensors = np.ndarray[Any, np.dtype[np.float64]]

# Keep logarithms finite: shares, grey levels, squared grey levels.
_LEAST_KEPT, _LEAST_KEPT_CLEAN, _LEAST_NOISE, _LEAST_CONTENT, _LEAST_POWER = 0.003, 0.01, 0.05, 0.05, 0.05
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
            beyond the picture is bounded but for 100 bytes a tile.
    Example:
        >>> evidence(np.full((64, 64), 200, np.uint8)).tiles
        16

    Source: docs/cards/composite.md; structure tensors after Bigun & Granlund, ICCV 1987.
    """
    size = math.log2(min(*luma.shape, _LARGEST_PX) / _UNIT_PX)
    plane = np.ascontiguousarray(reduced(luma))
    if min(plane.shape) < TILE_PX:
        return _nothing(size)
    found = tiles(plane)
    where = grid(found)
    edges = strongest(plane, found, where.left, where.top)
    sigma = edges.noise_sigma
    return Evidence(
        kept_few=_clean(edges.few, sigma),
        kept_some=_clean(edges.some, sigma),
        kept_few_noisy=math.log(kept(edges.few[0], edges.few[1]).least + _LEAST_KEPT),
        kept_coarse=math.log(kept(edges.some[1], edges.some[2]).most + _LEAST_KEPT),
        typical_tile=math.log(edges.typical),
        sharpest_tile=math.log(edges.sharpest),
        straight_detail=math.log(max(edges.across, edges.down) + _LEAST_POWER),
        finest_detail=math.log(edges.finest + _LEAST_POWER),
        noise=math.log(sigma + _LEAST_NOISE),
        blockiness=where.strength,
        content=math.log(float(edges.some[2, 0] + edges.some[2, 1]) + _LEAST_CONTENT),
        size=size,
        noise_sigma=sigma,
        tiles=found.count,
    )


def _clean(tensor: Tensors, sigma: float) -> float:
    fine, coarse = (without_noise(tensor[level], level, sigma**2) for level in (0, 1))
    return math.log(kept(fine, coarse).least + _LEAST_KEPT_CLEAN)


def _nothing(size: float) -> Evidence:
    """Of a picture without a whole tile."""
    return Evidence(*(0.0,) * 10, math.log(_LEAST_CONTENT), size, 0.0, 0)
