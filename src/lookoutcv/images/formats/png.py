"""PNG: chunks and checksums checked, and rows counted, since Pillow leaves black those that the data does not have."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

from lookoutcv.images.formats.containers import Container
from lookoutcv.images.formats.inflated import inflated_bytes
from lookoutcv.images.metadata import from_texts
from lookoutcv.images.refusals import unreadable

if TYPE_CHECKING:
    from PIL.Image import Image as PilImage

_SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# Start and step of rows and columns in each pass of an interlaced picture.
_PASSES = ((0, 8, 0, 8), (0, 8, 4, 8), (4, 8, 0, 4), (0, 4, 2, 4), (2, 4, 0, 2), (0, 2, 1, 2), (1, 2, 0, 1))
_LONGEST_TEXT = 2**20


def read_png(data: bytes) -> Container:
    """Walk a PNG's chunks and check those that make the picture.

    Raises:
        UnreadableImage: Truncated, a wrong checksum, or a chunk that must be there is missing.
    Source: ISO/IEC 15948:2004 (PNG), section 5.
    """
    exif: bytes | None = None
    texts: dict[str, bytes] = {}
    pixels_found = False
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise unreadable("truncated" if len(data) < 33 else "corrupt image data")
    for kind, start, end in _chunks(data):
        # An upper-case first letter marks a chunk without which the picture is not the picture.
        if not kind[0] & 0x20 and zlib.crc32(memoryview(data)[start - 4 : end]) != _u32(data, end):
            raise unreadable("corrupt image data", detail=f"checksum of {kind.decode('latin-1')}")
        if kind == b"eXIf":
            exif = data[start:end]
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            texts.update(_text(kind, data[start:end]))
        pixels_found |= kind == b"IDAT"
    if not pixels_found:
        raise unreadable("no image in it")
    profile, xmp = from_texts(texts)
    return Container(_u32(data, 16), _u32(data, 20), profile if exif is None else exif, xmp)


def check_rows(data: bytes, image: PilImage) -> None:
    """Refuse a PNG whose compressed data ends before its last row.

    Pillow starts with black rows. If the last row it wrote has anything in it, all were there: otherwise they are
    counted.

    Args:
        data: The whole file, as `read_png` takes it.
        image: What Pillow decoded of it.
    Raises:
        UnreadableImage: Rows are missing.
    """
    height, depth, colour, interlaced = _u32(data, 20), data[24], data[25], data[28]
    if not interlaced and image.crop((0, height - 1, image.width, height)).getbbox(alpha_only=False):
        return
    expected = _row_bytes(image.width, height, depth * _SAMPLES.get(colour, 1), bool(interlaced))
    parts = (memoryview(data)[start:end] for kind, start, end in _chunks(data) if kind == b"IDAT")
    try:
        # What is behind the last row is left out, as decoders leave it out.
        found = inflated_bytes(parts, expected - 1)
    except zlib.error as error:
        raise unreadable("corrupt image data", detail=str(error)) from None
    if found < expected:
        raise unreadable("truncated")


def _row_bytes(width: int, height: int, bits: int, interlaced: bool) -> int:
    """Bytes of all rows, each with its filter byte in front."""
    if not interlaced:
        return height * (1 + ceil(width * bits / 8))
    total = 0
    for top, down, left, across in _PASSES:
        columns, rows = ceil((width - left) / across), ceil((height - top) / down)
        total += rows * (1 + ceil(columns * bits / 8)) if columns > 0 and rows > 0 else 0
    return total


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the content of each chunk, to the last."""
    position = 8
    while True:
        if position + 12 > len(data):
            raise unreadable("truncated")
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise unreadable("truncated")
        yield kind, position + 8, end - 4
        if kind == b"IEND":
            return
        position = end


def _text(kind: bytes, content: bytes) -> dict[str, bytes]:
    """A text chunk's name and text, nothing where it is broken or too long to be looked at."""
    name, _, rest = content.partition(b"\0")
    if not name.startswith((b"Raw profile type", b"XML:com.adobe.xmp")):
        return {}
    packed = kind == b"zTXt" or (kind == b"iTXt" and rest[:1] == b"\1")
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    try:
        text = zlib.decompressobj().decompress(rest, _LONGEST_TEXT) if packed else rest[:_LONGEST_TEXT]
    except zlib.error:
        return {}
    return {name.decode("latin-1"): text}


def _u32(data: bytes, position: int) -> int:
    return int.from_bytes(data[position : position + 4], "big")
