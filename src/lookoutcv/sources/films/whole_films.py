"""Whether a film is there as a whole, where its container tells better than by a length in seconds.

Source of the layouts: RFC 8794 (EBML), RFC 9559 (Matroska), 5.1; ISO/IEC 14496-12, 4.2; Adobe's FLV 10.1, E.3; ISO/IEC
13818-1, 2.4.3 (transport packets) and 2.5.3 (packs); Microsoft's RIFF.
"""

from __future__ import annotations

import re
import struct
from typing import IO

from lookoutcv.sources.films.matroska_tables import CLUSTER, EBML, SEGMENT, kind_of, size_of
from lookoutcv.sources.films.mp4_boxes import outer_boxes
from lookoutcv.sources.films.video_file import HEAD_BYTES, transport_packet

# Start codes of the container: those of pictures are lower. A packet's length has 16 bits.
_PACK = re.compile(rb"\x00\x00\x01[\xb9-\xff]")
_LAST_BYTES = 2**17
_FLV_BYTES = re.compile(rb"\x00\x08filesize\x00(.{8})", re.DOTALL)
_FIRST_BYTES = 2**12


def is_whole(path: str) -> bool | None:
    """Whether no byte of the pictures that a film's container announces is missing; None where that cannot be told.

    An MP4 in one piece has a table, which tells more, and the writer of an AVI may have given up.

    Args:
        path: Any file.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
            if head.startswith(EBML):
                return _is_whole_matroska(file)
            if head.startswith(b"FLV\x01"):
                return _is_whole_flv(file)
            if head[4:8] == b"ftyp":
                return _is_whole_in_fragments(file)
            if head.startswith(b"RIFF"):
                return _is_whole_avi(file)
            if packet := transport_packet(head):
                return file.seek(0, 2) % packet == 0
            return _is_whole_in_packs(file) if head.startswith(b"\x00\x00\x01\xba") else None
    except (OSError, ValueError, IndexError):
        return None


def _is_whole_matroska(file: IO[bytes]) -> bool | None:
    file.seek(len(EBML))
    file.seek(size_of(file) or 0, 1)
    if file.read(4) != SEGMENT:
        return None
    size = size_of(file)
    if size is None:
        return None
    place, end = file.tell(), file.seek(0, 2)
    last = place + size
    while place < min(last, end):
        file.seek(place)
        kind = kind_of(file)
        size = size_of(file)
        if size is None:
            return None
        place = file.tell() + size
        if kind == CLUSTER and place > end:
            return False
    return True


def _is_whole_avi(file: IO[bytes]) -> bool | None:
    place, end = 12, file.seek(0, 2)
    while place + 12 <= end:
        file.seek(place)
        head = file.read(12)
        place += 8 + int.from_bytes(head[4:8], "little")
        if head[8:12] == b"movi" and place > end:
            return False
        place += place % 2
    return None


def _is_whole_flv(file: IO[bytes]) -> bool:
    """Behind each piece stands how long it was: so behind the last one too. Most files tell their size besides."""
    file.seek(0)
    told = _FLV_BYTES.search(file.read(_FIRST_BYTES))
    end = file.seek(-4, 2)
    if told and struct.unpack(">d", told[1])[0] > end + 4:
        return False
    length = int.from_bytes(file.read(4), "big")
    if not 11 <= length <= end:
        return False
    file.seek(end - length + 1)
    return int.from_bytes(file.read(3), "big") == length - 11


def _is_whole_in_fragments(file: IO[bytes]) -> bool | None:
    """A box of pictures or of their times that is cut, behind the first of them."""
    end, last, fragments = file.seek(0, 2), 0, False
    for kind, place, size in outer_boxes(file):
        fragments = fragments or kind == b"moof"
        if size < 8:
            return None
        last = place + size
        if fragments and last > end and kind in (b"moof", b"mdat"):
            return False
    return last >= end if fragments else None


def _is_whole_in_packs(file: IO[bytes]) -> bool | None:
    """The last packet ends where the file does, but for padding of zeros."""
    end = file.seek(0, 2)
    file.seek(max(end - _LAST_BYTES, 0))
    last = file.read()
    starts = [match.start() for match in _PACK.finditer(last)]
    if not starts:
        return None
    rest = last[starts[-1] :]
    if rest[3] <= 0xBA:  # the end, or the head of a pack with nothing in it
        return True
    return (
        len(rest) >= 6
        and not rest[6 + int.from_bytes(rest[4:6], "big") :].strip(b"\0")
        and (len(rest) >= 6 + int.from_bytes(rest[4:6], "big"))
    )
