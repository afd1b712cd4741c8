"""The outermost boxes of an MP4 or QuickTime file, and where one in fragments that was cut off can still be read to.

Source of the layout: ISO/IEC 14496-12, 4.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO


def outer_boxes(file: IO[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and size in bytes of each box, as the file says; one of under eight bytes is the last that is told.

    Args:
        file: Any file.
    """
    place, end = 0, file.seek(0, 2)
    while place + 8 <= end:
        file.seek(place)
        head = file.read(16)
        size = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4], "big")
        yield head[4:8], place, size
        if size < 8:
            return
        place += size


def end_of_whole_fragments(path: str) -> int | None:
    """Where the box begins in which a film in fragments was cut off; None where it was not, or in the first of them.

    Args:
        path: Any file.
    Raises:
        OSError: It cannot be read.
    """
    fragments = False
    with open(path, "rb") as file:
        end = file.seek(0, 2)
        for kind, place, size in outer_boxes(file):
            if fragments and place + size > end:
                return place
            fragments = fragments or kind == b"moof"
    return None
