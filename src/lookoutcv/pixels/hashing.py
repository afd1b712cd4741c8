"""A perceptual hash: 64 bits that stay nearly the same when an image is resized, recompressed or slightly retouched."""

from __future__ import annotations

from typing import Any

import numpy as np

_SIDE = 32
_LOW = 8
# Means are taken in 16ths of a grey level and cosines in 16384ths: in whole numbers no rounding error decides a sign,
# and every machine finds the same bits.
FINE = 16
_ONE = 16384
# The lowest frequencies of the cosine transform (DCT-II), orthonormal but for a factor of 4.
_COSINES = np.cos(np.pi * np.outer(np.arange(_LOW), 2 * np.arange(_SIDE) + 1) / (2 * _SIDE))
_COSINES[0] = np.sqrt(0.5)
_TABLE = np.round(_ONE * _COSINES).astype(np.int64)
# Of one grey level.
_COEFFICIENT = 16 * FINE * _ONE * _ONE


def perceptual_hash(small: Any) -> int:
    """The signs of the 8x8 lowest cosine frequencies of a small image, against their median.

    Args:
        small: (32, 32) int64 mean luma of the image's blocks, in 16ths of a grey level.
    Returns:
        An unsigned 64-bit number; the first coefficient is the highest bit. 0 for an image without detail. Copies of a
        picture differ in few bits, other pictures in about 32.
    Example:
        >>> perceptual_hash(np.zeros((32, 32), np.int64))
        0

    Source: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010 (pHash, DCT based).
    """
    low = (_TABLE @ small @ _TABLE.T).ravel()
    if np.abs(low[1:]).max() < _COEFFICIENT:
        # Rounding alone would decide the signs, and every flat image would get a hash of its own.
        return 0
    ordered = np.sort(low)
    bits = 2 * low > ordered[low.size // 2 - 1] + ordered[low.size // 2]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
