"""A folder of images with a table of what is in them, as Hugging Face data sets have it: `imagefolder`.

The table is `metadata.csv`, `metadata.jsonl` or `metadata.parquet`; its column `file_name` is the image's path below
the table's folder. `label` is the class; `objects` holds boxes. It lies in the folder, or in each of its parts
(`train`, `validation`, `test`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import ConfigError, LookoutError
from lookoutcv.files.rows import columns
from lookoutcv.sources.allowed_places import AllowedPlaces
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.table_listing import Listing
from lookoutcv.sources.target_options import parted, typed

_TABLES = ("metadata.csv", "metadata.jsonl", "metadata.parquet")
_PATH = "file_name"
_PARTS = ("train", "training", "validation", "valid", "val", "dev", "test", "testing")


@dataclass(frozen=True)
class ImageFolderSource:
    """The images that a folder's metadata names, part after part.

    Args:
        root: The folder.
        split: Only this part; unless given, all.
    Raises:
        ConfigError: There is no such part.
    """

    root: str
    split: str | None = None

    @property
    def name(self) -> str:
        """The folder as it was given, with its part."""
        return printable(self.root) + (f"?split={self.split}" if self.split else "")

    def __iter__(self) -> Iterator[ListedRef]:
        return (ref for listing in self._listings for ref in listing)

    def count(self) -> int:
        """How many images are named, from a pass over all lines."""
        return sum(listing.count for listing in self._listings)

    @property
    def without_labels(self) -> tuple[str, str]:
        """Why its images have no label, and what to do; for one of which none has one."""
        return self._listings[0].without_labels

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of how its tables are read, in sentences."""
        return tuple(dict.fromkeys(note for listing in self._listings for note in listing.notes))

    @cached_property
    def _listings(self) -> list[Listing]:
        tables = _tables(self.root)
        if self.split is not None:
            parts = [part for part, _ in tables if part]
            if self.split not in parts:
                remedy = f"There are: {', '.join(parts)}." if parts else "It is not divided: leave split out."
                raise ConfigError(f"{printable(self.root)} has no part {self.split!r}", remedy, key="split")
            tables = [(part, table) for part, table in tables if part == self.split]
        remedy = "The images of a folder lie in it; give a table of images elsewhere by itself, with ?root=FOLDER."
        return [
            Listing(
                table, printable(table), AllowedPlaces(os.path.dirname(table)), remedy, part and f"{part}/", (_PATH,)
            )
            for part, table in tables
        ]


def _tables(root: str) -> list[tuple[str, str]]:
    """Each part and its table; the part "" is the folder itself."""
    return [
        (part, table)
        for part in ("", *_PARTS)
        if (table := next(filter(_is_table, (os.path.join(root, part, file_name) for file_name in _TABLES)), None))
        is not None
    ]


def _is_table(path: str) -> bool:
    """Whether a file is there and has the column that makes it one: people have other files of this name."""
    if not os.path.isfile(path):
        return False
    try:
        return _PATH in columns(path, path)
    except LookoutError:
        return False


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or not os.path.isdir(path := parted(target)[0]):
        return False
    return bool(_tables(path))


@source_kind("imagefolder", opens=_opens, order=7)
def imagefolder(target: Any) -> ImageFolderSource:
    """A folder with metadata.csv or metadata.jsonl (Hugging Face)."""
    path, options = parted(target)
    source = ImageFolderSource(path, **typed(options, {"split": str}, target))
    source.count()  # a bad line is reported before hours of measuring
    return source
