"""A compressed file unpacked once into a temporary one, piece by piece and within bounds.

Whoever must jump about in a file that is compressed as a whole would unpack it from the start each time. Unpacked once
into a temporary file, every process reads any part of it at once, and memory stays constant.
"""

from __future__ import annotations

import bz2
import lzma
import os
import shutil
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any, Protocol

from lookoutcv.errors import UnreadableSource, UnsafeArchive
from lookoutcv.files.streams import read_up_to
from lookoutcv.processes.held_places import held_file

_PIECE_BYTES = 2**18
# What `xz -9` needs; a file may ask for up to 4 GiB.
_XZ_MEMORY_BYTES = 128 * 2**20
# Photographs hardly shrink. gzip can expand 1,032 times, bzip2 and xz far more.
MAX_RATIO = 200.0
_LARGE_BYTES = 4 * 2**20
# Of the room that is left on the disk of temporary files, so that others can work on.
_ROOM_SHARE = 0.9


class _Stage(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gzip:
    """zlib's object with the manners of the other two."""

    def __init__(self) -> None:
        self._stage = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._stage.eof

    @property
    def unused_data(self) -> bytes:
        return self._stage.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._stage.decompress(self._stage.unconsumed_tail + data, max_length)


def _xz() -> _Stage:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_XZ_MEMORY_BYTES)


# The longest of these marks: whether another compressed file follows is told by so many bytes.
_MARK_BYTES = 6
_STAGES: dict[bytes, Callable[[], _Stage]] = {b"\x1f\x8b": _Gzip, b"BZh": bz2.BZ2Decompressor, b"\xfd7zXZ\0": _xz}


def is_compressed(head: bytes) -> bool:
    """Whether a file that begins so is gzip, bzip2 or xz.

    Example:
        >>> is_compressed(bytes([0x1F, 0x8B, 8])), is_compressed(b"PK")
        (True, False)
    """
    return _stage_for(head) is not None


def first_bytes(head: bytes, count: int) -> bytes:
    """The first unpacked bytes of a compressed file, at most `count`; fewer where its head holds no more.

    Args:
        head: How the file begins.
        count: How many are wanted.
    """
    make = _stage_for(head)
    if make is None:
        return b""
    with suppress(zlib.error, OSError, lzma.LZMAError, EOFError):
        return make().decompress(head, count)
    return b""


class Unpacked:
    """A temporary file with what a compressed one holds.

    It is deleted when the last one who holds this object in the process that made it lets go, or at its end. A copy in
    another process (by pickling) knows the path only. What a process that was killed has left is deleted by the next.

    Args:
        packed: Path of a gzip, bzip2 or xz file.
        max_ratio: Refuse what expands more than so many times, and to more than 4 MiB.
    Raises:
        UnreadableSource: It is cut off or damaged, or there is no room for it.
        UnsafeArchive: It expands beyond reason.
    """

    def __init__(self, packed: str, max_ratio: float = MAX_RATIO) -> None:
        handle, self.path, self._end = held_file(self)
        room = shutil.disk_usage(os.path.dirname(self.path)).free * _ROOM_SHARE
        try:
            with open(handle, "wb") as target, open(packed, "rb") as source:
                for piece in _pieces(packed, source, max_ratio):
                    room -= target.write(piece)
                    if room < 0:
                        raise _no_room(packed, self.path)
        except OSError as error:
            self._end()
            raise _no_room(packed, self.path) if error.errno else _damaged(packed) from error
        except (zlib.error, lzma.LZMAError, EOFError) as error:
            self._end()
            raise _damaged(packed) from error
        except BaseException:
            self._end()
            raise

    def __reduce__(self) -> tuple[Any, ...]:
        return _opened_again, (self.path,)


def _opened_again(path: str) -> Unpacked:
    unpacked = Unpacked.__new__(Unpacked)
    unpacked.path = path
    return unpacked


def _stage_for(head: bytes) -> Callable[[], _Stage] | None:
    return next((make for magic, make in _STAGES.items() if head.startswith(magic)), None)


def _pieces(packed: str, source: IO[bytes], max_ratio: float) -> Iterator[bytes]:
    """The unpacked bytes, a piece at a time; several compressed files in a row are one, as `gunzip` has it."""
    data = read_up_to(source, _PIECE_BYTES)
    make = _stage_for(data)
    if make is None:
        raise EOFError
    stage, bytes_in, bytes_out = make(), len(data), 0
    while True:
        piece = stage.decompress(data, _PIECE_BYTES)
        bytes_out += len(piece)
        if bytes_out > _LARGE_BYTES and bytes_out > max_ratio * bytes_in:
            raise UnsafeArchive(
                f"{packed} is refused, it expands more than {max_ratio:g} times",
                "If you trust it, unpack it yourself and give the folder.",
                source=packed,
                member="",
            )
        yield piece
        if stage.eof:
            data, read_on = _following(stage.unused_data, source)
            bytes_in += read_on
            make = _stage_for(data)
            if make is None:  # what tape drives add may follow
                return
            stage = make()
            continue
        if len(piece) == _PIECE_BYTES:
            data = b""  # it has more to give before it needs more
            continue
        data = read_up_to(source, _PIECE_BYTES)
        bytes_in += len(data)
        if not data and not piece:
            raise EOFError


def _following(left: bytes, source: IO[bytes]) -> tuple[bytes, int]:
    """What follows a compressed file, from its first byte that is no zero, and how many bytes were read for that.

    A piece may end anywhere: with the first byte of the next file's mark, or between the zeros that fill up to it.
    """
    data, read_on = left.lstrip(b"\0"), 0
    while len(data) < _MARK_BYTES and (more := read_up_to(source, _PIECE_BYTES)):
        read_on += len(more)
        data = (data + more).lstrip(b"\0")
    return data, read_on


def _damaged(packed: str) -> UnreadableSource:
    return UnreadableSource(
        f"{packed} cannot be read: cut off or damaged",
        "Copy or download it again.",
        source=packed,
        reason="cut off or damaged",
    )


def _no_room(packed: str, path: str) -> UnreadableSource:
    where = os.path.dirname(path)
    return UnreadableSource(
        f"{packed} cannot be unpacked: no room is left in {where}",
        "Free some space, set TMPDIR to a larger disk, or unpack the archive yourself and give the folder.",
        source=packed,
        reason="no room to unpack it",
    )
