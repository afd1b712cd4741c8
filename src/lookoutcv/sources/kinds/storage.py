"""Object storage and other file systems by URL: `s3://bucket/prefix`, `gs://`, `az://`, `file://` ... as a folder.

Order, labels and what is passed over are those of a folder. One level is listed at a time, and only names are kept.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lookoutcv.errors import SourceError, SourceNotFound
from lookoutcv.files.remote import is_url, shown
from lookoutcv.files.storage import Place, place_of
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.images.refusals import unreadable
from lookoutcv.sources.file_names import (
    is_candidate,
    is_hidden,
    looks_like_image,
    natural_key,
    printable,
)
from lookoutcv.sources.folders.class_folders import AS_FOUND, LABELS_OPTION, ClassFolders
from lookoutcv.sources.folders.passed_over import PassedOver
from lookoutcv.sources.kinds.base import BoundedRef, NamedOnly, source_kind, too_large
from lookoutcv.sources.kinds.file import FileSource, refuse_containers
from lookoutcv.sources.target_options import parted, typed

# A web server tells no list of what it has.
_NOT_LISTED = ("http", "https")
# These live in the memory of one process: their bytes travel with the reference.
_IN_MEMORY = "memory"
# They are in memory already: what is too large for the limits is said where it is read.
_WHOLE = 2**48


@dataclass(frozen=True, slots=True)
class StoredRef(NamedOnly, BoundedRef):
    """An object below a prefix.

    Args:
        id: Its key without the prefix.
        place: Where it is.
        label: The class, where there is a folder per class.
        content: Its bytes, where another process could not read them.
    """

    id: str
    place: Place
    label: str | None = None
    content: bytes | None = field(default=None, repr=False)

    def load(self, limits: Limits = DEFAULT_LIMITS) -> bytes:
        """The bytes.

        Raises:
            ImageTooLarge: More bytes than the limits allow.
            UnreadableImage: It is gone, or not to be had after three attempts.
        """
        data = self.content
        if data is None:
            try:
                data = self.place.read(limits.max_bytes)
            except SourceError as error:
                raise unreadable(str(error.fields["reason"]), error.remedy) from error
        if len(data) > limits.max_bytes:
            raise too_large(self.id, limits)
        return data


@dataclass(frozen=True)
class StorageSource:
    """The objects below a prefix that are tried as images, listed anew each time.

    Args:
        url: Of the prefix.
        place: The same, taken apart.
        labels: How its folders are read, see `ClassFolders`.
    Raises:
        UnreadableSource: It cannot be listed.
    """

    url: str
    place: Place
    labels: str = AS_FOUND

    @property
    def name(self) -> str:
        """The URL, without secrets."""
        return shown(self.url) + ("" if self.labels == AS_FOUND else f"?labels={self.labels}")

    def __iter__(self) -> Iterator[StoredRef]:
        classes = self._classes
        for id, place in _walk(self.place, ""):
            content = place.read(_WHOLE) if place.protocol == _IN_MEMORY else None
            yield StoredRef(printable(id), place, classes.label(_as_path(id)), content)

    def count(self) -> int:
        """How many objects are tried as images."""
        return self._survey[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """What prefixes were taken for, and what is not read, in sentences."""
        return (*self._classes.notes, *self._survey[2].notes)

    @cached_property
    def _classes(self) -> ClassFolders:
        return ClassFolders.of(self._survey[1], self.labels)

    @cached_property
    def _survey(self) -> tuple[int, set[str], PassedOver]:
        """The number of objects, the prefixes that hold images, and what was passed over, from one pass that keeps
        prefixes only."""
        count, parents, passed_over = 0, set[str](), PassedOver()
        for id, _ in _walk(self.place, "", passed_over):
            count += 1
            parent, _, name = _as_path(id).rpartition("/")
            if looks_like_image(name):
                parents.add(parent)
        return count, parents, passed_over


def _as_path(id: str) -> str:
    """A key as folders: `cat\\1.jpg`, as Windows joins it, and `cat//1.jpg` lie in `cat`."""
    return "/".join(part for part in id.replace("\\", "/").split("/") if part)


def _walk(place: Place, prefix: str, passed_over: PassedOver | None = None) -> Iterator[tuple[str, Place]]:
    """Ids and places of the objects that are tried, in natural order."""
    # A key may have a thousand slashes: too many for functions that call themselves.
    waiting = [_tried(place, prefix, passed_over)]
    while waiting:
        for name, below, is_folder in waiting[-1]:
            if is_folder:
                waiting.append(_tried(below, f"{name}/", passed_over))
                break
            yield name or "/", below
        else:
            waiting.pop()


def _tried(place: Place, prefix: str, passed_over: PassedOver | None) -> Iterator[tuple[str, Place, bool]]:
    """The prefixes and tried objects directly below a prefix; hidden objects are counted, hidden prefixes skipped."""
    candidates = []
    for name, is_folder in place.entries():
        if _is_tried(name, is_folder):
            candidates.append((name, is_folder))
        elif passed_over is not None and not is_folder and any(map(is_hidden, _as_path(name).split("/"))):
            passed_over.add_hidden(_as_path(prefix + name))
    candidates.sort(key=lambda entry: natural_key(entry[0]))
    return ((prefix + name, place.below(name), is_folder) for name, is_folder in candidates)


def _is_tried(name: str, is_folder: bool) -> bool:
    """As in a folder. In keys `.` and `..` are names like others, not the system's."""
    parts = _as_path(name).split("/")
    hidden = any(is_hidden(part) for part in parts if part not in (".", ".."))
    return not hidden and (is_folder or is_candidate(parts[-1]))


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    url = parted(target)[0]
    if not is_url(url) or "::" in url or url.partition("://")[0].lower() in _NOT_LISTED:
        return False
    file_name = url.rstrip("/").rpartition("/")[2]
    # The name of an image is one object, unless a slash says otherwise; other names are looked up when it is opened.
    return url.endswith("/") or not ("." in file_name and looks_like_image(file_name))


@source_kind("storage", opens=_opens, order=46)
def storage(target: Any) -> StorageSource | FileSource:
    """A prefix of object storage as a folder: s3://bucket/prefix."""
    url, options = parted(target)
    reading = typed(options, LABELS_OPTION, target)
    place = place_of(url)
    if not place.key.strip("/") and place.protocol != _IN_MEMORY:
        raise SourceNotFound(f"{shown(url)} names no bucket", "Give s3://BUCKET/PREFIX.", source=shown(url))
    kind = place.kind()
    if kind == "file" and not url.endswith("/"):
        typed(options, {}, target)
        refuse_containers(url)
        return FileSource(url)
    if kind is None:
        raise SourceNotFound(f"there is nothing at {shown(url)}", "Check the bucket and the prefix.", source=shown(url))
    return StorageSource(url, place, **reading)
