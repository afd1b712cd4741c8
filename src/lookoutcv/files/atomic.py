"""Files written whole or not at all.

The bytes go to a hidden temporary file beside the target, which takes the target's name once they are on the disk. Any
exception, an interrupt included, removes it. A killed process can leave the temporary file behind, a hidden
`.NAME.XXXXXXXX.tmp`, never half a target.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Literal

from lookoutcv.errors import OutputUnwritable

_NO_ROOM = {errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC)}
# Also as `pathlib` writes it, which makes one slash of two; a drive of Windows has one letter.
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/+(.*)", re.DOTALL)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file, whole or not at all.

    Args:
        path: Its name. The folder must exist; a file of that name is replaced, and its permissions are kept.
        data: Its bytes.
    Raises:
        OutputUnwritable: No such folder, no permission, no room.
    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_bytes(Path(folder, "a"), b"abc")
        ...     Path(folder, "a").read_bytes()
        b'abc'
    """
    with open_atomic(path) as file:
        file.write(data)


@contextmanager
def open_atomic(path: str | os.PathLike[str], mode: Literal["wb", "w"] = "wb") -> Iterator[IO[Any]]:
    """Open a file that takes its name only when the block ends without an exception.

    Args:
        path: As for `write_bytes`. A device or a pipe (/dev/stdout) is written directly.
        mode: "wb" for bytes, "w" for UTF-8 text with plain line ends.
    Raises:
        OutputUnwritable: No such folder, no permission, no room, on entry or while writing.
    """
    target = _local(path)
    try:
        present = _mode_of(target)
        if present is not None and not stat.S_ISREG(present):
            with _opened(os.open(target, os.O_WRONLY), mode) as file:
                yield file
            return
        temporary = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}.tmp")
        try:
            with _opened(os.open(temporary, _NEW, 0o666), mode) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if present is not None:
                temporary.chmod(stat.S_IMODE(present))
            os.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
    except OSError as error:
        # The caller's block may fail on files of its own: those are not ours to explain.
        named = error.filename is not None and Path(os.fsdecode(error.filename)).parent == target.parent
        if not named and error.errno not in _NO_ROOM:
            raise
        raise _explained(error, target) from error


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a target that could not be written, before work is spent on what shall be written there.

    Args:
        path: As for `write_bytes`.
    Raises:
        OutputUnwritable: No such folder, no permission. Whether there is room only writing shows.
    """
    target = _local(path)
    try:
        present = _mode_of(target)
    except OSError as error:
        raise _explained(error, target) from error
    replaces = present is None or stat.S_ISREG(present)
    if replaces and not os.access(target.parent, os.W_OK | os.X_OK):
        raise _unwritable(target, "no permission", "Choose a folder you may write to.")


def _local(path: str | os.PathLike[str]) -> Path:
    """The file that a path leads to. A URL is none: it would be taken for a path of strange folders."""
    name = os.fsdecode(path)
    url = _URL.fullmatch(name)
    if url is not None and not os.path.isdir(f"{url[1]}:"):
        local = url[1].lower() == "file"
        raise OutputUnwritable(
            f"{url[1]}://{'/' if local else ''}{url[2]} cannot be written: it is a URL, and outputs are files of this "
            "machine",
            f"Give the path itself: /{url[2]}" if local else "Write it to a file of this machine, and copy that there.",
            path=name,
            reason="it is a URL",
        )
    return Path(os.path.realpath(name))


def _mode_of(target: Path) -> int | None:
    """The target's mode, None where it is new. Refuses what could not or should not be replaced."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        if not target.parent.is_dir():
            remedy = f'Make it with: mkdir -p "{target.parent}"'
            raise _unwritable(target, f"there is no folder {target.parent}", remedy) from None
        return None
    if stat.S_ISDIR(mode):
        raise _unwritable(target, "it is a folder", "Name a file inside it.")
    if not os.access(target, os.W_OK):
        raise _unwritable(target, "it is write-protected", "Choose another name, or make it writable.")
    return mode


def _opened(descriptor: int, mode: Literal["wb", "w"]) -> IO[Any]:
    if mode == "w":
        return open(descriptor, "w", encoding="utf-8", newline="\n")
    return open(descriptor, "wb")


def _sync_folder(folder: Path) -> None:
    """Put the new name itself on the disk, where the system lets a folder be opened (not on Windows)."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explained(error: OSError, target: Path) -> OutputUnwritable:
    match error.errno:
        case errno.ENOSPC | errno.EFBIG:
            return _unwritable(target, "no room is left", "Free some space, or choose another disk.")
        case errno.EACCES | errno.EPERM:
            return _unwritable(target, "no permission", "Choose a folder you may write to.")
        case errno.EROFS:
            return _unwritable(target, "the disk is read-only", "Choose another folder.")
        case errno.ENOTDIR:
            return _unwritable(target, f"{target.parent} is not a folder", "Choose another folder.")
        case errno.ENAMETOOLONG:
            return _unwritable(target, "the name is too long", "Choose a shorter one.")
        case _:
            return _unwritable(target, error.strerror or str(error), "Choose another place.")


def _unwritable(target: Path, why: str, remedy: str) -> OutputUnwritable:
    return OutputUnwritable(f"{target} cannot be written: {why}", remedy, path=str(target), reason=why)
