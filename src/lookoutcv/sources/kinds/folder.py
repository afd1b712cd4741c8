"""A folder of images, with everything below it.

Images come in natural order of their paths. Links to files and folders are followed, each folder is read once, so a
link in a circle ends. Hidden files are passed over and counted. A folder per class gives labels, see `ClassFolders`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.calls.missing_path import not_found
from lookoutcv.errors import UnreadableSource
from lookoutcv.files.tars import LINK
from lookoutcv.sources.file_names import (
    is_candidate,
    is_hidden,
    looks_like_image,
    natural_key,
    printable,
)
from lookoutcv.sources.folders.annotations_beside import annotation_notes
from lookoutcv.sources.folders.class_folders import AS_FOUND, LABELS_OPTION, ClassFolders
from lookoutcv.sources.folders.passed_over import PassedOver
from lookoutcv.sources.kinds.base import NamedOnly, source_kind
from lookoutcv.sources.target_options import parted, typed


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
        labels: How its folders are read, see `ClassFolders`.
    Raises:
        SourceNotFound: It is not a folder.
    """

    root: str
    labels: str = AS_FOUND

    def __post_init__(self) -> None:
        if not os.path.isdir(self.root):
            raise not_found(self.root, "folder")

    @property
    def name(self) -> str:
        """The folder as it was given."""
        return printable(self.root) + ("" if self.labels == AS_FOUND else f"?labels={self.labels}")

    def __iter__(self) -> Iterator[FolderRef]:
        classes = self._classes
        for relative in _walk(self.root):
            id = printable(relative)
            yield FolderRef(id, os.path.join(self.root, relative), classes.label(id))

    def count(self) -> int:
        """How many files are tried as images."""
        return self._survey[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """What folders were taken for, and what lies there and is not read, in sentences."""
        _, parents, passed_over = self._survey
        return (*self._classes.notes, *passed_over.notes, *annotation_notes(self.root, parents))

    @property
    def empty_classes(self) -> tuple[str, ...]:
        """The folders beside those of the classes that hold no image."""
        classes = self._classes
        beside = [folder for root in sorted(classes.roots) for folder in _folders(self.root, root)]
        return classes.without_images(beside or _folders(self.root, ""), self._survey[1])

    @cached_property
    def _classes(self) -> ClassFolders:
        return ClassFolders.of(self._survey[1], self.labels)

    @cached_property
    def _survey(self) -> tuple[int, set[str], PassedOver]:
        """The number of files, the folders that hold images, and what was passed over, from one pass that keeps names
        of folders only."""
        count, parents, passed_over = 0, set[str](), PassedOver()
        for relative in _walk(self.root, passed_over):
            count += 1
            parent, _, name = printable(relative).rpartition("/")
            if looks_like_image(name):
                parents.add(parent)
        return count, parents, passed_over


def _folders(root: str, relative: str) -> list[str]:
    """The folders directly in one, as paths below the source, but for hidden ones."""
    with suppress(OSError), os.scandir(os.path.join(root, relative)) as listing:
        names = [printable(entry.name) for entry in listing if entry.is_dir() and not is_hidden(entry.name)]
        return ["/".join(filter(None, (relative, name))) for name in names]
    return []


def _walk(root: str, passed_over: PassedOver | None = None) -> Iterator[str]:
    """Relative paths, with forward slashes, of the files that are tried, in order; counts those that are not."""
    visited: set[tuple[int, int]] = set()
    waiting: list[Iterator[tuple[str, bool]]] = []
    entries = _entries(root, "", visited, passed_over)
    while True:
        for relative, is_folder in entries:
            if is_folder:
                waiting.append(entries)
                entries = _entries(root, relative, visited, passed_over)
                break
            yield relative
        else:
            if not waiting:
                return
            entries = waiting.pop()


def _entries(
    root: str, relative: str, visited: set[tuple[int, int]], passed_over: PassedOver | None
) -> Iterator[tuple[str, bool]]:
    """The folders and tried files directly in a folder, sorted; nothing where the folder was read before."""
    folder = os.path.join(root, relative)
    try:
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in visited:
            if passed_over is not None:
                passed_over.add(LINK, relative)
            return iter(())
        visited.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as listing:
            found = [(entry.name, entry.is_dir()) for entry in listing]
    except OSError as error:
        why = error.strerror or str(error)
        raise UnreadableSource(
            f"the folder {printable(folder)} cannot be listed: {why}",
            "Make it readable for this user, or move it out.",
            source=printable(root),
            reason=why,
        ) from error
    prefix = f"{relative}/" if relative else ""
    children = [(name, is_folder) for name, is_folder in found if not is_hidden(name)]
    if passed_over is not None and len(children) < len(found):
        for name, is_folder in found:
            if is_hidden(name):
                _hidden(root, prefix + name, is_folder, passed_over)
    children = [(name, is_folder) for name, is_folder in children if is_folder or is_candidate(name)]
    children.sort(key=lambda entry: natural_key(entry[0]))
    return iter([(prefix + name, is_folder) for name, is_folder in children])


def _hidden(root: str, relative: str, is_folder: bool, passed_over: PassedOver) -> None:
    """Count what is hidden; of a folder, what lies in it directly."""
    if not is_folder:
        passed_over.add_hidden(relative)
        return
    with suppress(OSError):
        for name in os.listdir(os.path.join(root, relative)):
            passed_over.add_hidden(f"{relative}/{name}")


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    path, options = parted(target)
    return os.path.isdir(path) and "every" not in options  # that is a sequence of frames


@source_kind("folder", opens=_opens, order=10)
def folder(target: Any) -> FolderSource:
    """A folder of images, with its sub-folders; a folder per class."""
    path, options = parted(target)
    return FolderSource(path, **typed(options, LABELS_OPTION, target))
