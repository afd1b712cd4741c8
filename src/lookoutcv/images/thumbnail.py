"""Small JPEGs for reports."""

from __future__ import annotations

import cv2
import numpy as np
import simplejpeg

from lookoutcv.images.image import Pixels


def thumbnail(pixels: Pixels, side_px: int = 160, quality: int = 80) -> bytes:
    """A small JPEG of an image.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        side_px: Longest side of the thumbnail, >= 1. A smaller image keeps its size.
        quality: JPEG quality 1-100.
    Returns:
        A JPEG file, made by averaging areas, chroma halved (4:2:0).
    Example:
        >>> thumbnail(np.zeros((400, 200, 3), np.uint8), side_px=50)[:3]
        b'\\xff\\xd8\\xff'
    """
    height, width = pixels.shape[:2]
    scale = side_px / max(height, width)
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    encoded = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality, "RGB", "420")
    return bytes(encoded)
