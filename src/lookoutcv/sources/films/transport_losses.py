"""Where packets of an MPEG transport stream are missing: a decoder fills in the pictures there, and does not say so.

Source of the layout: ISO/IEC 13818-1, 2.4.3.2 to 2.4.3.5: packets of a stream are counted from 0 to 15, over and over.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.sources.films.video_file import HEAD_BYTES, transport_packet

_SYNC, _HEADER_BYTES = 0x47, 4
# Of the field behind the header, its length and its first flags are looked at.
_HEAD_BYTES = 6
_PACKETS_AT_ONCE = 2**16

Packets = np.ndarray[Any, np.dtype[np.uint8]]


def places_of_loss(path: str) -> int:
    """At how many places packets of a film's pictures are missing, or marked as damaged by who received them.

    Args:
        path: Any file.
    Returns:
        0 for one that is no transport stream.
    """
    places, stream, last = 0, -1, -1
    try:
        with open(path, "rb") as file:
            size = transport_packet(file.read(HEAD_BYTES))
            if not size:
                return 0
            file.seek(0)
            while data := file.read(size * _PACKETS_AT_ONCE):
                packets = np.frombuffer(data, np.uint8, len(data) // size * size).reshape(-1, size)[:, size - 188 :]
                if stream < 0:
                    stream = _video(packets[packets[:, 0] == _SYNC])
                if stream >= 0:
                    heads = np.ascontiguousarray(packets[:, :_HEAD_BYTES])
                    found, last = _jumps(heads[(heads[:, 0] == _SYNC) & (_streams(heads) == stream)], last)
                    places += found
    except OSError:
        return 0
    return places


def _streams(packets: Packets) -> np.ndarray[Any, np.dtype[np.int64]]:
    return (packets[:, 1] & 0x1F).astype(np.int64) << 8 | packets[:, 2]


def _video(packets: Packets) -> int:
    """The number of the first stream whose packets begin pictures; -1 where none does."""
    starts = packets[(packets[:, 1] & 0x40 > 0) & (packets[:, 3] & 0x10 > 0)]
    begins = _HEADER_BYTES + np.where(starts[:, 3] & 0x20, 1 + starts[:, 4].astype(np.int64), 0)
    starts, begins = starts[begins < 180], begins[begins < 180]
    code = np.stack([starts[np.arange(len(starts)), begins + i] for i in range(4)], axis=-1)
    pictures = np.flatnonzero((code[:, :3] == (0, 0, 1)).all(axis=1) & (code[:, 3] & 0xF0 == 0xE0))
    return int(_streams(starts)[pictures[0]]) if len(pictures) else -1


def _jumps(packets: Packets, last: int) -> tuple[int, int]:
    """How often the count of one stream's packets jumps or one is marked as damaged; and the last number."""
    packets = packets[packets[:, 3] & 0x10 > 0]  # those without a payload are not counted
    if not len(packets):
        return 0, last
    numbers = (packets[:, 3] & 0x0F).astype(np.int64)
    steps = np.diff(numbers, prepend=numbers[0] - 1 if last < 0 else last) % 16
    announced = (packets[:, 3] & 0x20 > 0) & (packets[:, 4] > 0) & (packets[:, 5] & 0x80 > 0)
    # A packet may be sent twice.
    lost = ((steps > 1) & ~announced) | (packets[:, 1] & 0x80 > 0)
    return int(np.count_nonzero(lost)), int(numbers[-1])
