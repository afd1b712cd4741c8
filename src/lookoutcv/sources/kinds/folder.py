"""A folder of images, with everything below it.

Images come in natural order of their paths. Links to files and folders are followed, each folder is read once, so a
link in a circle ends. Hidden and system files are passed over. A folder per class gives labels, see `class_root`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import SourceNotFound, UnreadableSource
from lookoutcv.sources.file_names import (
    is_candidate,
    is_hidden,
    looks_like_image,
    natural_key,
    printable,
)
from lookoutcv.sources.folders.annotations_beside import annotation_notes
from lookoutcv.sources.folders.class_folders import class_notes, class_root, label_of
from lookoutcv.sources.kinds.base import NamedOnly, source_kind


@dataclass(frozen=True, slots=True)
class FolderRef(NamedOnly):
    """An image file in a folder. `path` is where it is, `id` its path within the folder."""

    id: str
    path: str
    label: str | None = None

    def load(self) -> str:
        """The path."""
        return self.path


@dataclass(frozen=True)
class FolderSource:
    """The images below a folder, listed anew each time: one directory at a time is held in memory.

    Args:
        root: The folder.
    Raises:
        SourceNotFound: It is not a folder.
    """

    root: str

    def __post_init__(self) -> None:
        if not os.path.isdir(self.root):
            raise SourceNotFound(f"there is no folder {self.root!r}", "Check the path.", source=self.root)

    @property
    def name(self) -> str:
        """The folder as it was given."""
        return printable(self.root)

    def __iter__(self) -> Iterator[FolderRef]:
        root = class_root(self._survey[1])
        for relative in _walk(self.root):
            id = printable(relative)
            yield FolderRef(id, os.path.join(self.root, relative), label_of(id, root))

    def count(self) -> int:
        """How many files are tried as images."""
        return self._survey[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """Folders that are not taken for classes, and annotations that are not read, in sentences."""
        parents = self._survey[1]
        return (*class_notes(parents), *annotation_notes(self.root, parents))

    @cached_property
    def _survey(self) -> tuple[int, set[str]]:
        """The number of files and the folders that hold images, from one pass that keeps folder names only."""
        count, parents = 0, set[str]()
        for relative in _walk(self.root):
            count += 1
            parent, _, name = printable(relative).rpartition("/")
            if looks_like_image(name):
                parents.add(parent)
        return count, parents


def _walk(root: str) -> Iterator[str]:
    """Relative paths, with forward slashes, of the files that are tried, in order."""
    visited: set[tuple[int, int]] = set()
    waiting: list[Iterator[tuple[str, bool]]] = []
    entries = _entries(root, "", visited)
    while True:
        for relative, is_folder in entries:
            if is_folder:
                waiting.append(entries)
                entries = _entries(root, relative, visited)
                break
            yield relative
        else:
            if not waiting:
                return
            entries = waiting.pop()


def _entries(root: str, relative: str, visited: set[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The folders and tried files directly in a folder, sorted; nothing where the folder was read before."""
    folder = os.path.join(root, relative)
    try:
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in visited:
            return iter(())
        visited.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as listing:
            children = [(e.name, e.is_dir()) for e in listing if not is_hidden(e.name)]
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableSource(
            f"the folder {printable(folder)} cannot be listed: {why}",
            "Make it readable for this user, or move it out.",
            source=printable(root),
            reason=why,
        ) from error
    children = [(name, is_folder) for name, is_folder in children if is_folder or is_candidate(name)]
    children.sort(key=lambda entry: natural_key(entry[0]))
    prefix = f"{relative}/" if relative else ""
    return iter([(prefix + name, is_folder) for name, is_folder in children])


def _opens(target: Any) -> bool:
    return isinstance(target, str | os.PathLike) and os.path.isdir(target)


@source_kind("folder", opens=_opens, order=10)
def folder(target: Any) -> FolderSource:
    """A folder of images, with its sub-folders; a folder per class."""
    return FolderSource(os.fsdecode(target))
