"""Which column of a table with a row an image is what."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from lookoutcv.column_aliases import (
    BOX_OBJECTS,
    CAPTURE_TIMES,
    EMBEDDED_ALONE,
    EMBEDDED_IMAGES,
    IMAGE_PATHS,
    LISTED_LABELS,
    LISTED_OBJECTS,
    AliasedColumns,
    column_key,
)
from lookoutcv.files.parquet import binary_columns
from lookoutcv.files.rows import Row
from lookoutcv.number_text import number_of
from lookoutcv.predictions.box_columns import BOX_LIKE, BoxColumns
from lookoutcv.sources.listed_image import MOST_SIDE


@dataclass(frozen=True)
class Roles:
    """The columns that have a meaning here; all others are tags.

    Args:
        path, label, time, objects, tags, boxes: Where what is known of an image stands; None where nowhere.
        unlabelled: Columns of boxes in a table that does not say what is in them.
        size: Width and height of the image, which are tags too: in a table of things to buy they are something else.
        unread: What looks like boxes or masks in another form.
        embedded: Holds the images themselves.
    """

    path: str
    label: str | None
    time: str | None
    objects: str | None
    tags: str | None
    boxes: BoxColumns
    unlabelled: BoxColumns
    size: tuple[str, ...]
    unread: tuple[str, ...] = ()
    embedded: str | None = None

    @classmethod
    def of(cls, names: list[str], paths: tuple[str, ...] = IMAGE_PATHS) -> Roles | None:
        """Of a table's columns, whatever their case; None where no column names images."""
        columns = AliasedColumns(names)
        path = columns.first(paths)
        if path is None:
            return None
        boxes = BoxColumns.of(columns)
        # x, y, width and height may be anything where nothing says what is there; corners are those of a box.
        known = boxes.form == "corners" or columns.first(LISTED_LABELS) is not None
        return cls(
            path,
            columns.first(LISTED_LABELS),
            columns.first(CAPTURE_TIMES),
            columns.first(LISTED_OBJECTS),
            columns.first(("tags",)),
            boxes if known else BoxColumns(),
            BoxColumns() if known else boxes,
            columns.size(boxes.columns),
            _unread(names, {*boxes.columns, columns.first(LISTED_OBJECTS), path}, bool(boxes.columns)),
        )

    def size_in(self, row: Row) -> tuple[int, int] | None:
        """Width and height of the image that a row declares; None where it declares no such two numbers."""
        try:
            width, height = (number_of(row.get(name)) for name in self.size)
        except ValueError:
            return None
        whole = width.is_integer() and height.is_integer()
        return (int(width), int(height)) if whole and 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE else None

    def others(self, row: Row) -> Iterator[tuple[str, Any]]:
        """The columns without a meaning."""
        own = {self.path, self.label, self.time, self.objects, self.tags, self.embedded, *self.boxes.columns}
        return ((name, value) for name, value in row.items() if name not in own)


def _unread(names: list[str], read: Collection[str | None], boxed: bool) -> tuple[str, ...]:
    """What looks like boxes or masks and is not read; beside boxes, the same box in one cell is nothing more."""
    left = [name for name in names if name not in read and BOX_LIKE.fullmatch(column_key(name))]
    return tuple(name for name in left if not (boxed and column_key(name) in BOX_OBJECTS))


def embedded_column(schema: Any) -> str | None:
    """The column of a Parquet file that holds the images themselves; None where there is none.

    Args:
        schema: Of Arrow.
    """
    alone = Roles.of([str(name) for name in schema.names]) is None
    return AliasedColumns(binary_columns(schema)).first(EMBEDDED_ALONE if alone else EMBEDDED_IMAGES)
