"""A single image: a file or a URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from lookoutcv.files.remote import is_url, refused, shown
from lookoutcv.files.stores.buckets import key_of
from lookoutcv.sources.file_names import looks_like_archive, looks_like_film, printable
from lookoutcv.sources.kinds.base import NamedOnly, source_kind


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
        single: There is one image and never more: measuring it gives numbers, not a table.
    """

    place: str
    single: ClassVar[bool] = True

    @property
    def name(self) -> str:
        """The path or URL, without secrets. In the key of a bucket `?` and `#` are characters like others."""
        if not is_url(self.place):
            return printable(self.place)
        key = key_of(self.place)
        return shown(self.place) if key is None else printable(f"{self.place.partition('://')[0]}://{key}")

    def __iter__(self) -> Iterator[FileRef]:
        yield FileRef(self.name.rstrip("/").replace(os.sep, "/").rpartition("/")[2] or self.name, self.place)

    def count(self) -> int:
        """One."""
        return 1


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike):
        return False
    path = os.fsdecode(target)
    return is_url(path) or (os.path.exists(path) and not os.path.isdir(path))


def refuse_containers(url: str) -> None:
    """Refuse a URL of many images in one file: such files are read back and forth, and here only.

    Raises:
        UnreadableSource: It is named as an archive or a video.
    """
    file_name = shown(url).rpartition("/")[2]
    if looks_like_archive(file_name) or looks_like_film(file_name):
        kind = "an archive" if looks_like_archive(file_name) else "a video"
        remedy = (
            f"Copy it here first, and give the copy: {file_name}. Folders of object storage are read where they are."
        )
        raise refused(url, f"{kind} is read from this machine only", remedy)


@source_kind("file", opens=_opens, order=90)
def file(target: Any) -> FileSource:
    """A single image file or URL."""
    path = os.fsdecode(target)
    if is_url(path):
        refuse_containers(path)
    return FileSource(path)
