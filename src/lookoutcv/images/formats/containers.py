"""What a file's own structure says of its size and metadata, read before any decoder sees it; GIF's is here.

Decoders read over cut-off ends and wrong checksums, or reserve memory for whatever size is claimed. Here both are
checked first. `png.py`, `webp.py` and `tiff/` do the same for theirs.
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
