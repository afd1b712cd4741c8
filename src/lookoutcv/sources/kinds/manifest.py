"""A table that lists images: CSV, TSV, JSON lines or Parquet, with a column of paths.

    path,label,time,camera
    day/0001.jpg,cat,2026-03-01T08:00:00Z,north

A line is read when it is needed, none is kept. Relative paths start from the table's folder. No path leads out of
it, and no URL is read, unless the user says so: `list.csv?root=/data`, `list.csv?urls=yes`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lookoutcv.errors import LookoutError, WrongKind
from lookoutcv.files.parquet import is_parquet
from lookoutcv.files.rows import LINES, SEPARATED, columns
from lookoutcv.records.stamp import KIND
from lookoutcv.sources.allowed_places import AllowedPlaces, parse_yes_or_no
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.kinds.base import source_kind
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.table_columns import Roles, embedded_column
from lookoutcv.sources.table_listing import Listing
from lookoutcv.sources.target_options import parted, typed


@dataclass(frozen=True)
class ManifestSource:
    """The images that a table names.

    Args:
        path: The table.
        root: The folder that relative paths start from, and that all images lie in; unless given, the table's.
        urls: Read images from URLs too.
    """

    path: str
    root: str | None = None
    urls: bool = False

    @property
    def name(self) -> str:
        """The path as it was given."""
        return printable(self.path)

    def __iter__(self) -> Iterator[ListedRef]:
        return iter(self._listing)

    def count(self) -> int:
        """How many images it names, from a pass over all lines."""
        return self._listing.count

    @cached_property
    def _listing(self) -> Listing:
        folder = os.path.dirname(self.path) or "."
        inside = AllowedPlaces(folder if self.root is None else self.root, self.urls, self.root is not None)
        remedy = (
            f"If that is meant: {self.name}?root=FOLDER names the folder that the images lie in, ?urls=yes allows URLs."
        )
        return Listing(self.path, self.name, inside, remedy)

    @property
    def without_labels(self) -> tuple[str, str]:
        """Why its images have no label, and what to do; for one of which none has one."""
        return self._listing.without_labels

    @property
    def notes(self) -> tuple[str, ...]:
        """How paths of another machine were read, and columns that are not."""
        return self._listing.notes


def lists_images(path: str | os.PathLike[str]) -> bool:
    """Whether a Parquet file is a table of images, and not one of our own files or something else."""
    name = os.fsdecode(path)
    if not is_parquet(name):
        return False
    import pyarrow.parquet as pq  # noqa: PLC0415 - most targets are no Parquet

    try:
        schema = pq.read_schema(name)
    except Exception:  # damaged: whoever reads it says so
        return False
    if KIND in (schema.metadata or {}):
        return False
    return Roles.of([str(name) for name in schema.names]) is not None or embedded_column(schema) is not None


def _opens(target: Any) -> bool:
    if not isinstance(target, str | os.PathLike) or not os.path.isfile(path := parted(target)[0]):
        return False
    suffix = os.path.splitext(path)[1].lower()
    return suffix in (*SEPARATED, *LINES) or lists_images(path)


def _refuse_records(source: ManifestSource) -> None:
    """Records that `measure -o x.csv` wrote name their images by id: they are written for other programs."""
    try:
        names = set(columns(source.path, source.name))
    except LookoutError:
        return  # whatever is wrong with it, counting says it with its line
    if {"id", "content_hash"} <= names:
        raise WrongKind(
            f"{source.name} holds records written for other programs, which are not read back",
            "Write records as .parquet: lookout measure SOURCE -o records.parquet",
            path=source.name,
        )


@source_kind("manifest", opens=_opens, order=22)
def manifest(target: Any) -> ManifestSource:
    """A table with a column of paths: CSV, TSV, JSON lines or Parquet."""
    path, options = parted(target)
    source = ManifestSource(path, **typed(options, {"root": str, "urls": parse_yes_or_no}, target))
    _refuse_records(source)
    source.count()  # a bad line is reported before hours of measuring
    return source
