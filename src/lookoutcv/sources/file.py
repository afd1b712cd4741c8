"""A single image: a file or a URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from lookoutcv.files.remote import is_url, shown
from lookoutcv.sources._layout import printable
from lookoutcv.sources.base import NamedOnly, SourceKind


@dataclass(frozen=True, slots=True)
class FileRef(NamedOnly):
    """One image by path or URL. The id is its last part, or what a sequence calls it."""

    id: str
    place: str

    def load(self) -> str:
        """The path or URL."""
        return self.place


@dataclass(frozen=True)
class FileSource:
    """One image as a source.

    Args:
        place: Path or URL.
        single: There is one image and never more: measuring it answers with numbers, not with a table.
    """

    place: str
    single: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The path or URL, without secrets."""
        return shown(self.place) if is_url(self.place) else printable(self.place)

    def __iter__(self) -> Iterator[FileRef]:
        yield FileRef(self.name.rstrip("/").replace(os.sep, "/").rpartition("/")[2] or self.name, self.place)

    def count(self) -> int:
        """One."""
        return 1


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    place = os.fsdecode(target)
    return is_url(place) or (os.path.exists(place) and not os.path.isdir(place))


def _open(target: Any) -> FileSource:
    return FileSource(os.fsdecode(target))


file = SourceKind("file", _opens, _open, "a single image file or URL", order=90)
