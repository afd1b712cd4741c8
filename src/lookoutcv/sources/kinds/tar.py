"""A TAR archive of images. Order, labels and what is passed over are those of a folder.

A plain archive is read in place. A compressed one (gzip, bzip2, xz) is compressed as a whole, so that no image in it
can be read without all before it: it is unpacked once into one temporary file, which is deleted afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import SourceError, UnreadableImage
from lookoutcv.files.tars import TarMember, read_tar_member, tar_members
from lookoutcv.files.unpacking import Unpacked, first_bytes, is_compressed
from lookoutcv.images.limits import DEFAULT_LIMITS, Limits
from lookoutcv.sources.file_names import (
    looks_like_image,
    natural_key,
    printable,
)
from lookoutcv.sources.folders.class_folders import AS_FOUND, LABELS_OPTION, ClassFolders
from lookoutcv.sources.folders.passed_over import PassedOver, is_candidate_path
from lookoutcv.sources.kinds.base import BoundedRef, NamedOnly, source_kind, too_large
from lookoutcv.sources.target_options import parted, typed

_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
# The first header is among the first bytes; packed, it is far smaller than this.
_HEAD_BYTES = 65_536
_MAGIC_AT, _HEADER_BYTES = 257, 512


@dataclass(frozen=True, slots=True)
class TarRef(NamedOnly, BoundedRef):
    """An image in an archive: where its bytes are. The temporary file, where there is one, lives as long as this."""

    member: TarMember
    label: str | None = None
    unpacked: Unpacked | None = None

    @property
    def id(self) -> str:
        """Its path within the archive."""
        return printable(self.member.name)

    def load(self, limits: Limits = DEFAULT_LIMITS) -> bytes:
        """The bytes.

        Raises:
            ImageTooLarge: More bytes than the limits allow.
            UnreadableImage: The archive is gone or has changed.
        """
        if self.member.size_bytes > limits.max_bytes:
            raise too_large(self.id, limits)
        try:
            return read_tar_member(self.member)
        except SourceError as error:
            reason = str(error.fields["reason"])
            raise UnreadableImage(
                f"{self.id} cannot be read: {reason}", error.remedy, id=self.id, reason=reason
            ) from error


@dataclass(frozen=True)
class TarSource:
    """The images in a TAR archive.

    Args:
        path: The archive, plain or compressed.
        labels: How its folders are read, see `ClassFolders`.
    """

    path: str
    labels: str = AS_FOUND

    @property
    def name(self) -> str:
        """The path as it was given."""
        return printable(self.path) + ("" if self.labels == AS_FOUND else f"?labels={self.labels}")

    def __iter__(self) -> Iterator[TarRef]:
        members, classes = self._listed[0], self._classes
        return (TarRef(member, classes.label(printable(member.name)), self._unpacked) for member in members)

    def count(self) -> int:
        """How many members are tried as images."""
        return len(self._listed[0])

    @cached_property
    def _unpacked(self) -> Unpacked | None:
        return Unpacked(self.path) if is_compressed(_head(self.path)) else None

    @property
    def notes(self) -> tuple[str, ...]:
        """What folders were taken for, and what is not read, in sentences."""
        return (*self._classes.notes, *self._listed[1].notes)

    @property
    def empty_classes(self) -> tuple[str, ...]:
        """The folders beside those of the classes that hold no image, where the archive names its folders."""
        return self._classes.without_images(map(printable, self._listed[2]), self._parents)

    @cached_property
    def _classes(self) -> ClassFolders:
        return ClassFolders.of(self._parents, self.labels)

    @cached_property
    def _parents(self) -> frozenset[str]:
        names = (printable(member.name) for member in self._listed[0] if looks_like_image(_last(member.name)))
        return frozenset(name.rpartition("/")[0] for name in names)

    @cached_property
    def _listed(self) -> tuple[list[TarMember], PassedOver, list[str]]:
        passed_over, folders = PassedOver(), list[str]()
        path = self.path if self._unpacked is None else self._unpacked.path
        found = tar_members(path, self.name, passed_over=passed_over.add, folder=folders.append)
        candidates = [m for m in found if is_candidate_path(m.name, passed_over)]
        order = sorted(candidates, key=lambda m: [natural_key(part) for part in m.name.split("/")])
        return order, passed_over, folders


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _head(path: str) -> bytes:
    """The first bytes; none where it may not be read, which listing it says."""
    try:
        with open(path, "rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(path := parted(target)[0]):
        return False
    if path.lower().endswith(_SUFFIXES):
        return True
    head = _head(path)
    begins = first_bytes(head, _HEADER_BYTES) if is_compressed(head) else head
    return begins[_MAGIC_AT : _MAGIC_AT + 5] == b"ustar"


@source_kind("tar", opens=_opens, order=21)
def tar(target: Any) -> TarSource:
    """A TAR archive of images (.tar, .tar.gz, .bz2, .xz); a folder per class."""
    path, options = parted(target)
    source = TarSource(path, **typed(options, LABELS_OPTION, target))
    source.count()  # an unsafe archive is refused when it is opened
    return source
