"""PNG, WebP, GIF and TIFF: size and EXIF read from the file's own structure, before any decoder sees it.

Decoders read over cut-off ends and wrong checksums, or reserve memory for whatever size is claimed. Here both are
checked first.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from lookoutcv.images.refusals import unreadable

# Width, height, and where strips and tiles lie. Tags above the last of TIFF 6.0 are other people's.
_TIFF_LAYOUT = {256, 257, 273, 279, 324, 325}
_LAST_TIFF_TAG = 532
_TIFF_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}


class Container(NamedTuple):
    """Size in pixels as stored, and the EXIF block where there is one."""

    width: int
    height: int
    exif: bytes | None = None


def read_png(data: bytes) -> Container:
    """Walk a PNG's chunks and check those that make the picture.

    Raises:
        UnreadableImage: Truncated, a wrong checksum, or a chunk that must be there is missing.
    Source: ISO/IEC 15948:2004 (PNG), section 5.
    """
    exif: bytes | None = None
    position, pixels_found = 8, False
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise unreadable("truncated" if len(data) < 33 else "corrupt image data")
    while True:
        if position + 12 > len(data):
            raise unreadable("truncated")
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise unreadable("truncated")
        # An upper-case first letter marks a chunk without which the picture is not the picture.
        if not kind[0] & 0x20 and zlib.crc32(memoryview(data)[position + 4 : end - 4]) != _u32(data, end - 4):
            raise unreadable("corrupt image data", detail=f"checksum of {kind.decode('latin-1')}")
        if kind == b"eXIf":
            exif = data[position + 8 : end - 4]
        pixels_found |= kind == b"IDAT"
        if kind == b"IEND":
            break
        position = end
    if not pixels_found:
        raise unreadable("no image in it")
    return Container(_u32(data, 16), _u32(data, 20), exif)


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
        return Container(*size, _webp_chunk(data, b"EXIF"))
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


def read_tiff(data: bytes) -> Container:
    """Read the size of a TIFF's first page and check that all it refers to is there.

    libtiff would say on the terminal what is missing, and fill in some of it.

    Returns:
        The size, and the file itself as its EXIF block: a TIFF's directory is one. 1 x 1 and no EXIF for a BigTIFF,
        which is left to the decoder.
    Raises:
        UnreadableImage: Truncated, or without a size.
    Source: TIFF 6.0 (Adobe, 1992), section 2.
    """
    order = "<" if data[:1] == b"I" else ">"
    if data[2:4] not in (b"*\0", b"\0*"):
        return Container(1, 1)
    try:
        values = _tiff_layout(data, order)
    except struct.error:
        raise unreadable("truncated") from None
    pieces = [*zip(values.get(273, ()), values.get(279, ()), strict=False)]
    pieces += zip(values.get(324, ()), values.get(325, ()), strict=False)
    if any(offset + size > len(data) for offset, size in pieces):
        raise unreadable("truncated")
    if not values.get(256) or not values.get(257):
        raise unreadable("corrupt image data", detail="no size")
    return Container(values[256][0], values[257][0], data)


def _tiff_layout(data: bytes, order: str) -> dict[int, tuple[int, ...]]:
    """The values of the tags that say where pixels are; `struct.error` where a tag of the format itself is cut off."""
    values: dict[int, tuple[int, ...]] = {}
    (start,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, start)
    end = start + 2 + 12 * count
    struct.unpack_from(f"{order}I", data, end)
    for position in range(start + 2, end, 12):
        tag, kind, length, at = struct.unpack_from(f"{order}HHII", data, position)
        size = length * _TIFF_BYTES.get(kind, 0)
        at = position + 8 if size <= 4 else at
        if tag <= _LAST_TIFF_TAG and at + size > len(data):
            raise struct.error(f"tag {tag} lies beyond the end")
        if tag in _TIFF_LAYOUT and kind in (3, 4):
            values[tag] = struct.unpack_from(f"{order}{length}{'H' if kind == 3 else 'I'}", data, at)
    return values


def _webp_chunk(data: bytes, wanted: bytes) -> bytes | None:
    position = 12
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        if data[position : position + 4] == wanted:
            return data[position + 8 : position + 8 + length].removeprefix(b"Exif\0\0")
        position += 8 + length + (length & 1)
    return None


def _u16(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 2], "little")


def _u32(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "big")
