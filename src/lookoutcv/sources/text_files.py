"""Small text files beside images, and lists with a name a line: read within bounds, whatever lies there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

from lookoutcv.errors import UnreadableSource
from lookoutcv.files.streams import read_up_to
from lookoutcv.plain_text import mended, open_text, spellings

# Ten thousand objects with a class and four numbers each are half of this; an annotation of Pascal VOC has 10 kB.
_MOST_BYTES = 2**20
_MOST_LINE_CHARACTERS = 8192


def small_file(path: str) -> bytes | None:
    """What a small file holds; None where there is none, nor one of the same name in another spelling.

    Raises:
        ValueError: It is larger than 1 MiB, no file, or may not be read; the text says which, in a few words.
    """
    try:
        with open(path, "rb", buffering=0, opener=_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ValueError("not a regular file")
            data = read_up_to(file, _MOST_BYTES + 1)
    except FileNotFoundError:
        other = next(filter(os.path.lexists, spellings(path)), None)
        return None if other is None else small_file(other)
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror or error})") from None
    if len(data) > _MOST_BYTES:
        raise ValueError(f"larger than {_MOST_BYTES // 2**20} MiB")
    return data


def lines_of(path: str, name: str) -> Iterator[tuple[int, str]]:
    """The lines of a list that are not empty, with their numbers from 1.

    Args:
        path: The list.
        name: What messages call it.
    Raises:
        UnreadableSource: It cannot be read, or a line is longer than a path can be.
    """
    try:
        with open_text(path, opener=_at_once) as file:
            number = 0
            while line := file.readline(_MOST_LINE_CHARACTERS):
                number += 1
                if len(line) == _MOST_LINE_CHARACTERS:
                    raise _unreadable(name, f"line {number} is longer than a path")
                if text := mended(line).strip():
                    yield number, text
    except OSError as error:
        raise _unreadable(name, error.strerror or str(error)) from error


def _at_once(path: str, flags: int) -> int:
    """A named pipe must not hold up the run."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _unreadable(name: str, why: str) -> UnreadableSource:
    return UnreadableSource(f"{name} cannot be read: {why}", "Check the file.", source=name, reason=why)
