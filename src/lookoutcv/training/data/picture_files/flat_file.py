"""Arrays one behind the other in a file without a name, which the disk has back however its holder ends."""

from __future__ import annotations

import os
import tempfile
import threading
from typing import IO, Any

import numpy as np

from lookoutcv.training.data.division import Pixels

_READS_AT = hasattr(os, "preadv")


class FlatFile:
    """A temporary file of arrays. It may be read by several threads, and written by one.

    The system takes its name away at once (on Windows: deletes it when it is closed), so that a process that is killed
    leaves nothing behind.

    Args:
        folder: On whose disk it lies.
    Raises:
        OSError: It cannot be made there.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="lookoutcv-", dir=folder, buffering=0)  # noqa: SIM115
        self._end = 0
        self._lock = threading.Lock()

    def append(self, array: Pixels) -> int:
        """Write an array behind all others.

        Returns:
            Where it begins.
        Raises:
            OSError: There is no room; what was written of it is taken back.
        """
        start, rest = self._end, np.ascontiguousarray(array).reshape(-1).data
        self._file.seek(start)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self._file.truncate(start)
            raise
        self._end = start + array.nbytes
        return start

    def read_into(self, array: Pixels, start: int) -> None:
        """Fill an array with what begins at a place.

        Raises:
            OSError: The disk fails.
        """
        rest: Any = array.reshape(-1).data
        while rest:
            count = self._read(rest, start)
            if not count:
                raise OSError(f"a temporary file ends at {start}")
            rest, start = rest[count:], start + count

    def _read(self, buffer: Any, start: int) -> int:
        if _READS_AT:
            return os.preadv(self._file.fileno(), [buffer], start)
        with self._lock:
            self._file.seek(start)
            return self._file.readinto(buffer) or 0  # type: ignore[attr-defined]

    def close(self) -> None:
        """Give the room back."""
        self._file.close()
