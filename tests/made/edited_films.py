"""MP4 files whose edit list is made anew: of which pieces of its track the film is made."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path


def edited(path: Path, pieces: Sequence[tuple[int | None, int]]) -> Path:
    """A film of ten frames a second, whose tables stand last, that shows these pieces.

    Args:
        pieces: The first frame and the number of frames of each; None for a time in which nothing is shown.
    """
    data = path.read_bytes()
    film_scale, scale = (_number(data, data.index(kind) + 16) for kind in (b"mvhd", b"mdhd"))
    first = _number(data, data.index(b"elst") + 16)
    held = struct.pack(">II", 0, len(pieces))
    for start, length in pieces:
        begins = -1 if start is None else first + start * scale // 10
        held += struct.pack(">Iii", length * film_scale // 10, begins, 1 << 16)
    tables = next(box for box in _boxes(data, 0, len(data)) if box[0] == b"moov")
    assert tables[2] == len(data)
    inside = _with(data, tables[1] + 8, tables[2], [b"trak", b"edts", b"elst"], held)
    path.write_bytes(data[: tables[1]] + _box(b"moov", inside))
    return path


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "big")


def _box(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(held), kind) + held


def _boxes(data: bytes, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of each."""
    while place + 8 <= end:
        yield data[place + 4 : place + 8], place, (place := place + _number(data, place))


def _with(data: bytes, place: int, end: int, path: Sequence[bytes], held: bytes) -> bytes:
    """Boxes in which the one that a path of kinds leads to holds something else."""
    out = b""
    for kind, begin, until in _boxes(data, place, end):
        if kind != path[0]:
            out += data[begin:until]
        else:
            out += _box(kind, _with(data, begin + 8, until, path[1:], held) if path[1:] else held)
    return out
