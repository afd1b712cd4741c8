"""WebP: size and metadata from its chunks, and whether its picture needs all of its data, which libwebp does not ask.

VP8 and VP8L have no checksum, and zeros in place of data decode to something. But they decode to fewer or more pixels a
byte than what was there: either the data ends early, which libwebp says, or some of it is left over. That is found by
decoding once more without the last bytes: of a whole picture that fails, to within 3 of them (libwebp, 231 files of
seven settings; 7 in files of 26 bytes).
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from lookoutcv.images.formats.containers import Container
from lookoutcv.images.refusals import unreadable

_FRAME_HEADER_BYTES = 16
_LEFT_OVER_BYTES = 8
# Compressed data is like noise: only flat pictures have such runs, and files that something has been lost of.
_RUNS = bytes(12), b"\xff" * 12


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
        exif = _content(data, b"EXIF")
        return Container(*size, exif and exif.removeprefix(b"Exif\0\0"), _content(data, b"XMP "))
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return Container(1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if kind == b"VP8 ":
        return Container(int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF)
    raise unreadable("corrupt image data", detail="no WebP frame")


def check_used(data: bytes) -> None:
    """Refuse a WebP whose picture is there without the end of its data, where it looks overwritten.

    Args:
        data: The whole file, as `read_webp` takes it, which was decoded.
    Raises:
        UnreadableImage: Damaged.
    """
    kind, coded = next(_pictures(data), (b"", b""))
    if len(coded) <= 8 * _LEFT_OVER_BYTES or not any(run in coded for run in _RUNS):
        return
    from PIL.WebPImagePlugin import WebPImageFile  # noqa: PLC0415 - a folder of JPEGs never needs Pillow

    try:
        WebPImageFile(BytesIO(_alone(kind, coded[:-_LEFT_OVER_BYTES]))).load()
    except (OSError, EOFError, SyntaxError):
        return
    raise unreadable("corrupt image data", detail="data is left over behind the picture")


def _pictures(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each picture, those in frames of an animation included."""
    for kind, start, end in _chunks(data, 12):
        if kind == b"ANMF":
            inner = _chunks(data[:end], start + _FRAME_HEADER_BYTES)
            yield from ((kind, data[start:end]) for kind, start, end in inner if kind in (b"VP8 ", b"VP8L"))
        elif kind in (b"VP8 ", b"VP8L"):
            yield kind, data[start:end]


def _alone(kind: bytes, coded: bytes) -> bytes:
    """A file of one picture and nothing else."""
    body = b"WEBP" + kind + len(coded).to_bytes(4, "little") + coded + bytes(len(coded) & 1)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _content(data: bytes, wanted: bytes) -> bytes | None:
    return next((data[start:end] for kind, start, end in _chunks(data, 12) if kind == wanted), None)


def _chunks(data: bytes, position: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the content of each chunk."""
    while position + 8 <= len(data):
        length = int.from_bytes(data[position + 4 : position + 8], "little")
        yield data[position : position + 4], position + 8, min(position + 8 + length, len(data))
        position += 8 + length + (length & 1)
