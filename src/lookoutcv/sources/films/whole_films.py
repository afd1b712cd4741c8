"""Whether a film is there as a whole, where its container tells better than by a length in seconds.

Source of the layouts: RFC 8794 (EBML), RFC 9559 (Matroska), 5.1; ISO/IEC 14496-12, 4.2; Adobe's FLV 10.1, E.3.
"""

from __future__ import annotations

from typing import IO

from lookoutcv.sources.films.matroska_tables import EBML, SEGMENT, size_of

_MPEG_TS, _MPEG_PS = b"G", b"\x00\x00\x01\xba"


def is_whole(path: str) -> bool:
    """Whether no byte of what a film's container announces is missing; not where it announces none.

    Matroska and WebM, FLV, and MP4 in fragments; MPEG streams announce nothing, and their length is taken from what is
    there.

    Args:
        path: Any file.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(13)
            if head.startswith(EBML):
                return _is_whole_matroska(file)
            if head.startswith(b"FLV\x01"):
                return _is_whole_flv(file)
            if head[4:8] == b"ftyp":
                return _is_whole_in_fragments(file)
            return head.startswith((_MPEG_TS, _MPEG_PS))
    except (OSError, ValueError, IndexError):
        return False


def _is_whole_matroska(file: IO[bytes]) -> bool:
    file.seek(len(EBML))
    file.seek(size_of(file) or 0, 1)
    if file.read(4) != SEGMENT:
        return False
    size = size_of(file)
    return size is not None and file.tell() + size <= file.seek(0, 2)


def _is_whole_flv(file: IO[bytes]) -> bool:
    """Behind each piece stands how long it was: so behind the last one too."""
    end = file.seek(-4, 2)
    length = int.from_bytes(file.read(4), "big")
    if not 11 <= length <= end:
        return False
    file.seek(end - length + 1)
    return int.from_bytes(file.read(3), "big") == length - 11


def _is_whole_in_fragments(file: IO[bytes]) -> bool:
    """The boxes end where the file does. A film in one piece has a table, which tells more."""
    place, end, fragments = 0, file.seek(0, 2), False
    while place + 8 <= end:
        file.seek(place)
        head = file.read(16)
        size = int.from_bytes(head[8:16] if head[:4] == b"\0\0\0\1" else head[:4], "big")
        fragments = fragments or head[4:8] == b"moof"
        if size < 8:
            return False
        place += size
    return fragments and place == end
