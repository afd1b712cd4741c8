"""Files whose paths fit a pattern with wildcards, in natural order, one folder at a time in memory."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import translate

from lookoutcv.errors import UnreadableSource
from lookoutcv.sources.file_names import is_hidden, natural_key, printable

_MAGIC = re.compile(r"[*?\[]")
# `frame_%06d.png`, as FFmpeg and OpenCV write it.
_NUMBER = re.compile(r"%0?[0-9]{0,2}d")


def is_numbered(pattern: str) -> bool:
    """Whether a pattern stands for numbered files: one `%d` or `%06d` in its last part, and no other per cent sign.

    Example:
        >>> is_numbered("a/frame_%06d.png"), is_numbered("%d/1.png"), is_numbered("100%.png")
        (True, False, False)
    """
    return pattern.count("%") == 1 and _NUMBER.search(pattern.rpartition("/")[2]) is not None


def is_glob(pattern: str) -> bool:
    """Whether a pattern has wildcards: `*`, `?`, `[...]`, or `**` for any folders."""
    return _MAGIC.search(pattern) is not None


def split(pattern: str) -> tuple[str, list[str]]:
    """The folder that holds every match, and the parts of the pattern below it.

    Example:
        >>> split("cams/*/frame_%06d.png")
        ('cams', ['*', 'frame_%06d.png'])
    """
    parts = pattern.split("/")
    fixed = next(i for i, part in enumerate(parts) if is_glob(part) or i == len(parts) - 1)
    root = "/".join(parts[:fixed])
    return root or ("/" if pattern.startswith("/") else "."), [part for part in parts[fixed:] if part]


def matches(root: str, parts: Sequence[str], relative: str = "") -> Iterator[str]:
    """Paths of files, relative to the root, that fit; folders are listed as they are reached.

    Hidden names fit only what begins with a dot itself. `**` follows no links, so that a link in a circle ends.

    Raises:
        UnreadableSource: A folder cannot be listed.
    """
    first, rest = parts[0], parts[1:]
    if first == "**":
        yield from matches(root, rest or ["*"], relative)
        for entry in _entries(root, relative):
            if entry.is_dir(follow_symlinks=False) and not is_hidden(entry.name):
                yield from matches(root, parts, f"{relative}{entry.name}/")
        return
    fits = _expression(first)
    for entry in _entries(root, relative):
        if not fits.fullmatch(entry.name) or (is_hidden(entry.name) and not first.startswith(".")):
            continue
        if not rest and entry.is_file():
            yield relative + entry.name
        elif rest and entry.is_dir():
            yield from matches(root, rest, f"{relative}{entry.name}/")


def _expression(part: str) -> re.Pattern[str]:
    if not is_numbered(part):
        return re.compile(translate(part))
    before, after = _NUMBER.split(part)
    digits = re.search(r"%0([0-9]+)d", part)
    # More digits than the width are what printf writes when they are needed.
    number = f"[0-9]{{{digits[1]},}}" if digits else "[0-9]+"
    return re.compile(re.escape(before) + number + re.escape(after))


def _entries(root: str, relative: str) -> list[os.DirEntry[str]]:
    folder = os.path.join(root, relative)
    try:
        with os.scandir(folder) as listing:
            return sorted(listing, key=lambda entry: natural_key(entry.name))
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableSource(
            f"the folder {printable(folder)} cannot be listed: {why}",
            "Check the path, and make it readable for this user.",
            source=printable(root),
            reason=why,
        ) from error
