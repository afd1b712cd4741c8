"""A table with a row an image: which column is what, and how a row becomes a reference."""

from __future__ import annotations

import difflib
import json
import math
from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.column_aliases import (
    CAPTURE_TIMES,
    EMBEDDED_ALONE,
    EMBEDDED_IMAGES,
    IMAGE_PATHS,
    LISTED_LABELS,
    LISTED_OBJECTS,
    AliasedColumns,
    column_key,
)
from lookoutcv.files.parquet import binary_columns, class_names
from lookoutcv.files.rows import LINES, TABLES, Row, bad, columns, rows, schema_of
from lookoutcv.predictions import TrueObjects
from lookoutcv.records.times import time_of
from lookoutcv.sources.allowed_places import AllowedPlaces, PlaceNotAllowedError
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.marks.marked_boxes import label_text, marked_objects
from lookoutcv.sources.marks.table_boxes import BoxColumns, are_shares


@dataclass(frozen=True)
class Roles:
    """The columns that have a meaning here; all others are tags. `embedded` holds the images themselves."""

    path: str
    label: str | None
    time: str | None
    objects: str | None
    tags: str | None
    boxes: BoxColumns
    unlabelled: BoxColumns
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
        )

    def others(self, row: Row) -> Iterator[tuple[str, Any]]:
        """The columns without a meaning."""
        own = {self.path, self.label, self.time, self.objects, self.tags, self.embedded, *self.boxes.columns}
        return ((name, value) for name, value in row.items() if name not in own)


@dataclass(frozen=True)
class Listing:
    """The images that one table names.

    Args:
        path: The table.
        name: What messages call it.
        inside: Which places it may name.
        remedy: What a person types where it names others.
        prefix: Set before each id.
        paths: The column of paths, where it has one name only.
    """

    path: str
    name: str
    inside: AllowedPlaces
    remedy: str
    prefix: str = ""
    paths: tuple[str, ...] = IMAGE_PATHS

    def __iter__(self) -> Iterator[ListedRef]:
        return (ref for _, ref in self._numbered())

    @cached_property
    def count(self) -> int:
        """How many images there are, from a pass over all lines.

        Raises:
            BadManifestLine: A line is not as it must be, or an image comes twice.
        """
        # Eight bytes an image, whatever their number.
        hashes = array("q", (hash(ref.id) for _, ref in self._numbered()))
        ordered = np.sort(np.frombuffer(hashes, dtype=np.int64)) if hashes else np.zeros(0, np.int64)
        doubled = {int(index) for index in ordered[1:][ordered[1:] == ordered[:-1]]}
        if doubled:
            self._refuse_doubled(doubled)
        return len(hashes)

    def _refuse_doubled(self, doubled: set[int]) -> None:
        ids: set[str] = set()
        for line, ref in self._numbered():
            if hash(ref.id) in doubled:
                if ref.id in ids:
                    raise bad(
                        self.name,
                        line,
                        f"{ref.id!r} is there a second time",
                        "Name each image once; the rows of its boxes follow one another: sort the table by path.",
                    )
                ids.add(ref.id)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of how it is read, in sentences."""
        unread = [] if self._schema is None else binary_columns(self._schema)
        named = ", ".join(printable(column) for column in unread if column != self._roles.embedded)
        return (*self.inside.notes, *self._of_boxes(), *([f"Columns of files are not read: {named}."] if named else []))

    def _of_boxes(self) -> Iterator[str]:
        if self._shares:
            yield f"All boxes in {self.name} lie within 0 to 1: they are taken as shares of the images' sides."
        if self._roles.unlabelled.columns:
            named = ", ".join(map(printable, self._roles.unlabelled.columns))
            yield f"No column says what is in the boxes: {named} are tags. Name what is there in a column label."

    @cached_property
    def _shares(self) -> bool:
        """Whether all boxes lie within 0 to 1. Read up to the first that does not."""
        return are_shares(self._corners())

    def _corners(self) -> Iterator[Any]:
        roles = self._roles
        for _, row in rows(self.path, self.name) if roles.boxes.columns or roles.objects is not None else ():
            with suppress(ValueError):  # whoever reads the row says so
                if roles.boxes.columns:
                    box = roles.boxes.box(row)
                    yield from [] if box is None else [box]
                else:
                    marks = objects(row.get(roles.objects or ""))
                    yield from [] if marks is None else marks.boxes.tolist()

    @cached_property
    def _schema(self) -> Any:
        """The columns of Parquet with their types; None of another form."""
        return schema_of(self.path, self.name) if self.path.lower().endswith(TABLES) else None

    @cached_property
    def _class_names(self) -> tuple[str, ...]:
        """The names that stand for numbers in the column of labels; none where nothing says so."""
        return () if self._schema is None else class_names(self._schema).get(self._roles.label or "", ())

    @cached_property
    def _roles(self) -> Roles:
        names = columns(self.path, self.name)
        roles = Roles.of(names, self.paths)
        embedded = None if self._schema is None else embedded_column(self._schema)
        if embedded is not None:
            roles = roles or Roles.of(names, (column_key(embedded),))
            roles = roles and replace(roles, embedded=embedded)
        if roles is None:
            close = [
                column for column in names if difflib.get_close_matches(column.lower(), IMAGE_PATHS, n=1, cutoff=0.75)
            ]
            guess = f"Rename the column {close[0]!r} to path." if close else "Call the column of the paths path."
            raise bad(self.name, 1, "no column names images", guess)
        if not self.path.lower().endswith(LINES):
            return roles
        # The first line need not hold every key that the others have.
        return replace(
            roles,
            label=roles.label or "label",
            time=roles.time or "time",
            objects=roles.objects or "objects",
            tags=roles.tags or "tags",
        )

    def _numbered(self) -> Iterator[tuple[int, ListedRef]]:
        roles = self._roles
        if roles.boxes.columns:
            yield from self._joined(roles)
            return
        for line, row in rows(self.path, self.name, () if roles.embedded is None else (roles.embedded,)):
            id, place = self._place(line, row, roles)
            try:
                label = self._label(row.get(roles.label or ""))
                marks = None if roles.objects is None else objects(row.get(roles.objects))
                if marks is not None and self._shares:
                    marks = replace(marks, relative=True)
                yield line, ListedRef(id, place, label, marks, *self._time_and_tags(line, row, roles))
            except ValueError as error:
                raise bad(self.name, line, str(error)) from None

    def _joined(self, roles: Roles) -> Iterator[tuple[int, ListedRef]]:
        """A row is a box: rows of one image that follow one another are one image."""
        first_row: tuple[int, str, str | bytes, Row] | None = None
        boxes: list[list[float]] = []
        names: list[Any] = []
        for line, row in rows(self.path, self.name, () if roles.embedded is None else (roles.embedded,)):
            id, place = self._place(line, row, roles)
            if first_row is not None and first_row[1] != id:
                yield self._whole(first_row, boxes, names, roles)
                first_row, boxes, names = None, [], []
            first_row = first_row or (line, id, place, row)
            try:
                box = roles.boxes.box(row)
                if box is None:
                    continue  # looked at, and nothing there
                boxes.append(box)
                names.append(self._label(row.get(roles.label or ""), needed=True))
            except ValueError as error:
                raise bad(self.name, line, str(error)) from None
        if first_row is not None:
            yield self._whole(first_row, boxes, names, roles)

    def _whole(
        self, first_row: tuple[int, str, str | bytes, Row], boxes: list[list[float]], names: list[Any], roles: Roles
    ) -> tuple[int, ListedRef]:
        line, id, place, row = first_row
        try:
            marks = marked_objects(boxes, names, relative=self._shares)
            return line, ListedRef(id, place, None, marks, *self._time_and_tags(line, row, roles))
        except ValueError as error:
            raise bad(self.name, line, str(error)) from None

    def _label(self, value: Any, needed: bool = False) -> str | None:
        if isinstance(value, int) and 0 <= value < len(self._class_names):
            value = self._class_names[value]
        return None if _empty(value) and not needed else label_text(value)

    def _place(self, line: int, row: Row, roles: Roles) -> tuple[str, str | bytes]:
        value = row.get(roles.path)
        picture, named = _picture(row.get(roles.embedded or ""))
        if roles.path == roles.embedded:
            value = named
        if picture is not None:
            name = printable(value.replace("\\", "/").strip("/ ")) if isinstance(value, str) else ""
            return self.prefix + (name or f"{line - 1:08}"), picture
        try:
            if not isinstance(value, str):
                raise ValueError("it names no image")
            id, place = self.inside.place(value)
        except PlaceNotAllowedError as error:
            raise bad(self.name, line, str(error), self.inside.remedy(self.remedy)) from None
        except ValueError as error:
            raise bad(self.name, line, str(error)) from None
        return self.prefix + id, place

    def _time_and_tags(self, line: int, row: Row, roles: Roles) -> tuple[datetime | None, Mapping[str, str]]:
        tags = {} if roles.tags is None else _tags(row.get(roles.tags))
        for name, value in roles.others(row):
            if not _empty(value):
                tags[printable(name)] = _text(value)
        try:
            return time_of(row.get(roles.time or "")), tags
        except ValueError as error:
            remedy = f"Correct it; or rename the column {roles.time}, which is a tag then."
            raise bad(self.name, line, str(error), remedy) from None


def embedded_column(schema: Any) -> str | None:
    """The column of a Parquet file that holds the images themselves; None where there is none.

    Args:
        schema: Of Arrow.
    """
    alone = Roles.of([str(name) for name in schema.names]) is None
    return AliasedColumns(binary_columns(schema)).first(EMBEDDED_ALONE if alone else EMBEDDED_IMAGES)


def _picture(value: Any) -> tuple[bytes | None, str | None]:
    """An image's bytes and its name, from a cell of such a column."""
    if isinstance(value, Mapping):
        name = value.get("path")
        return _picture(value.get("bytes"))[0], name if isinstance(name, str) else None
    return (bytes(value) if isinstance(value, bytes) else None), None


def objects(value: Any) -> TrueObjects | None:
    """Marked objects from a cell, as JSON text or as what JSON holds.

    Args:
        value: A list of `{"box": [x1, y1, x2, y2], "label": "dog"}`, or an object of lists as data sets of images have
            it, `{"bbox": [[x, y, width, height]], "categories": ["dog"]}`. `box` and `boxes` are corners, `bbox` a
            corner and a size. Empty where nobody looked; an empty list where nothing was found.
    Raises:
        ValueError: It is none of these.
    Example:
        >>> objects('[{"box": [1, 2, 3, 4], "label": "dog"}]').labels, objects("")
        (('dog',), None)
    """
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("its objects are not JSON") from None
    if _empty(value):
        return None
    if isinstance(value, Mapping):
        sized = "bbox" in value
        boxes = _first(value, ("bbox",) if sized else ("boxes", "box"))
        labels = _first(value, ("categories", "category", "labels", "label", "names"))
        if not isinstance(boxes, list) or not isinstance(labels, list):
            raise ValueError("its objects have no lists of boxes and labels")
        return marked_objects(boxes, labels, sized=sized)
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise ValueError("its objects are no list of objects")
    if len({"bbox" in entry for entry in value}) > 1:
        raise ValueError("its objects have bbox and box")
    sized = bool(value) and "bbox" in value[0]
    boxes = [entry.get("bbox" if sized else "box") for entry in value]
    return marked_objects(
        boxes, [_first(entry, ("label", "category", "class", "name")) for entry in value], sized=sized
    )


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {"tags": printable(value).strip()}
    if isinstance(value, list) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        value = dict(value)  # a map of Arrow's
    if not isinstance(value, Mapping):
        return {} if _empty(value) else {"tags": _text(value)}
    return {printable(str(key)): _text(text) for key, text in value.items() if not _empty(text)}


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if name in value), None)


def _empty(value: Any) -> bool:
    nan = isinstance(value, float) and math.isnan(value)  # how a column of numbers says that there is none
    return value is None or nan or (isinstance(value, str) and not value.strip())


def _text(value: Any) -> str:
    if isinstance(value, str):
        return printable(value).strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return printable(
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
    )
