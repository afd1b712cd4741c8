"""A perceptual hash: 64 bits that stay nearly the same when an image is resized, recompressed or slightly retouched."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_SIDE = 32
_LOW = 8


def perceptual_hash(luma: Pixels) -> int:
    """The signs of the 8x8 lowest cosine frequencies of the image at 32x32, against their median.

    Args:
        luma: (H, W) uint8.
    Returns:
        An unsigned 64-bit number; the first coefficient is the highest bit. 0 for an image without detail. Copies of a
        picture differ in few bits, other pictures in about 32.
    Example:
        >>> perceptual_hash(np.zeros((5, 5), np.uint8))
        0

    Source: Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010 (pHash, DCT based).
    """
    small = cv2.resize(luma, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = cv2.dct(small)[:_LOW, :_LOW]
    if np.abs(low.ravel()[1:]).max() < 1.0:
        # Rounding alone would decide the signs, and every flat image would get a hash of its own.
        return 0
    bits = (low > np.median(low)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
