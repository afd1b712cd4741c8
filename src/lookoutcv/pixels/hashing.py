"""A perceptual hash: 64 bits that stay nearly the same when an image is resized, recompressed or slightly retouched."""

from __future__ import annotations

from typing import Any

import numpy as np

_SIDE = 32
_LOW = 8
# The lowest frequencies of the orthonormal cosine transform (DCT-II).
_COSINES = np.cos(np.pi * np.outer(np.arange(_LOW), 2 * np.arange(_SIDE) + 1) / (2 * _SIDE)) * np.sqrt(2 / _SIDE)
_COSINES[0] /= np.sqrt(2)


def perceptual_hash(small: Any) -> int:
    """The signs of the 8x8 lowest cosine frequencies of a small image, against their median.

    Args:
        small: (32, 32) mean luma of the image's blocks, 0 to 255.
    Returns:
        An unsigned 64-bit number; the first coefficient is the highest bit. 0 for an image without detail. Copies of a
        picture differ in few bits, other pictures in about 32.
    Example:
        >>> perceptual_hash(np.zeros((32, 32)))
        0

    Source: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010 (pHash, DCT based).
    """
    # To a thousandth of a level: beyond that, rounding errors would decide signs.
    low = np.round(_COSINES @ small @ _COSINES.T, 3).ravel()
    if np.abs(low[1:]).max() < 1.0:
        # Rounding alone would decide the signs, and every flat image would get a hash of its own.
        return 0
    ordered = np.sort(low)
    bits = low > (ordered[low.size // 2 - 1] + ordered[low.size // 2]) / 2
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
