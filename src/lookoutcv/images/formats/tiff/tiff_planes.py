"""Uncompressed TIFFs whose samples lie in planes: Pillow reads samples of 16 bits there as if they had 8."""

from __future__ import annotations

from math import ceil

import numpy as np

from lookoutcv.images.formats.tiff.tiff_page import (
    COMPRESSION,
    PHOTOMETRIC,
    PLANES,
    SAMPLE_FORMAT,
    UNCOMPRESSED,
    Page,
)
from lookoutcv.images.image import Pixels
from lookoutcv.images.refusals import unsupported

_COLOURS = {0: 1, 1: 1, 2: 3, 5: 4}  # white is zero, black is zero, RGB, CMYK


def in_planes(page: Page) -> bool:
    """Whether `decode_planes` reads this page: uncompressed, with a plane for each sample."""
    planes = page.one(PLANES, 1) == 2 and len(page.bits) > 1
    return planes and page.one(COMPRESSION, UNCOMPRESSED) == UNCOMPRESSED and page.one(PHOTOMETRIC) in _COLOURS


def decode_planes(page: Page) -> Pixels:
    """Decode a page to RGB as stored, not yet upright. Planes behind those of the colours are left out.

    Args:
        page: One that `in_planes` takes and whose pieces are all there.
    Returns:
        (H, W, 3) uint8.
    Raises:
        UnsupportedImage: Samples that are not whole numbers of 8 or 16 bits.
    """
    depth, colours = page.bits[0], _COLOURS[page.one(PHOTOMETRIC)]
    if depth not in (8, 16) or set(page.bits) != {depth} or set(page.all(SAMPLE_FORMAT)) - {1}:
        raise unsupported(f"TIFF planes of {depth} bits or of another kind than whole numbers are not read")
    if len(page.bits) < colours:
        raise unsupported("a TIFF with fewer planes than its colours need is not read")
    planes = np.stack([_plane(page, number, depth) for number in range(colours)], axis=-1)
    if colours == 1:
        return np.repeat(255 - planes if page.one(PHOTOMETRIC) == 0 else planes, 3, axis=2)
    if colours == 4:
        from PIL import Image  # noqa: PLC0415 - only CMYK needs it

        return np.asarray(Image.frombytes("CMYK", planes.shape[1::-1], planes.tobytes()).convert("RGB"), dtype=np.uint8)
    return planes


def _plane(page: Page, number: int, depth: int) -> Pixels:
    """One plane's high eight bits."""
    (rows, columns), height, width = page.piece, page.height, page.width
    across, down = ceil(width / columns), ceil(height / rows)
    sample = np.dtype(f"{page.order}u{depth // 8}")
    plane = np.empty((height, width), np.uint8)
    for place in range(across * down):
        top, left = place // across * rows, place % across * columns
        lines = rows if page.tiled else min(rows, height - top)
        at = page.pieces[number * across * down + place][0]
        values = np.frombuffer(page.data, sample, lines * columns, at).reshape(lines, columns)
        part = values[: height - top, : width - left]
        plane[top : top + rows, left : left + columns] = part >> (depth - 8)
    return plane
