"""Temporary files and folders that go with the process that holds them; what a killed one left, the next deletes.

A lock of the system says that a place is held: it ends with the process, however that ends.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path

_PREFIX, _FILE, _FOLDER = "lookoutcv-", ".unpacked", ".unpacked-package"
# As `tempfile` fills in: nothing else is deleted.
_NAME = re.compile(re.escape(_PREFIX) + r"[a-z0-9_]{8}" + f"({re.escape(_FILE)}|{re.escape(_FOLDER)})")
# What was made just now may not be held yet.
_OLD_SECONDS = 3600


def held_file(owner: object) -> tuple[int, str, weakref.finalize[..., object]]:
    """An empty temporary file that is deleted when its owner is gone.

    Args:
        owner: Whoever holds it: at the end of this object, or of this process, the file is deleted.
    Returns:
        Its descriptor, open for writing, its path, and what deletes it when called.
    """
    sweep(tempfile.gettempdir())
    handle, path = tempfile.mkstemp(prefix=_PREFIX, suffix=_FILE)
    return handle, path, weakref.finalize(owner, _remove, path, locked(path))


class HeldFolder:
    """A temporary folder, readable by this user only, deleted when nobody holds this object any more."""

    def __init__(self) -> None:
        sweep(tempfile.gettempdir())
        path = tempfile.mkdtemp(prefix=_PREFIX, suffix=_FOLDER)
        self.path = Path(path)
        self._end = weakref.finalize(self, _remove, path, locked(path))


def sweep(folder: str) -> None:
    """Delete what processes that were killed have left in a folder: old, and held by nobody."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not _is_ours(entry) or time.time() - entry.stat(follow_symlinks=False).st_mtime < _OLD_SECONDS:
                continue
            with suppress(OSError):
                if (lock := locked(entry.path)) is not None:
                    _remove(entry.path, lock)


def _is_ours(entry: os.DirEntry[str]) -> bool:
    named = _NAME.fullmatch(entry.name)
    if named is None:
        return False
    return entry.is_file(follow_symlinks=False) if named[1] == _FILE else entry.is_dir(follow_symlinks=False)


def _remove(path: str, lock: int | None) -> None:
    if path.endswith(_FOLDER):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            os.unlink(path)
    if lock is not None:
        os.close(lock)


def locked(path: str) -> int | None:
    """A hold on a place for as long as this process lives; None where the system has no such thing, or it is held."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        return None
    handle = os.open(path, os.O_RDONLY if os.path.isdir(path) else os.O_RDWR)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
