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

from lookoutcv.errors import ImageTooLarge, SourceError, UnreadableImage
from lookoutcv.files.tars import TarMember, read_tar_member, tar_members
from lookoutcv.files.unpacking import Unpacked, first_bytes, is_compressed
from lookoutcv.images.limits import DEFAULT_LIMITS
from lookoutcv.sources.file_names import (
    is_candidate,
    is_hidden,
    looks_like_image,
    natural_key,
    printable,
)
from lookoutcv.sources.folders.class_folders import class_notes, class_root, label_of
from lookoutcv.sources.kinds.base import NamedOnly, source_kind
from lookoutcv.sources.target_options import parted, typed

_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz")
# The first header is among the first bytes; packed, it is far smaller than this.
_HEAD_BYTES = 65_536
_MAGIC_AT, _HEADER_BYTES = 257, 512


@dataclass(frozen=True, slots=True)
class TarRef(NamedOnly):
    """An image in an archive: where its bytes are. The temporary file, where there is one, lives as long as this."""

    member: TarMember
    label: str | None = None
    unpacked: Unpacked | None = None

    @property
    def id(self) -> str:
        """Its path within the archive."""
        return printable(self.member.name)

    def load(self) -> bytes:
        """The bytes.

        Raises:
            ImageTooLarge: More than the default `Limits.max_bytes`.
            UnreadableImage: The archive is gone or has changed.
        """
        if self.member.size_bytes > DEFAULT_LIMITS.max_bytes:
            reason = f"larger than {DEFAULT_LIMITS.max_bytes / 2**20:.3g} MiB"
            remedy = "Unpack the archive and give the folder."
            raise ImageTooLarge(f"{self.id} is {reason}", remedy, id=self.id, reason=reason)
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
    """

    path: str

    @property
    def name(self) -> str:
        """The path as it was given."""
        return printable(self.path)

    def __iter__(self) -> Iterator[TarRef]:
        members = self._members
        root = class_root(self._parents)
        return (TarRef(member, label_of(printable(member.name), root), self._unpacked) for member in members)

    def count(self) -> int:
        """How many members are tried as images."""
        return len(self._members)

    @cached_property
    def _unpacked(self) -> Unpacked | None:
        return Unpacked(self.path) if is_compressed(_head(self.path)) else None

    @property
    def notes(self) -> tuple[str, ...]:
        """Folders that are not taken for classes, in sentences."""
        return class_notes(self._parents)

    @property
    def _parents(self) -> set[str]:
        return {m.name.rpartition("/")[0] for m in self._members if looks_like_image(_last(m.name))}

    @cached_property
    def _members(self) -> list[TarMember]:
        path = self.path if self._unpacked is None else self._unpacked.path
        candidates = [m for m in tar_members(path, self.name) if _is_candidate_member(m.name)]
        return sorted(candidates, key=lambda m: [natural_key(part) for part in m.name.split("/")])


def _is_candidate_member(name: str) -> bool:
    return is_candidate(_last(name)) and not any(map(is_hidden, name.split("/")))


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
    source = TarSource(path, **typed(options, {}, target))
    source.count()  # an unsafe archive is refused when it is opened
    return source
