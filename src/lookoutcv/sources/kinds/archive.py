"""A ZIP archive of images, read in place. Order, labels and what is passed over are those of a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import ImageTooLarge, SourceError, UnreadableImage
from lookoutcv.files.archives import Member, members, read_member
from lookoutcv.images.limits import DEFAULT_LIMITS
from lookoutcv.sources.file_names import (
    is_candidate,
    is_hidden,
    looks_like_image,
    natural_key,
)
from lookoutcv.sources.folders.class_folders import class_notes, class_root, label_of
from lookoutcv.sources.kinds.base import NamedOnly, source_kind


@dataclass(frozen=True, slots=True)
class ArchiveRef(NamedOnly):
    """An image in an archive: where its bytes are, so that any process reads it without listing the archive."""

    member: Member
    label: str | None = None

    @property
    def id(self) -> str:
        """Its path within the archive."""
        return self.member.name

    def load(self) -> bytes:
        """The unpacked bytes.

        Raises:
            ImageTooLarge: More than the default `Limits.max_bytes`.
            UnreadableImage: The archive is gone or has changed, or the member is corrupt.
        """
        if self.member.size_bytes > DEFAULT_LIMITS.max_bytes:
            reason = f"larger than {DEFAULT_LIMITS.max_bytes / 2**20:.3g} MiB"
            remedy = "Unpack the archive and give the folder."
            raise ImageTooLarge(f"{self.id} is {reason}", remedy, id=self.id, reason=reason)
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
    """

    path: str

    @property
    def name(self) -> str:
        """The path as it was given."""
        return self.path

    def __iter__(self) -> Iterator[ArchiveRef]:
        root = class_root(self._parents)
        return (ArchiveRef(member, label_of(member.name, root)) for member in self._members)

    def count(self) -> int:
        """How many members are tried as images."""
        return len(self._members)

    @property
    def notes(self) -> tuple[str, ...]:
        """Folders that are not taken for classes, in sentences."""
        return class_notes(self._parents)

    @property
    def _parents(self) -> set[str]:
        return {m.name.rpartition("/")[0] for m in self._members if looks_like_image(_last(m.name))}

    @cached_property
    def _members(self) -> list[Member]:
        candidates = [m for m in members(self.path) if _is_candidate_member(m.name)]
        return sorted(candidates, key=lambda m: [natural_key(part) for part in m.name.split("/")])


def _is_candidate_member(name: str) -> bool:
    return is_candidate(_last(name)) and not any(map(is_hidden, name.split("/")))


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(target):
        return False
    try:
        with open(target, "rb") as file:
            magic = file.read(4)
    except OSError:
        return os.fsdecode(target).lower().endswith(".zip")
    return magic in (b"PK\x03\x04", b"PK\x05\x06") or os.fsdecode(target).lower().endswith(".zip")


@source_kind("zip", opens=_opens, order=20)
def zip(target: Any) -> ArchiveSource:
    """A ZIP archive of images, read in place; a folder per class."""
    source = ArchiveSource(os.fsdecode(target))
    source.count()  # an unsafe archive is refused when it is opened
    return source
