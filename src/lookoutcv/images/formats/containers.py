"""WebP and GIF: size and EXIF read from the file's own structure, before any decoder sees it.

Decoders read over cut-off ends and wrong checksums, or reserve memory for whatever size is claimed. Here both are
checked first. `png.py` and `tiff/` do the same for theirs.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from lookoutcv.images.refusals import unreadable


class Container(NamedTuple):
    """Size in pixels as stored, and the EXIF block and the XMP packet where there are."""

    width: int
    height: int
    exif: bytes | None = None
    xmp: bytes | None = None


def read_webp(data: bytes) -> Container:
    """Read a WebP's size and EXIF chunk.

    Raises:
        UnreadableImage: Truncated, or not laid out as a WebP.
    Source: RFC 9649, section 2.
    """
    if len(data) < 30 or int.from_bytes(data[4:8], "little") + 8 > len(data):
        raise unreadable("truncated")
    kind = data[12:16]
    if kind == b"VP8X":
        size = 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
        exif = _webp_chunk(data, b"EXIF")
        return Container(*size, exif and exif.removeprefix(b"Exif\0\0"), _webp_chunk(data, b"XMP "))
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return Container(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        return Container(_u16(data, 26) & 0x3FFF, _u16(data, 28) & 0x3FFF)
    raise unreadable("corrupt image data", detail="no WebP frame")


def read_gif(data: bytes) -> Container:
    """The size a GIF needs for its first frame: its screen, or more where the frame reaches beyond it.

    Raises:
        UnreadableImage: It ends before the first frame.
    Source: GIF89a specification (CompuServe, 1990).
    """
    if len(data) < 14:
        raise unreadable("truncated")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while data[position : position + 1] == b"!":
        position += 2
        while position < len(data) and data[position]:
            position += 1 + data[position]
        position += 1
    if position + 10 > len(data):
        raise unreadable("truncated")
    if data[position] != 0x2C:
        raise unreadable("no image in it")
    left, top, frame_width, frame_height = struct.unpack_from("<HHHH", data, position + 1)
    return Container(max(width, left + frame_width), max(height, top + frame_height))


def _webp_chunk(data: bytes, wanted: bytes) -> bytes | None:
    position = 12
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if data[position : position + 4] == wanted:
            return data[position + 8 : position + 8 + length]
        position += 8 + length + (length & 1)
    return None


def _u16(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 2], "little")
