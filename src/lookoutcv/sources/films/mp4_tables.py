"""What the tables of an MP4 or QuickTime file say of its pictures and OpenCV does not: mirrored, hidden by an edit.

Source of the layout: ISO/IEC 14496-12: `moov`, `tkhd` 8.3.2, `elst` 8.6.6, `stts` 8.6.1.2, `ctts` 8.6.1.3.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

# The tables of a day at 30 frames a second take 60 MB; what states more is there to fill memory.
_MOST_TABLE_BYTES = 256 * 2**20
_MOST_SAMPLES = 50_000_000
_MOST_PIECES = 1_000
# A corner of the matrix is a fixed-point number with 16 bits behind the point.
_ONE = 1 << 16

Matrix = tuple[int, int, int, int]
Integers = np.ndarray[Any, np.dtype[np.int64]]
_UPRIGHT: Matrix = (1, 0, 0, 1)


@dataclass(frozen=True)
class Mp4Pictures:
    """What is said of the first video track.

    Args:
        matrix: a, b, c, d: a point (x, y) as stored is shown at (ax + cy, bx + dy); each is -1, 0 or 1.
        samples: How many pictures the table names; 0 where they are elsewhere (fragments).
        hidden: How many of them an edit list hides: those that are in none of its pieces.
        edits: Of how many pieces of the track the film is made.
        shown: How many pictures the film shows; one that is in two pieces counts twice.
    """

    matrix: Matrix = _UPRIGHT
    samples: int = 0
    hidden: int = 0
    edits: int = 0
    shown: int = 0

    @property
    def mirrored(self) -> bool:
        """Whether the picture is shown as in a mirror, turned besides or not."""
        a, b, c, d = self.matrix
        return a * d - b * c < 0


def mp4_pictures(path: str) -> Mp4Pictures:
    """Read the tables of a file; of one that has none, or damaged ones, nothing is said.

    Args:
        path: Any file.
    """
    try:
        with open(path, "rb") as file:
            return _pictures(_moov(file))
    except (OSError, ValueError, IndexError, struct.error, OverflowError):
        return Mp4Pictures()


def _moov(file: IO[bytes]) -> bytes:
    """The tables as a whole: they may stand before the pictures or after them."""
    place, end = 0, file.seek(0, 2)
    while place + 8 <= end:
        file.seek(place)
        head = file.read(16)
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        begins = 16 if size == 1 else 8
        size = int.from_bytes(head[8:16], "big") if size == 1 else size or end - place
        if size < begins:
            break
        if kind == b"moov":
            file.seek(place + begins)
            return file.read(min(size - begins, _MOST_TABLE_BYTES))
        place += size
    return b""


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 0
    while place + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        if size < 8:
            return
        yield kind, data[place + 8 : place + size]
        place += size


def _inside(data: bytes, *path: bytes) -> bytes:
    """What the first box of each kind holds, one in the other; b"" where there is none."""
    for kind in path:
        data = next((held for name, held in _boxes(data) if name == kind), b"")
    return data


def _pictures(moov: bytes) -> Mp4Pictures:
    tracks = (held for kind, held in _boxes(moov) if kind == b"trak")
    track = next((one for one in tracks if _inside(one, b"mdia", b"hdlr")[8:12] == b"vide"), b"")
    if not track:
        return Mp4Pictures()
    movie = _inside(moov, b"mvhd")
    matrix = _times(_matrix(_inside(track, b"tkhd"), 40, 52), _matrix(movie, 36, 48))
    times = _shown_at(_inside(track, b"mdia", b"minf", b"stbl"))
    edits = _edits(_inside(track, b"edts", b"elst"))
    pieces = [(length, start) for length, start in edits if start >= 0]
    if not pieces:
        return Mp4Pictures(matrix, len(times), shown=len(times))
    scale, film_scale = _scale(_inside(track, b"mdia", b"mdhd")), _scale(movie)
    seen, shown = np.zeros(len(times), bool), 0
    for length, start in pieces[:_MOST_PIECES]:
        # A piece without a length lasts as long as there are pictures, as in files that are still written.
        end = start + round(length * scale / film_scale) if length and film_scale else np.iinfo(np.int64).max
        within = (times >= start) & (times < end)
        seen |= within
        shown += int(np.count_nonzero(within))
    return Mp4Pictures(matrix, len(times), int(np.count_nonzero(~seen)), len(pieces), shown)


def _matrix(box: bytes, short: int, long: int) -> Matrix:
    """The turn that a header states; where it is none by right angles, the picture stays as it is stored."""
    at = long if box[:1] == b"\1" else short
    a, b, _, c, d = struct.unpack_from(">5i", box, at)
    values = {0: 0, _ONE: 1, -_ONE: -1}
    if {abs(a), abs(b)} != {0, _ONE} or (abs(a), abs(b)) != (abs(d), abs(c)):
        return _UPRIGHT
    return values[a], values[b], values[c], values[d]


def _times(one: Matrix, other: Matrix) -> Matrix:
    """The track's matrix, then the film's."""
    a, b, c, d = one
    e, f, g, h = other
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def _scale(box: bytes) -> int:
    """How many units make a second, of a film's or a track's header."""
    return int(struct.unpack_from(">I", box, 20 if box[:1] == b"\1" else 12)[0])


def _edits(box: bytes) -> list[tuple[int, int]]:
    """Pieces: their length in the film's units, and where they begin in the track's; -1 where nothing is shown."""
    if not box:
        return []
    layout = struct.Struct(">QqI" if box[:1] == b"\1" else ">IiI")
    count = min(int.from_bytes(box[4:8], "big"), (len(box) - 8) // layout.size)
    return [layout.unpack_from(box, 8 + i * layout.size)[:2] for i in range(count)]


def _shown_at(table: bytes) -> Integers:
    """When each picture is shown, in the track's units and in the order of decoding."""
    steps = _runs(_inside(table, b"stts"), ">u4")
    times = np.concatenate([[0], np.cumsum(steps)[:-1]]).astype(np.int64) if len(steps) else steps
    shifts = _runs(_inside(table, b"ctts"), ">i4")
    return times + shifts if len(shifts) == len(times) else times


def _runs(box: bytes, type: str) -> Integers:
    """A table of how often and what, written out."""
    count = min(int.from_bytes(box[4:8], "big"), (len(box) - 8) // 8) if len(box) >= 8 else 0
    often = np.frombuffer(box, ">u4", 2 * count, 8)[::2] if count else np.zeros(0, np.int64)
    if not count or int(often.sum(dtype=np.int64)) > _MOST_SAMPLES:
        return np.zeros(0, np.int64)
    return np.repeat(np.frombuffer(box, type, 2 * count, 8)[1::2].astype(np.int64), often.astype(np.int64))
