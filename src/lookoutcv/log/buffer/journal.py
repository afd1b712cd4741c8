"""Calls that have waited too long for their rows, on the local disk as they were made, until the rows are in segments.

A journal is a file of frames as a segment is, in the same folder, with chunks of calls in place of rows:

    stored  int64         so many of the writer's calls, the first ones, were rows in segments when this was written
    calls   string        JSON, see `log.one_call.call_codec`; null where only `stored` is told
    arrays  large_binary  the arrays that the calls refer to, one after the other

The schema's metadata says whose calls they are. Whoever finds a journal of a dead writer makes rows of those that are
in no segment. Before segments are ended for a commit, `stored` is written: what is committed is never made again.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa

from lookoutcv.log.buffer.segments import put_frame, read_segment

SUFFIX = ".calls"
_NAME = re.compile(r"([0-9]{10})\.calls")
_SCHEMA = pa.schema([("stored", pa.int64()), ("calls", pa.string()), ("arrays", pa.large_binary())])
# Once its calls are rows a whole file is removed.
_LARGEST_BYTES = 16 << 20


def journals_in(folder: Path) -> list[Path]:
    """The journals in a writer's folder, in order."""
    return sorted(path for path in folder.glob(f"*{SUFFIX}") if _NAME.fullmatch(path.name))


class Journal:
    """The journal of one writer.

    Args:
        folder: The writer's; must exist.
        about: Whose calls they are: texts by name.
        stored: How many of the writer's calls are rows in segments by now.
    """

    def __init__(self, folder: Path, about: Mapping[str, str], stored: Callable[[], int]) -> None:
        self._folder, self._stored = folder, stored
        self._schema = _SCHEMA.with_metadata(dict(about))
        self._file: IO[bytes] | None = None
        self._files: list[tuple[Path, int]] = []
        self._number = self._size = 0
        self._lock = threading.Lock()

    def append(self, calls: str, arrays: pa.Buffer, last: int) -> None:
        """Write a chunk of calls; when this returns they survive the end of the process.

        Args:
            calls: As JSON.
            arrays: What they refer to.
            last: The how-manieth call of the writer the last of them is.
        Raises:
            OSError: They could not be written, and nothing of them is there.
        """
        with self._lock:
            if self._file is None or self._size >= _LARGEST_BYTES:
                self._next()
            self._put(calls, arrays)
            self._files[-1] = (self._files[-1][0], last)

    def note_stored(self) -> None:
        """Write down how many calls are rows by now. Where that fails the journal goes: its rows are on their way."""
        with self._lock:
            try:
                if self._file is not None:
                    self._put(None, None)
            except OSError:
                self._remove(len(self._files))

    def trim(self) -> None:
        """Remove files whose calls are all rows in segments."""
        with self._lock:
            stored = self._stored()
            self._remove(sum(last <= stored for _, last in self._files))

    def abandon(self) -> None:
        """After a fork: the open file belongs to the parent."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._file = None

    def _remove(self, count: int) -> None:
        """The first files; the last of all is the open one."""
        if self._file is not None and count == len(self._files):
            self._file.close()
            self._file = None
        for path, _ in self._files[:count]:
            with suppress(OSError):
                path.unlink()
        del self._files[:count]

    def _next(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._number += 1
        path = self._folder / f"{self._number:010d}{SUFFIX}"
        file = open(path, "xb", buffering=0)  # noqa: SIM115 - kept open
        try:
            self._size = sum(put_frame(file, self._schema.serialize()) for _ in range(2))
        except OSError:
            file.close()
            with suppress(OSError):
                path.unlink()
            raise
        self._file = file
        self._files.append((path, 0))

    def _put(self, calls: str | None, arrays: pa.Buffer | None) -> None:
        assert self._file is not None
        blob = pa.nulls(1, pa.large_binary())
        if arrays is not None:
            ends = pa.array([0, arrays.size], pa.int64()).buffers()[1]
            blob = pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, ends, arrays])
        columns = [pa.array([self._stored()], pa.int64()), pa.array([calls], pa.string()), blob]
        message = pa.RecordBatch.from_arrays(columns, schema=self._schema).serialize()
        self._size += put_frame(self._file, message, packed=False)  # in a hurry


@dataclass(frozen=True)
class Chunk:
    """Calls of a journal that was left behind.

    Args:
        about: Whose they are.
        calls: As JSON.
        arrays: What they refer to.
    """

    about: Mapping[str, str]
    calls: str
    arrays: memoryview


def check_journals(folder: Path) -> tuple[int, int]:
    """What the journals of a dead writer say of themselves.

    Returns:
        How many of the writer's calls were in segments for certain; how many stretches are damaged.
    Raises:
        OSError: A file cannot be read.
    """
    stored = damaged = 0
    for path in journals_in(folder):
        journal = read_segment(path)
        damaged += journal.damaged
        for batch in journal.batches:
            if batch.schema.names != _SCHEMA.names:
                damaged += 1
                continue
            stored = max(stored, *(batch.column("stored").to_pylist() or [0]), 0)
    return stored, damaged


def read_journals(folder: Path) -> Iterator[Chunk]:
    """The chunks that the journals of a dead writer hold, a file in memory at a time.

    Raises:
        OSError: A file cannot be read.
    """
    for path in journals_in(folder):
        for batch in read_segment(path).batches:
            if batch.schema.names == _SCHEMA.names:
                yield from _chunks(batch)


def _chunks(batch: pa.RecordBatch) -> Iterator[Chunk]:
    about = {key.decode(): value.decode() for key, value in (batch.schema.metadata or {}).items()}
    for calls, arrays in zip(batch.column("calls"), batch.column("arrays"), strict=True):
        if calls.is_valid:
            blob = memoryview(arrays.as_buffer()) if arrays.is_valid else memoryview(b"")
            yield Chunk(about, calls.as_py(), blob)
