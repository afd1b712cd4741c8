"""Numbered frames as image files (`frame_%06d.png`), and files by wildcards (`cams/*/*.png?every=10`)."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import SourceNotFound
from lookoutcv.files.remote import is_url
from lookoutcv.records.schema import SEQUENCE
from lookoutcv.sources.dates_in_names import has_date
from lookoutcv.sources.file_names import is_candidate, printable
from lookoutcv.sources.kinds.base import NamedOnly, source_kind
from lookoutcv.sources.target_options import parted, typed, whole
from lookoutcv.sources.wildcards import is_glob, is_numbered, matches, split


@dataclass(frozen=True, slots=True)
class FrameRef(NamedOnly):
    """An image file that a pattern fits.

    Args:
        id: Its path within the folder that holds every match.
        path: Where it is.
        sequence: What it is a frame of; None where the files are images of their own.
    """

    id: str
    path: str
    sequence: str | None = None

    @property
    def tags(self) -> Mapping[str, str]:
        """The sequence, by which a report knows that it is autocorrelated."""
        return {} if self.sequence is None else {SEQUENCE: self.sequence}

    def load(self) -> str:
        """The path."""
        return self.path


@dataclass(frozen=True)
class FrameSource:
    """The files that a pattern fits, in natural order; with `every` or a number in the pattern they are frames.

    Args:
        pattern: A path with `%d` or `%06d` in its last part, or wildcards.
        every: Every so manieth file of each folder is taken, the first one first; None for all of them.
    """

    pattern: str
    every: int | None = None

    @property
    def name(self) -> str:
        """The pattern, and how many frames were passed over."""
        return printable(self.pattern) + (f" (every {self.every} files)" if (self.every or 1) > 1 else "")

    def __iter__(self) -> Iterator[FrameRef]:
        root, parts = split(self.pattern.replace(os.sep, "/"))
        framed = self.every is not None or is_numbered(self.pattern)
        candidates = (path for path in matches(root, parts) if is_candidate(path.rpartition("/")[2]))
        for folder, files in groupby(candidates, key=lambda path: path.rpartition("/")[0]):
            sequence = printable(folder or os.path.basename(os.path.abspath(root))) if framed else None
            for index, relative in enumerate(files):
                if index % (self.every or 1) == 0:
                    yield FrameRef(printable(relative), os.path.join(root, relative), sequence)

    def count(self) -> int:
        """How many files are taken."""
        return self._count

    @cached_property
    def _count(self) -> int:
        return sum(1 for _ in self)


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or os.path.lexists(target):
        return False
    path, options = parted(target)
    if is_url(path):
        return False
    if os.path.isdir(path):
        return "every" in options
    return not os.path.lexists(path) and (is_numbered(path) or (is_glob(path) and not has_date(path)))


@source_kind("frames", opens=_opens, order=42)
def frames(target: Any) -> FrameSource:
    """Numbered frames or files by wildcards: frame_%06d.png."""
    path, options = parted(target)
    chosen = typed(options, {"every": whole}, target)
    if os.path.isdir(path):
        path = os.path.join(glob.escape(path), "**")
    source = FrameSource(path, **chosen)
    root = split(path.replace(os.sep, "/"))[0]
    if not os.path.isdir(root):
        raise not_found(root, "folder")
    if next(iter(source), None) is None:
        raise SourceNotFound(
            f"no image fits {printable(path)!r}", f"Look at the names in {printable(root)}.", source=path
        )
    return source
