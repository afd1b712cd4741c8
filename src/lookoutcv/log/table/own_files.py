"""Which files below a log are its own: those whose names its writers make. No other file is ever removed."""

from __future__ import annotations

import logging
import os
import re
import shlex
from collections.abc import Sequence
from contextlib import suppress

from lookoutcv.files import is_url

_log = logging.getLogger("lookoutcv.log")

# Delta Lake leaves folders alone whose name begins so.
PICTURES = "_retained_images"
SPOOL = "_spool"
_TABLE = "_delta_log"

# As `log.buffer.spool` names a writer: host, process, chance.
WRITER = re.compile(r"[A-Za-z0-9-]{0,24}-[0-9]+-[0-9a-f]{12}")
# A log of before, of one process, which `log import` reads.
PLAIN_LOG = re.compile(r"(?P<model>.+)_logs_[0-9]+\.parquet")

_PARTITION = r"model=[^/\\]+/day=[0-9]{4}-[0-9]{2}-[0-9]{2}"
# As delta-rs names what it writes: its number, chance, the number of the file, the codec.
_DATA_FILE = re.compile(
    _PARTITION + r"/part-[0-9]{5}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-c[0-9]{3}(\.[a-z0-9]+)?\.parquet"
)
_PICTURE_NAME = WRITER.pattern + r"-[0-9]+\.[a-z0-9]+"
# A writer that was killed may have left it unfinished, under the name that `files.atomic` gives.
_PICTURE = re.compile(rf"{PICTURES}/{_PARTITION}/({_PICTURE_NAME}|\.{_PICTURE_NAME}\.[0-9a-f]{{8}}\.tmp)")
_MOST_ENTRIES = 10_000
_NAMED = 5


def is_data_file(path: str) -> bool:
    """Whether a path below a log is one that Delta Lake writes rows to.

    Example:
        >>> is_data_file("model=a/day=2026-05-04/part-00000-826717d1-ed44-4f6a-87b7-aa208ff36fc4-c000.zstd.parquet")
        True
        >>> is_data_file("model=a/day=2026-05-04/labels.parquet"), is_data_file("notes.txt")
        (False, False)
    """
    return _DATA_FILE.fullmatch(path) is not None


def is_picture(path: str) -> bool:
    """Whether a path below a log or a spool is one that a logger writes a retained image to.

    Example:
        >>> is_picture("_retained_images/model=a/day=2026-05-04/host-7-0123456789ab-1.jpg")
        True
        >>> is_picture("_retained_images/model=a/day=2026-05-04/holiday.jpg")
        False
    """
    return _PICTURE.fullmatch(path) is not None


def named(paths: Sequence[str]) -> str:
    """The first of some paths, and how many more there are.

    Example:
        >>> named(["a", "b"]), named(list("abcdefgh"))
        ('a, b', 'a, b, c, d, e and 3 more')
    """
    more = f" and {len(paths) - _NAMED:,} more" if len(paths) > _NAMED else ""
    return ", ".join(path if path.isprintable() else ascii(path) for path in paths[:_NAMED]) + more


def entries_of_others(directory: str) -> list[str]:
    """What lies directly in a local log's folder and is not the log's, by name; folders end in a slash."""
    found = []
    with suppress(OSError), os.scandir(directory) as entries:
        for _, entry in zip(range(_MOST_ENTRIES), entries, strict=False):
            own = entry.is_dir() and (entry.name in (_TABLE, SPOOL, PICTURES) or entry.name.startswith("model="))
            if not own:
                found.append(entry.name + ("/" if entry.is_dir() else ""))
    return sorted(found)


def import_hint(directory: str, paths: Sequence[str]) -> str:
    """What to do with old logs of single processes among some files below a log; "" where there are none."""
    plain = [path for path in paths if PLAIN_LOG.fullmatch(path.rpartition("/")[2])]
    if not plain:
        return ""
    place = shlex.quote(directory)
    return f"Old logs lie there; bring them in with: lookout log import {place} -d {place}"


def note_shared_folder(directory: str) -> None:
    """Say it where a log is about to begin in a local folder that holds something else.

    Args:
        directory: Of the table: a local folder or a URL.
    """
    if is_url(directory) or os.path.isdir(os.path.join(directory, _TABLE)):
        return
    others = entries_of_others(directory)
    if others:
        hint = import_hint(directory, others)
        _log.warning(
            "the folder %s of this log holds other files too, which stay as they are: %s.%s",
            directory,
            named(others),
            f" {hint}" if hint else "",
        )
