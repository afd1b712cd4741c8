"""A perceptual hash: 64 bits that stay nearly the same when an image is resized, recompressed or slightly retouched."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

_LOW = 8


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
    low = cv2.dct(np.asarray(small, dtype=np.float32))[:_LOW, :_LOW]
    if np.abs(low.ravel()[1:]).max() < 1.0:
        # Rounding alone would decide the signs, and every flat image would get a hash of its own.
        return 0
    bits = (low > np.median(low)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
