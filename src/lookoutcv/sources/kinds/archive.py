"""A ZIP archive of images, read in place. Order, labels and what is passed over are those of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import SourceError, UnreadableImage
from lookoutcv.files.archives import Member, folders, members, read_member
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.sources.file_names import (
    looks_like_image,
    natural_key,
)
from lookoutcv.sources.folders.class_folders import AS_FOUND, LABELS_OPTION, ClassFolders
from lookoutcv.sources.folders.passed_over import PassedOver, is_candidate_path
from lookoutcv.sources.kinds.base import BoundedRef, NamedOnly, source_kind, too_large
from lookoutcv.sources.target_options import parted, typed


@dataclass(frozen=True, slots=True)
class ArchiveRef(NamedOnly, BoundedRef):
    """An image in an archive: where its bytes are, so that any process reads it without listing the archive."""

    member: Member
    label: str | None = None

    @property
    def id(self) -> str:
        """Its path within the archive."""
        return self.member.name

    def load(self, limits: Limits = DEFAULT_LIMITS) -> bytes:
        """The unpacked bytes.

        Raises:
            ImageTooLarge: More bytes than the limits allow.
            UnreadableImage: The archive is gone or has changed, or the member is corrupt.
        """
        if self.member.size_bytes > limits.max_bytes:
            raise too_large(self.id, limits)
        try:
            return read_member(self.member)
        except SourceError as error:
            reason = str(error.fields.get("reason", "unsafe archive member"))
            problem = f"{self.id} cannot be read: {reason}"
            raise UnreadableImage(problem, error.remedy, id=self.id, reason=reason) from error


@dataclass(frozen=True)
class ArchiveSource:
    """The images in a ZIP archive.

    Args:
        path: The archive.
        labels: How its folders are read, see `ClassFolders`.
    """

    path: str
    labels: str = AS_FOUND

    @property
    def name(self) -> str:
        """The path as it was given."""
        return self.path + ("" if self.labels == AS_FOUND else f"?labels={self.labels}")

    def __iter__(self) -> Iterator[ArchiveRef]:
        classes = self._classes
        return (ArchiveRef(member, classes.label(member.name)) for member in self._listed[0])

    def count(self) -> int:
        """How many members are tried as images."""
        return len(self._listed[0])

    @property
    def notes(self) -> tuple[str, ...]:
        """What folders were taken for, and what is not read, in sentences."""
        return (*self._classes.notes, *self._listed[1].notes)

    @property
    def empty_classes(self) -> tuple[str, ...]:
        """The folders beside those of the classes that hold no image, where the archive names its folders."""
        return self._classes.without_images(folders(self.path), self._parents)

    @cached_property
    def _classes(self) -> ClassFolders:
        return ClassFolders.of(self._parents, self.labels)

    @cached_property
    def _parents(self) -> frozenset[str]:
        names = (member.name for member in self._listed[0] if looks_like_image(_last(member.name)))
        return frozenset(name.rpartition("/")[0] for name in names)

    @cached_property
    def _listed(self) -> tuple[list[Member], PassedOver]:
        passed_over = PassedOver()
        candidates = [m for m in members(self.path) if is_candidate_path(m.name, passed_over)]
        return sorted(candidates, key=lambda m: [natural_key(part) for part in m.name.split("/")]), passed_over


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(path := parted(target)[0]):
        return False
    try:
        with open(path, "rb") as file:
            magic = file.read(4)
    except OSError:
        return path.lower().endswith(".zip")
    return magic in (b"PK\x03\x04", b"PK\x05\x06") or path.lower().endswith(".zip")


@source_kind("zip", opens=_opens, order=20)
def zip(target: Any) -> ArchiveSource:
    """A ZIP archive of images, read in place; a folder per class."""
    path, options = parted(target)
    source = ArchiveSource(path, **typed(options, LABELS_OPTION, target))
    source.count()  # an unsafe archive is refused when it is opened
    return source
