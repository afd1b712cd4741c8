"""The spool: a folder on the local disk where each writer has a folder for its segments, locked while it lives."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from lookoutcv.files import is_url
from lookoutcv.log.buffer.journal import journals_in
from lookoutcv.log.buffer.segments import segments_in
from lookoutcv.log.table.own_files import SPOOL, WRITER

_LOCK = "lock"


def spool_for(directory: str, spool: str | os.PathLike[str] | None = None) -> Path:
    """Where segments lie before they are in the table.

    Args:
        directory: Of the table: a local folder or a URL.
        spool: A local folder of the user's choice.
    Returns:
        That folder; else `_spool` in a local table; else one for each URL in the system's folder for state:
        $XDG_STATE_HOME/lookoutcv/spool or ~/.local/state/lookoutcv/spool, %LOCALAPPDATA%\\lookoutcv\\spool on Windows.
    """
    if spool is not None:
        return Path(spool)
    if not is_url(directory):
        return Path(directory) / SPOOL
    name = hashlib.sha256(directory.rstrip("/").encode()).hexdigest()[:16]
    return _state_folder() / "lookoutcv" / "spool" / name


def _state_folder() -> Path:
    state_folder = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_STATE_HOME", "")
    if os.path.isabs(state_folder):
        return Path(state_folder)
    with suppress(RuntimeError):
        return Path.home() / ".local" / "state"
    return Path(os.path.sep) / "var" / "tmp"


def new_writer() -> str:
    """A name that no other writer has: host, process and chance.

    Example:
        >>> new_writer() == new_writer()
        False
    """
    host = "".join(c for c in socket.gethostname() if c.isascii() and (c.isalnum() or c == "-"))[:24]
    return f"{host}-{os.getpid()}-{secrets.token_hex(6)}"


class WriterFolder:
    """One writer's folder, locked by its process; the name is the writer's, and its `app_id` in the table.

    Args:
        path: The folder.
        lock: The open, locked file.
    """

    def __init__(self, path: Path, lock: IO[bytes]) -> None:
        self.path, self._lock = path, lock

    @property
    def writer(self) -> str:
        """Its name."""
        return self.path.name

    @classmethod
    def new(cls, spool: Path, name: str) -> Self:
        """Make the folder of a new writer.

        Raises:
            OSError: The spool cannot be written.
        """
        spool.mkdir(parents=True, exist_ok=True)
        # Hidden until it is locked, so that nobody takes it for one that was left behind.
        hidden = spool / f".{name}"
        hidden.mkdir()
        lock = open(hidden / _LOCK, "xb", buffering=0)  # noqa: SIM115 - kept open
        _try_lock(lock)
        hidden.rename(spool / name)
        return cls(spool / name, lock)

    @classmethod
    def adopt(cls, path: Path) -> Self | None:
        """Take over the folder of a writer that is dead; None where it lives, or another took it."""
        try:
            lock = open(path / _LOCK, "r+b", buffering=0)  # noqa: SIM115 - kept open
        except OSError:
            return None
        # Whoever had it may have removed it while we waited to look.
        if not _try_lock(lock) or not path.is_dir():
            lock.close()
            return None
        return cls(path, lock)

    def remove(self) -> None:
        """Remove the folder if nothing of ours waits there, and let the lock go. What somebody else put there stays."""
        if not segments_in(self.path) and not journals_in(self.path):
            with suppress(OSError):
                (self.path / _LOCK).unlink()
                self.path.rmdir()
        self.release()

    def release(self) -> None:
        """Let the lock go; in a forked child, only this process's handle of it."""
        with suppress(OSError):
            self._lock.close()


def writer_folders(spool: Path) -> list[Path]:
    """Folders of writers, dead or alive, by their names; those that are being made are hidden."""
    with suppress(OSError):
        return sorted(path for path in spool.iterdir() if WRITER.fullmatch(path.name) and (path / _LOCK).is_file())
    return []


def _try_lock(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - of one system only

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - of the others

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
