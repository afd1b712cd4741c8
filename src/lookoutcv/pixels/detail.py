"""Sums over fine detail in a grey image, shared by the sharpness, noise and compression metrics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
FloatArray = np.ndarray[Any, np.dtype[np.float64]]

# A step of 32 of 255 grey levels over one pixel, in the units of the unnormalised 3x3 Sobel kernel (weight 4 a side).
EDGE_THRESHOLD = 4 * 32

# Worked on at once, so that a strip's intermediate planes stay in the processor's cache.
_STRIP_PX = 1 << 17

_SECOND_DIFFERENCE = np.array([1, -2, 1], dtype=np.float32)
_BINOMIAL = np.array([1, 2, 1], dtype=np.float32)


@dataclass(frozen=True)
class Detail:
    """What the pixels of a grey image say about detail. All are 0 where a side is under 3 px.

    Args:
        laplacian_variance: Variance of the 4-neighbour Laplacian, squared grey levels, 0 to 1020^2.
        residual_power: Mean square of the image minus its 3x3 binomial blur, squared grey levels.
        edge_share: Share of pixels whose 3x3 Sobel gradient, |gx| + |gy|, exceeds `EDGE_THRESHOLD`.
        noise_sigma: Immerkaer's estimate of the noise standard deviation, grey levels, 0 to about 427.
    """

    laplacian_variance: float
    residual_power: float
    edge_share: float
    noise_sigma: float


def measure_detail(luma: Pixels) -> Detail:
    """Second differences and gradients over the interior of a grey image: all pixels but the outermost.

    Args:
        luma: (H, W) uint8.
    Example:
        >>> measure_detail(np.zeros((8, 8), np.uint8)).laplacian_variance
        0.0

    Source: Immerkaer, "Fast noise variance estimation", CVIU 1996; Burt & Adelson, "The Laplacian pyramid as a
        compact image code", IEEE Trans. Communications 1983.
    """
    height, width = luma.shape
    if height < 3 or width < 3:
        return Detail(0.0, 0.0, 0.0, 0.0)
    rows = max(1, _STRIP_PX // width)
    # Each strip takes one row more on either side, so that every interior row is counted once.
    strips = [_sums(luma[top - 1 : top + rows + 1]) for top in range(1, height - 1, rows)]
    laplacian, laplacian_squared, residual_squared, edges, second = np.sum(strips, axis=0) / (
        (height - 2) * (width - 2)
    )
    return Detail(
        laplacian_variance=max(0.0, float(laplacian_squared - laplacian**2)),
        residual_power=float(residual_squared) / 16**2,
        edge_share=float(edges),
        noise_sigma=float(math.sqrt(math.pi / 2) / 6 * second),
    )


def _sums(strip: Pixels) -> FloatArray:
    """Over a strip's interior: Laplacian, its square, 16^2 times the squared residual, edges, |second difference|.

    All are whole numbers, so sums over strips are exact.
    """
    laplacian = _interior(cv2.Laplacian(strip, cv2.CV_16S))
    # The kernel (1 2 1)' (1 2 1) sums to 16; the result fits 16 bits: at most 16 * 255.
    blurred = cv2.sepFilter2D(strip, cv2.CV_16S, _BINOMIAL, _BINOMIAL)
    residual = _interior(strip.astype(np.int16) * np.int16(16) - blurred)
    gradient = np.abs(cv2.Sobel(strip, cv2.CV_16S, 1, 0)) + np.abs(cv2.Sobel(strip, cv2.CV_16S, 0, 1))
    # The separable kernel (1 -2 1)' (1 -2 1) is Immerkaer's; its result fits 16 bits: at most 8 * 255.
    second = _interior(cv2.sepFilter2D(strip, cv2.CV_16S, _SECOND_DIFFERENCE, _SECOND_DIFFERENCE))
    # OpenCV squares the root of a sum of squares, which leaves the whole number by a rounding error.
    return np.rint(
        [
            cv2.sumElems(laplacian)[0],
            cv2.norm(laplacian, cv2.NORM_L2SQR),
            cv2.norm(residual, cv2.NORM_L2SQR),
            float(np.count_nonzero(_interior(gradient) > EDGE_THRESHOLD)),
            cv2.norm(second, cv2.NORM_L1),
        ]
    )


def _interior(plane: Any) -> Any:
    return plane[1:-1, 1:-1]
