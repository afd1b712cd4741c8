"""Segments: rows on the local disk before they are in the table, as Arrow IPC messages in checksummed frames.

    frame   = "LKSG", length, length of the message, CRC-32 of it and what follows (uint32, little-endian),
              the message compressed by LZ4, or as it is where its length says so
    segment = two frames with the schema, for without it nothing could be read, then one for each record batch

A cut-off segment gives back every whole frame; a damaged frame costs its own rows and no others.
"""

from __future__ import annotations

import os
import re
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa

Durability = Literal["batch", "record"]

SUFFIX = ".segment"
SEGMENT = re.compile(r"([0-9]{10,18})" + re.escape(SUFFIX))
_MAGIC = b"LKSG"
_HEAD = struct.Struct("<4sIII")
_CODEC = pa.Codec("lz4")
# A message beyond this is no message of ours; damaged lengths must not ask for memory.
_LARGEST_MESSAGE = 1 << 30
# A segment is read into memory when it is committed. On the disk most are a tenth of what they are there, and masks may
# be a fifth or a hundredth: so both are bounded.
LARGEST_BYTES = 4 << 20
LARGEST_UNPACKED_BYTES = 8 << 20
# Of `durability="batch"`: a crash of the machine, other than one of the process, can lose what was not yet forced to
# the disk; more often than this forcing would be most of the work.
_SYNC_SECONDS = 1.0


@dataclass(frozen=True)
class Segment:
    """What could be read of a segment.

    Args:
        batches: In order.
        damaged: How many stretches were no whole frames.
        cut_off: Its last frame was not written to its end, as when its writer was killed; none of it was acknowledged.
    """

    batches: tuple[pa.RecordBatch, ...]
    damaged: int
    cut_off: bool

    @property
    def rows(self) -> int:
        """How many rows."""
        return sum(batch.num_rows for batch in self.batches)


def segment_path(folder: Path, number: int) -> Path:
    """The file of a segment."""
    return folder / f"{number:010d}{SUFFIX}"


def segments_in(folder: Path) -> list[tuple[int, Path]]:
    """The segments in a folder with their numbers, in order."""
    names = ((SEGMENT.fullmatch(path.name), path) for path in folder.glob(f"*{SUFFIX}"))
    return sorted((int(match[1]), path) for match, path in names if match)


class SegmentWriter:
    """Writes record batches to segments in a folder; the worker appends, the committer asks for the next segment.

    Args:
        folder: Must exist.
        durability: "record" forces every batch to the disk.
        first: The number of the first segment.
        before_end: Called where segments are about to be ended for a commit; nothing is appended meanwhile.
    """

    def __init__(
        self,
        folder: Path,
        durability: Durability = "batch",
        first: int = 1,
        before_end: Callable[[], None] | None = None,
    ) -> None:
        self._folder, self._durability, self._before_end = folder, durability, before_end
        self._number = first - 1
        self._file: IO[bytes] | None = None
        self._schema: pa.Schema | None = None
        self._size = self._unpacked = 0
        self._synced = 0.0
        self._lock = threading.Lock()
        self.waiting_rows = 0

    def append(self, batch: pa.RecordBatch, written: Callable[[], None] | None = None) -> None:
        """Write a batch; when this returns it survives the end of the process.

        Args:
            batch: Of rows.
            written: Called once it is written, before a commit can take it.
        Raises:
            OSError: It could not be written, and nothing of it is there.
        """
        with self._lock:
            message = batch.serialize()
            full = self._size >= LARGEST_BYTES or self._unpacked + message.size > LARGEST_UNPACKED_BYTES
            if self._file is None or batch.schema != self._schema or (full and self._unpacked):
                self._next(batch.schema)
            assert self._file is not None
            self._size += put_frame(self._file, message)
            self._unpacked += message.size
            self.waiting_rows += batch.num_rows
            if written is not None:
                written()
            if self._durability == "record" or time.monotonic() - self._synced >= _SYNC_SECONDS:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()

    def rotate(self) -> list[tuple[int, Path]]:
        """End the open segment.

        Returns:
            The segments that can be committed now, with their numbers.
        """
        with self._lock:
            if self._before_end is not None:
                self._before_end()
            self._close()
            self.waiting_rows = 0
            return segments_in(self._folder)

    def abandon(self) -> None:
        """After a fork: the open file belongs to the parent."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()  # unbuffered: nothing is written
        self._file = None

    def _next(self, schema: pa.Schema) -> None:
        self._close()
        self._number += 1
        path = segment_path(self._folder, self._number)
        file = open(path, "xb", buffering=0)  # noqa: SIM115 - kept open
        try:
            self._size = sum(put_frame(file, schema.serialize()) for _ in range(2))
        except OSError:
            file.close()
            with suppress(OSError):
                path.unlink()
            self._number -= 1
            raise
        self._file, self._schema, self._unpacked = file, schema, 0
        _sync_folder(self._folder)

    def _close(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                os.fsync(self._file.fileno())
            self._file.close()
        self._file = None


def put_frame(file: IO[bytes], message: pa.Buffer, *, packed: bool = True) -> int:
    """Write a message in a frame of its own.

    Args:
        file: Unbuffered.
        message: It.
        packed: Compress it: most columns of most rows are empty, and a tenth is left of them.
    Returns:
        Its bytes.
    Raises:
        OSError: It could not be written, and nothing of it is there.
    """
    body = memoryview(_CODEC.compress(message, asbytes=True) if packed else message)
    if len(body) >= message.size:
        body = memoryview(message)
    # In one piece: after each call, Python's lock is to be had anew.
    frame = memoryview(b"".join((_HEAD.pack(_MAGIC, len(body), message.size, _checksum(message.size, body)), body)))
    written = 0
    try:
        while written < len(frame):
            written += file.write(frame[written:]) or 0
    except OSError:
        with suppress(OSError):  # no half frame before the next whole one
            start = file.tell() - written
            os.ftruncate(file.fileno(), start)
            file.seek(start)
        raise
    return len(frame)


def read_segment(path: Path) -> Segment:
    """What a segment holds, damaged or cut off as it may be.

    Raises:
        OSError: The file cannot be read.
    """
    # Memory of Arrow's own: where a commit still runs as the process ends, its threads let go of what they hold without
    # asking an interpreter that is gone.
    with pa.OSFile(os.fspath(path)) as file:
        data = file.read_buffer()
    schema: pa.Schema | None = None
    batches, damaged, cut_off = [], 0, False
    for message in _frames(data):
        if isinstance(message, bool):
            damaged += not message
            cut_off |= message
            continue
        try:
            if pa.ipc.read_message(message).type == "schema":
                schema = schema or pa.ipc.read_schema(message)
            else:
                batch = pa.ipc.read_record_batch(message, schema)
                batch.validate(full=True)
                batches.append(batch)
        except (pa.ArrowException, OSError, ValueError, TypeError):
            damaged += 1
    return Segment(tuple(batches), damaged, cut_off)


def unpacked_bytes(path: Path) -> int:
    """What the messages of a segment are in memory, as their frames say; from a damaged one on, the bytes of the file.

    Raises:
        OSError: The file cannot be read.
    """
    total = 0
    size = path.stat().st_size
    with open(path, "rb", buffering=0) as file:
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            magic, length, raw, _ = _HEAD.unpack(head)
            if magic != _MAGIC or raw > _LARGEST_MESSAGE:
                return total + size - file.tell()
            total += raw
            file.seek(length, os.SEEK_CUR)
    return total


def _frames(data: pa.Buffer) -> Iterator[pa.Buffer | bool]:
    """The whole messages; for a stretch that is none, whether it is an end cut off."""
    view = memoryview(data)
    place = 0
    while 0 <= place < len(view):
        length = _frame_at(view, place)
        if length is not None:
            body, raw = data.slice(place + _HEAD.size, length), _HEAD.unpack_from(view, place)[2]
            yield body if raw == length else _CODEC.decompress(body, raw)
            place += _HEAD.size + length
            continue
        whole = bytes(view)
        start, place = place, whole.find(_MAGIC, place + 1)
        while place >= 0 and _frame_at(view, place) is None:
            place = whole.find(_MAGIC, place + 1)
        yield place < 0 and _reaches_beyond(view, start)


def _reaches_beyond(view: memoryview, place: int) -> bool:
    """Whether a frame begins here that would end after the file does."""
    if place + _HEAD.size > len(view):
        return bytes(view[place : place + 4]) == _MAGIC[: len(view) - place]
    magic, length, _, _ = _HEAD.unpack_from(view, place)
    return bool(magic == _MAGIC and place + _HEAD.size + length > len(view))


def _frame_at(view: memoryview, place: int) -> int | None:
    """The length of the message of a whole frame that begins here."""
    if place + _HEAD.size > len(view):
        return None
    magic, length, raw, checksum = _HEAD.unpack_from(view, place)
    start = place + _HEAD.size
    if magic != _MAGIC or start + length > len(view) or raw > _LARGEST_MESSAGE:
        return None
    if _checksum(raw, view[start : start + length]) != checksum:
        return None
    return int(length)


def _checksum(raw: int, packed: bytes | memoryview) -> int:
    return zlib.crc32(packed, zlib.crc32(raw.to_bytes(4, "little")))


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
