"""What the tables of a Matroska or WebM file say of its pictures and OpenCV does not: that they are mirrored.

Sources of the layout: RFC 8794 (EBML), section 4; RFC 9559 (Matroska), 5.1.4.1.28.41 (`Projection`): a flat picture
that is turned by 180 degrees about the upright is seen from behind.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

from lookoutcv.sources.films.mp4_tables import Matrix

EBML, SEGMENT, CLUSTER = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75"
_TRACKS, _TRACK = b"\x16\x54\xae\x6b", b"\xae"
_VIDEO, _PROJECTION, _KIND, _YAW, _PITCH, _ROLL = b"\xe0", b"vp", b"vq", b"vs", b"vt", b"vu"
_MOST_TABLE_BYTES = 2**20
_TURNS: dict[float, tuple[int, int]] = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}


def matroska_mirror(path: str) -> Matrix | None:
    """How the pictures of the first video track are mirrored; None where they are not, or nothing is said.

    Args:
        path: Any file.
    Returns:
        a, b, c, d as of `Mp4Pictures`.
    """
    try:
        with open(path, "rb") as file:
            return _mirror(_tracks(file))
    except (OSError, ValueError, IndexError, OverflowError, struct.error):
        return None


def size_of(file: IO[bytes]) -> int | None:
    """An element's size: its first byte tells how many follow. None where all bits are set, which means unknown."""
    first = file.read(1)[0]
    more = 8 - first.bit_length()
    value = int.from_bytes(bytes([first & ((1 << (7 - more)) - 1)]) + file.read(more), "big")
    return None if value == (1 << (7 * (more + 1))) - 1 else value


def kind_of(file: IO[bytes]) -> bytes:
    """The kind of the element that begins here."""
    first = file.read(1)
    return first + file.read(8 - first[0].bit_length())


def _tracks(file: IO[bytes]) -> bytes:
    if file.read(4) != EBML:
        return b""
    file.seek(size_of(file) or 0, 1)
    if file.read(4) != SEGMENT:
        return b""
    size_of(file)
    while (kind := kind_of(file)) != CLUSTER:
        size = size_of(file)
        if size is None:
            return b""
        if kind == _TRACKS:
            return file.read(min(size, _MOST_TABLE_BYTES))
        file.seek(size, 1)
    return b""


def _elements(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place < len(data):
        begins = place + 9 - data[place].bit_length()
        bytes_of_length = 9 - data[begins].bit_length()
        value = int.from_bytes(data[begins : begins + bytes_of_length], "big")
        start = begins + bytes_of_length
        end = start + (value & (1 << 7 * bytes_of_length) - 1)
        yield data[place:begins], data[start:end]
        place = end


def _mirror(tracks: bytes) -> Matrix | None:
    found = (dict(_elements(held)) for kind, held in _elements(tracks) if kind == _TRACK)
    pose = dict(
        _elements(
            dict(_elements(next((track[_VIDEO] for track in found if _VIDEO in track), b""))).get(_PROJECTION, b"")
        )
    )
    yaw, pitch, roll = (_degrees(pose.get(kind, b"")) for kind in (_YAW, _PITCH, _ROLL))
    if any(pose.get(_KIND, b"")) or yaw != 180 or pitch or roll not in _TURNS:
        return None
    cosine, sine = _TURNS[roll]
    return -cosine, sine, sine, cosine


def _degrees(number: bytes) -> float:
    return float(struct.unpack(">d" if len(number) == 8 else ">f", number)[0]) % 360 if number else 0.0
