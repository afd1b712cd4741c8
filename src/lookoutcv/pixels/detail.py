"""Sums over fine detail in a grey image, shared by the sharpness, noise and compression metrics."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Signed = np.ndarray[Any, np.dtype[np.int16]]

# A step of 32 of 255 grey levels over one pixel, in the units of the unnormalised 3x3 Sobel kernel (weight 4 a side).
EDGE_THRESHOLD = 4 * 32

_SECOND_DIFFERENCE = np.array([1, -2, 1], dtype=np.float32)
_BINOMIAL = np.array([1, 2, 1], dtype=np.float32)


@dataclass(frozen=True)
class Detail:
    """What the pixels of a grey image say about detail. All are 0 where a side is under 3 px.

    Args:
        laplacian_variance: Variance of the 4-neighbour Laplacian, squared grey levels, 0 to about 1.04e6.
        residual_power: Mean square of the image minus its 3x3 binomial blur, squared grey levels.
        edge_share: Share of pixels whose 3x3 Sobel gradient, |gx| + |gy|, exceeds `EDGE_THRESHOLD`.
        noise_sigma: Immerkaer's estimate of the noise standard deviation, grey levels.
    """

    laplacian_variance: float
    residual_power: float
    edge_share: float
    noise_sigma: float


def measure_detail(luma: Pixels) -> Detail:
    """Second differences and gradients over the interior of a grey image.

    Args:
        luma: (H, W) uint8.
    Example:
        >>> measure_detail(np.zeros((8, 8), np.uint8)).laplacian_variance
        0.0
    Source: Immerkaer, "Fast noise variance estimation", CVIU 1996; Burt & Adelson, "The Laplacian pyramid", 1983.
    """
    height, width = luma.shape
    if height < 3 or width < 3:
        return Detail(0.0, 0.0, 0.0, 0.0)
    laplacian = _interior(cv2.Laplacian(luma, cv2.CV_16S))
    _, deviation = cv2.meanStdDev(laplacian)
    # The separable kernel (1 -2 1)' (1 -2 1) is Immerkaer's; its result fits 16 bits: at most 16 * 255.
    second = _interior(cv2.sepFilter2D(luma, cv2.CV_16S, _SECOND_DIFFERENCE, _SECOND_DIFFERENCE))
    sigma = math.sqrt(math.pi / 2) / 6 * cv2.norm(second, cv2.NORM_L1) / second.size
    # 16 times the residual, exactly: the kernel (1 2 1)' (1 2 1) sums to 16.
    blurred = _interior(cv2.sepFilter2D(luma, cv2.CV_16S, _BINOMIAL, _BINOMIAL))
    residual = cv2.subtract(_interior(luma).astype(np.int16) * np.int16(16), blurred)
    gx = _interior(cv2.Sobel(luma, cv2.CV_16S, 1, 0))
    gy = _interior(cv2.Sobel(luma, cv2.CV_16S, 0, 1))
    edges = int(np.count_nonzero(np.abs(gx) + np.abs(gy) > EDGE_THRESHOLD))
    return Detail(
        laplacian_variance=float(deviation.item()) ** 2,
        residual_power=(cv2.norm(residual, cv2.NORM_L2) / 16) ** 2 / residual.size,
        edge_share=edges / gx.size,
        noise_sigma=float(sigma),
    )


def _interior(plane: Any) -> Any:
    return np.ascontiguousarray(plane[1:-1, 1:-1])
