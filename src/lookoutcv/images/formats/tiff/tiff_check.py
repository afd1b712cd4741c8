"""The first page of a TIFF checked, before any decoder sees the file.

libtiff and Pillow leave black what is missing, read what lies behind a strip that is too short, and call a compression
that they do not know corrupt. Here what is there is compared with what the page says first.
"""

from __future__ import annotations

import struct

from lookoutcv.images.formats.tiff.tiff_page import (
    COMPRESSION,
    PHOTOMETRIC,
    PLANES,
    PREDICTOR,
    SAMPLE_FORMAT,
    SUBFILE_TYPE,
    SUBSAMPLING,
    UNCOMPRESSED,
    Page,
)
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.images.refusals import check_pixels, unreadable, unsupported

_READ = {1, 2, 3, 4, 5, 6, 7, 8, 32773, 32809, 32946, 34676, 34677, 34925, 50000}
_PACKBITS = 32773
_NOT_READ = {
    9: "JBIG",
    10: "JBIG",
    32766: "NeXT RLE",
    32767: "Sony ARW",
    32771: "CCITT RLE in words",
    32895: "CT RLE",
    32908: "Pixar film",
    32909: "Pixar log",
    32947: "Kodak DCS",
    33003: "Aperio JPEG 2000",
    33004: "Aperio JPEG 2000",
    33005: "Aperio JPEG 2000",
    33007: "alternative JPEG",
    34661: "JBIG",
    34712: "JPEG 2000",
    34713: "Nikon NEF",
    34715: "JBIG 2",
    34718: "MDI",
    34719: "MDI",
    34720: "MDI",
    34887: "LERC",
    34892: "lossy JPEG of DNG",
    34926: "Zstandard",
    34927: "WebP",
    34933: "PNG",
    34934: "JPEG XR",
    22610: "JPEG XR",
    48124: "PIXTIFF",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL of DNG",
    65000: "Kodak DCR",
    65535: "Pentax PEF",
}
_OLD_JPEG, _YCBCR = 6, 6
_UNSIGNED = {1, 4}  # whole numbers without a sign, and what is not said
_SIGNED = 2
_SAMPLE_KINDS = {_SIGNED: "signed", 3: "float", 5: "complex", 6: "complex"}
_DEPTHS, _DEEPEST = {1, 2, 4, 8, 12, 16}, 16
_OTHER_COLOURS = {4: "mask", 8: "LAB", 9: "LAB", 10: "LAB", 32844: "LogL", 32845: "LogLuv", 51177: "depth"}


def read_tiff(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Page:
    """Read a TIFF's first page and check that all it refers to is there.

    Raises:
        UnreadableImage: Truncated, or without a size.
        UnsupportedImage: A compression that is not read, camera raw, or a preview of another page.
        ImageTooLarge: More pixels than allowed.
    Source: TIFF 6.0 (Adobe, 1992), sections 2 and 15; the numbers of compressions: libtiff's tiff.h.
    """
    try:
        page = Page(data)
    except (struct.error, OverflowError, MemoryError):
        raise unreadable("truncated") from None
    if not page.width or not page.height:
        raise unreadable("corrupt image data", detail="no size")
    check_pixels(page.width, page.height, limits)
    _refuse_kind(page)
    _check_pieces(page)
    return page


def _refuse_kind(page: Page) -> None:
    """Camera raw files are TIFFs whose first picture is a thumbnail: reading it would measure the wrong image."""
    if page.camera_raw:
        raise unsupported("camera raw is not read; develop it to JPEG")
    if page.one(SUBFILE_TYPE) & 1:
        remedy = "Save the whole picture as a TIFF, JPEG or PNG of its own."
        raise unsupported("its first page is a preview of another page", remedy)
    compression = page.one(COMPRESSION, UNCOMPRESSED)
    if compression not in _READ:
        name = _NOT_READ.get(compression)
        raise unsupported(f"TIFF compression {f'{compression} ({name})' if name else compression} is not read")
    if compression == _PACKBITS and page.one(PREDICTOR, 1) != 1:
        # TIFF 6.0 has predictors for LZW: libtiff passes this one over, and tifffile applies it.
        raise unsupported("differences of pixels in PackBits are not read")
    _refuse_samples(page)
    if page.big and page.order == ">" and (page.one(PLANES, 1) == 1 or compression != UNCOMPRESSED):
        raise unsupported("BigTIFF in big-endian byte order is not read", "Write it anew in little-endian byte order.")


def _refuse_samples(page: Page) -> None:
    kinds, depths = set(page.all(SAMPLE_FORMAT)) - _UNSIGNED, set(page.bits)
    kind = _SAMPLE_KINDS.get(max(kinds), "such") if kinds else ""
    if max(depths) > _DEEPEST and kinds <= {_SIGNED}:
        kind = f"{max(depths)}-bit integer"
    if kind:
        raise unsupported(f"{kind} pixels have no fixed white", "Scale it to 8 or 16 bits first.")
    if depths - _DEPTHS:
        raise unsupported(f"TIFF samples of {min(depths - _DEPTHS)} bits are not read")
    photometric = page.one(PHOTOMETRIC)
    if photometric in _OTHER_COLOURS:
        raise unsupported(f"{_OTHER_COLOURS[photometric]} pixels are not read")
    uncompressed = page.one(COMPRESSION, UNCOMPRESSED) == UNCOMPRESSED
    if photometric == _YCBCR and uncompressed and set(page.all(SUBSAMPLING)) - {1}:
        raise unsupported("an uncompressed TIFF with chroma of less resolution is not read")


def _check_pieces(page: Page) -> None:
    if page.one(COMPRESSION) == _OLD_JPEG:  # may lie elsewhere
        return
    pieces, (rows, columns) = page.pieces, page.piece
    if not rows or not columns:
        raise unreadable("corrupt image data", detail="tiles without a size")
    needed = page.piece_bytes
    if len(pieces) < len(needed):
        raise unreadable("truncated" if pieces else "no image in it")
    if any(at + size > len(page.data) for at, size in pieces):
        raise unreadable("truncated")
    if page.one(COMPRESSION, UNCOMPRESSED) != UNCOMPRESSED or page.one(PHOTOMETRIC) == _YCBCR:
        return
    for (at, size), (least, _) in zip(pieces, needed, strict=False):
        # Of a page's only piece the size is often wrong, and follows from the page's.
        if at + least > len(page.data) or (size < least and size and len(pieces) > 1):
            raise unreadable("truncated")
