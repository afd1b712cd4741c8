"""Where a result is written: never over what is read for it, and over another file only where we wrote that one.

Every file that a person asked for goes through here: `-o`, `--html`, `output=`, `save`. What kind of file it is, and
how one that lies there already is known to be of that kind, is said by whoever writes it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from lookoutcv.calls.option_names import option
from lookoutcv.errors import OutputUnwritable
from lookoutcv.files.atomic import check_writable, open_atomic

# Of a file that lies there, from its beginning and from its end: where marks of ours stand.
_END_BYTES = 256 << 10


@dataclass(frozen=True)
class FileKind:
    """A kind of file that we write.

    Args:
        noun: What a person calls it: "a report in HTML".
        recognises: Whether a file that lies there is one of them. What it raises is taken for no.
    """

    noun: str
    recognises: Callable[[Path], bool]


def marked(noun: str, mark: str | bytes) -> FileKind:
    """A kind of file that is known by a mark near its beginning or its end.

    Args:
        noun: As of `FileKind`.
        mark: A regular expression; it is searched for with `.` for any character.
    Example:
        >>> marked("a letter", "Yours, lookoutcv$").noun
        'a letter'
    """
    pattern = re.compile(mark.encode() if isinstance(mark, str) else mark, re.DOTALL)
    return FileKind(noun, lambda path: any(pattern.search(part) for part in _ends(path)))


def check_output(
    path: str | os.PathLike[str], kind: FileKind, *, inputs: Iterable[str] = (), force: bool = False
) -> None:
    """Refuse an output that cannot be written, or must not be, before work is spent on it.

    Args:
        path: Where it is to be written.
        kind: What will be written.
        inputs: Files and folders that are read for it.
        force: Replace a file of another kind too.
    Raises:
        OutputUnwritable: It is an input, or inside a folder that is read; no such folder, no permission; or another
            file lies there.
    """
    refuse_inputs(path, inputs)
    check_writable(path)
    if not force:
        _refuse_another_file(path, kind)


@contextmanager
def open_output(
    path: str | os.PathLike[str],
    kind: FileKind,
    mode: Literal["wb", "w"] = "wb",
    *,
    inputs: Iterable[str] = (),
    force: bool = False,
) -> Iterator[IO[Any]]:
    """Open an output; it takes its name, complete, when the block ends without an exception.

    Args:
        path, kind, inputs, force: As for `check_output`.
        mode: "wb" for bytes, "w" for UTF-8 text with plain line ends.
    Raises:
        OutputUnwritable: As `check_output`; or no room while writing.
    """
    check_output(path, kind, inputs=inputs, force=force)
    with open_atomic(path, mode) as file:
        yield file


def write_output(
    path: str | os.PathLike[str], data: bytes, kind: FileKind, *, inputs: Iterable[str] = (), force: bool = False
) -> None:
    """Write an output, whole or not at all.

    Args:
        path, kind, inputs, force: As for `check_output`.
        data: Its bytes.
    Raises:
        OutputUnwritable: As `open_output`.
    """
    with open_output(path, kind, inputs=inputs, force=force) as file:
        file.write(data)


def refuse_inputs(path: str | os.PathLike[str], inputs: Iterable[str]) -> None:
    """Refuse an output that is one of the inputs, or lies inside a folder of them.

    By the file itself, not by its name: links, relative paths and other ways to write the name make no difference.

    Args:
        path: Where something is to be written.
        inputs: Files and folders that are read; what is not there is passed over.
    Raises:
        OutputUnwritable: It is one of them.
    """
    # One that lies there, and the folders that hold its name and what its name leads to.
    target = os.path.realpath(path)
    own = _identity(target)
    above = {_identity(folder) for start in (target, os.path.abspath(path)) for folder in Path(start).parents}
    for one in inputs:
        identity = _identity(one)
        if identity is None:
            continue
        if identity == own:
            raise OutputUnwritable(
                f"{os.fspath(path)} cannot be written: it is {'an' if one == os.fspath(path) else f'{one}, an'} input",
                "Give the output a name of its own.",
                path=os.fspath(path),
                reason="it is an input",
            )
        if identity in above:
            raise OutputUnwritable(
                f"{os.fspath(path)} cannot be written: it would lie in the folder {one!r}, which is read",
                "Write it outside of that folder.",
                path=os.fspath(path),
                reason="it is inside an input",
            )


def refuse_doubled(paths: Iterable[str | os.PathLike[str]]) -> None:
    """Refuse outputs that are one file: the second would replace the first.

    Args:
        paths: Where results are to be written. Devices and pipes take several.
    Raises:
        OutputUnwritable: Two are the same.
    """
    seen: set[str] = set()
    for path in paths:
        target = os.path.realpath(path)
        if target in seen and (not os.path.exists(target) or os.path.isfile(target)):
            raise OutputUnwritable(
                f"{os.fspath(path)} is named for two outputs, and the second would replace the first",
                "Give each a name of its own.",
                path=os.fspath(path),
                reason="it is named twice",
            )
        seen.add(target)


def _refuse_another_file(path: str | os.PathLike[str], kind: FileKind) -> None:
    target = Path(os.path.realpath(path))
    with suppress(OSError):
        status = target.stat()
        # An empty file says nothing, and a device takes what it is given.
        if not stat.S_ISREG(status.st_mode) or not status.st_size or _recognised(target, kind):
            return
        raise OutputUnwritable(
            f"{os.fspath(path)} is there already, and is not {kind.noun} that LookOutCV wrote",
            f"Choose another name, or replace it with {option('force', True)}.",
            path=os.fspath(path),
            reason="another file lies there",
        )


def _recognised(path: Path, kind: FileKind) -> bool:
    try:
        return kind.recognises(path)
    except Exception:  # a file of somebody else can make any reader fail
        return False


def _identity(path: str | os.PathLike[str]) -> tuple[int, int] | None:
    """Which file or folder a path leads to, whatever it is called; None where there is none, and for devices."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return None
    return status.st_dev, status.st_ino


def _ends(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        yield file.read(_END_BYTES)
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _END_BYTES))
        yield file.read(_END_BYTES)
