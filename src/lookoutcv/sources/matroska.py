"""Whether a Matroska or WebM file is there as a whole: it says itself how long it is in bytes.

Source of the layout: RFC 8794 (EBML), RFC 9559 (Matroska), 5.1.
"""

from __future__ import annotations

from typing import IO

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


def is_whole_matroska(path: str) -> bool:
    """Whether it is such a file and no byte of what it says is missing; not where it does not say.

    Args:
        path: Any file that can be read.
    """
    try:
        with open(path, "rb") as file:
            if file.read(4) != _EBML:
                return False
            file.seek(_length(file) or 0, 1)
            if file.read(4) != _SEGMENT:
                return False
            length = _length(file)
            return length is not None and file.tell() + length <= file.seek(0, 2)
    except (OSError, ValueError, IndexError):
        return False


def _length(file: IO[bytes]) -> int | None:
    """A number whose first byte tells how many follow; None where all bits are set, which means unknown."""
    first = file.read(1)[0]
    more = 8 - first.bit_length()
    value = int.from_bytes(bytes([first & ((1 << (7 - more)) - 1)]) + file.read(more), "big")
    return None if value == (1 << (7 * (more + 1))) - 1 else value
