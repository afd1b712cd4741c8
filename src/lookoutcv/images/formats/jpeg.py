"""JPEG: the header walked for what is needed before decoding, then libjpeg-turbo in strict mode.

Strict mode stops at every warning of libjpeg, and reports the first only. Data that ends early or does not decode is
refused: a grey lower half would be measured as if it were the picture. Three warnings do no harm and are read over:
bytes between header segments, an odd JFIF or Adobe version number, and a little padding before the end marker.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import simplejpeg

from lookoutcv.images.image import Pixels
from lookoutcv.images.limits import Limits
from lookoutcv.images.memory_budget import check_memory
from lookoutcv.images.refusals import check_pixels, unreadable, unsupported

_START_OF_SCAN, _END, _APP0, _APP1, _APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xEE
_XMP_MARK = b"http://ns.adobe.com/xap/1.0/\0"
_ALONE = {0x01, 0xD8, *range(0xD0, 0xD8)}
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
_READ_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
_PROGRESSIVE = {0xC2, 0xCA}
_MOST_SCANS = 200
_PADDING = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
_HARMLESS_IN_HEADER = re.compile(
    r"extraneous bytes before marker 0x(?!d[0-9])|unknown JFIF revision|Unknown Adobe color transform"
)


class JpegHeader(NamedTuple):
    """What is known before decoding. `frame` is the marker byte of the coding process, `exif` a TIFF structure,
    `xmp` an XMP packet."""

    width: int
    height: int
    components: int
    precision: int
    frame: int
    exif: bytes | None
    xmp: bytes | None = None


def read_header(data: bytes) -> JpegHeader:
    """Walk the segments up to the first scan.

    Args:
        data: A file that begins with a JPEG's start marker.
    Raises:
        UnreadableImage: It ends before the first scan, or has no frame.
    """
    frame = exif = xmp = None
    for marker, start, end in _segments(data):
        if marker in _FRAMES and frame is None and end - start >= 10:
            frame = marker, data[start + 4], data[start + 5 : start + 7], data[start + 7 : start + 9], data[start + 9]
        elif marker == _APP1 and exif is None and data[start + 4 : start + 9] == b"Exif\0":
            exif = data[start + 10 : end]
        elif marker == _APP1 and data.startswith(_XMP_MARK, start + 4):
            xmp = xmp or data[start + 4 + len(_XMP_MARK) : end]
    if frame is None:
        raise unreadable("truncated" if _END not in data[-2:] else "no image in it")
    process, precision, height, width, components = frame
    size = int.from_bytes(width, "big"), int.from_bytes(height, "big")
    return JpegHeader(*size, components, precision, process, exif, xmp)


def decode_jpeg(data: bytes, header: JpegHeader, limits: Limits) -> Pixels | None:
    """Decode to RGB as stored, not yet upright.

    Args:
        data: The whole file.
        header: Its header.
        limits: Checked against the size that libjpeg itself reads.
    Returns:
        (H, W, 3) uint8, or None for the rare kinds that Pillow must read: unusual chroma subsampling.
    Raises:
        UnreadableImage, UnsupportedImage, ImageTooLarge
    """
    check_pixels(header.width, header.height, limits)
    if header.precision != 8:
        raise unsupported(f"{header.precision}-bit JPEG is not read")
    if header.frame not in _READ_FRAMES:
        raise unsupported("lossless or hierarchical JPEG is not read")
    if header.frame in _PROGRESSIVE and data.count(b"\xff\xda") > _MOST_SCANS:
        raise unreadable(f"more than {_MOST_SCANS} scans", "Leave it out: no camera or editor writes such a file.")
    if header.components not in (1, 3, 4):
        return None
    space = "CMYK" if header.components == 4 else "RGB"
    try:
        height, width = simplejpeg.decode_jpeg_header(data)[:2]
        check_pixels(width, height, limits)
        check_memory(width, height, _kind(header))
        pixels = _typed(simplejpeg.decode_jpeg(data, space, strict=True))
    except ValueError as reason:
        read_over = _read_over(data, str(reason), space)
        if read_over is None:
            return None
        pixels = read_over
    return _from_cmyk(pixels) if space == "CMYK" else pixels


def _kind(header: JpegHeader) -> str:
    if header.components == 4:
        return "cmyk"
    return "progressive" if header.frame in _PROGRESSIVE else "jpeg"


def without_end(data: bytes, header: JpegHeader) -> bytes:
    """The same file with a few zero bytes in place of its end mark.

    A decoder that reads over data that ends early fills in the rest once it meets the mark. Without one it misses data,
    and says so, only where some is missing. A progressive file stays as it is: its decoder reads on to the mark.

    Source: jdhuff.c of libjpeg-turbo, which looks up to eight bytes ahead.
    """
    end = data.rfind(b"\xff\xd9")
    return data[:end] + bytes(8) if end > 0 and header.frame not in _PROGRESSIVE else data


def _from_cmyk(pixels: Pixels) -> Pixels:
    """By Adobe's convention, which stores light, not ink."""
    from PIL import Image  # noqa: PLC0415 - a folder of ordinary JPEGs never needs Pillow

    ink = np.ascontiguousarray(255 - pixels)
    return _typed(Image.frombytes("CMYK", ink.shape[1::-1], ink.tobytes()).convert("RGB"))


def _read_over(data: bytes, warning: str, space: str) -> Pixels | None:
    """Decode again where the warning does no harm to the picture."""
    if "Could not determine subsampling" in warning:
        return None
    padding = _PADDING.search(warning)
    if padding and int(padding[1]) <= len(data) // 100:
        return _typed(simplejpeg.decode_jpeg(data, space, strict=False))
    if _HARMLESS_IN_HEADER.search(warning):
        try:
            return _typed(simplejpeg.decode_jpeg(_tidied(data), space, strict=True))
        except ValueError as reason:
            warning = str(reason)
    if "Premature end" in warning:
        raise unreadable("truncated")
    raise unreadable("corrupt image data", detail=warning.removeprefix("Corrupt JPEG data: "))


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start (at its 0xFF) and end of each header segment; the last is the start of the first scan."""
    position, size = 2, len(data)
    while position + 4 <= size:
        if data[position] != 0xFF:
            position = data.find(b"\xff", position)
            if position < 0:
                return
            continue
        marker = data[position + 1]
        if marker in (0xFF, 0x00):
            position += 1
        elif marker in _ALONE:
            position += 2
        elif marker == _END:
            return
        else:
            end = position + 2 + (data[position + 2] << 8 | data[position + 3])
            if end > size:
                raise unreadable("truncated")
            yield marker, position, end
            if marker == _START_OF_SCAN:
                return
            position = end


def _tidied(data: bytes) -> bytes:
    """The same image with nothing between its header segments and with version numbers that libjpeg knows."""
    parts = [data[:2]]
    for marker, start, end in _segments(data):
        segment = bytearray(data[start:end])
        if marker == _APP0 and segment[4:9] == b"JFIF\0" and len(segment) > 10:
            segment[9:11] = b"\x01\x01"
        if marker == _APP14 and segment[4:9] == b"Adobe" and len(segment) > 15:
            segment[15] = 1
        parts.append(data[start:] if marker == _START_OF_SCAN else bytes(segment))
    return b"".join(parts)


def _typed(pixels: object) -> Pixels:
    return np.asarray(pixels, dtype=np.uint8)
