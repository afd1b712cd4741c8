"""A table with a row an image, or a row a box: how rows become references."""

from __future__ import annotations

import difflib
import os
from array import array
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from lookoutcv.column_aliases import IMAGE_PATHS, column_key
from lookoutcv.files.parquet import binary_columns, class_names
from lookoutcv.files.rows import LINES, TABLES, Row, bad, columns, rows, schema_of
from lookoutcv.predictions.label_names import plain_numbers, refuse_json
from lookoutcv.records.times import time_of
from lookoutcv.sources.allowed_places import AllowedPlaces, PlaceNotAllowedError
from lookoutcv.sources.file_names import looks_like_image, printable
from lookoutcv.sources.listed_image import ListedRef
from lookoutcv.sources.marks.marked_boxes import label_text, marked_objects
from lookoutcv.sources.marks.table_boxes import are_shares
from lookoutcv.sources.table_cells import is_empty, objects, picture_of, tags_of, text_of_cell
from lookoutcv.sources.table_columns import Roles, embedded_column
from lookoutcv.sources.table_labels import meant_as_labels, why_unlabelled

_SUFFIXES = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".webp", ".JPG", ".JPEG", ".PNG")
# Rows in which the form of a column shows.
_LOOKED_THROUGH = 1000


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

    @property
    def without_labels(self) -> tuple[str, str]:
        """Why its images have no label, as the end of a sentence, and what to do; for one of which none has one."""
        return why_unlabelled(self._named_roles, columns(self.path, self.name))

    def _of_boxes(self) -> Iterator[str]:
        if self._shares:
            yield f"All boxes in {self.name} lie within 0 to 1: they are taken as shares of the images' sides."
        if self._roles.unlabelled.columns:
            named = ", ".join(map(printable, self._roles.unlabelled.columns))
            yield f"No column says what is in the boxes: {named} are tags. Name what is there in a column label."
        bytes_of = () if self._schema is None else binary_columns(self._schema)
        if unread := [column for column in self._roles.unread if column not in bytes_of]:
            named = ", ".join(map(printable, unread))
            yield f"Columns that look like boxes or masks in a form that is not read are tags: {named}."
        looked_through = islice(rows(self.path, self.name), _LOOKED_THROUGH)
        yield from meant_as_labels(self._roles, columns(self.path, self.name), (row for _, row in looked_through))

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
        roles = self._named_roles
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

    @cached_property
    def _named_roles(self) -> Roles:
        """By the columns that are named at the beginning.

        Raises:
            BadManifestLine: No column names images.
        """
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
            if any("." in column and looks_like_image(column) for column in names):
                guess = "Its first line is an image already: write names above it, such as path,x1,y1,x2,y2,label."
            raise bad(self.name, 1, "no column names images", guess)
        return roles

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
                size = roles.size_in(row)
                if marks is not None and size is not None:
                    marks, size = marks.of_picture(*size), None
                yield line, ListedRef(id, place, label, marks, *self._time_and_tags(line, row, roles), size=size)
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
                if roles.size and roles.size_in(row) != roles.size_in(first_row[3]):
                    raise ValueError(f"another size of its image than line {first_row[0]} has")
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
            size = roles.size_in(row)
            marks = marks if size is None else marks.of_picture(*size)
            return line, ListedRef(id, place, None, marks, *self._time_and_tags(line, row, roles))
        except ValueError as error:
            raise bad(self.name, line, str(error)) from None

    def _label(self, value: Any, needed: bool = False) -> str | None:
        if isinstance(value, int) and 0 <= value < len(self._class_names):
            value = self._class_names[value]
        if is_empty(value) and not needed:
            return None
        text = label_text(value)
        refuse_json(text)
        return self._whole_numbers.get(text, text)

    @cached_property
    def _whole_numbers(self) -> dict[str, str]:
        """Texts of class numbers that were written as floats. Where the first rows have none, there are none."""
        column = self._roles.label
        texts: set[str] = set()
        for number, (_, row) in enumerate(rows(self.path, self.name) if column is not None else ()):
            value = row.get(column or "")
            if isinstance(value, str):
                texts.add(value.strip())
            if number == _LOOKED_THROUGH and not plain_numbers(texts):
                return {}
        return plain_numbers(texts)

    def _place(self, line: int, row: Row, roles: Roles) -> tuple[str, str | bytes]:
        value = row.get(roles.path)
        picture, named = picture_of(row.get(roles.embedded or ""))
        if roles.path == roles.embedded:
            value = named
        if picture is not None:
            name = printable(value.replace("\\", "/").strip("/ ")) if isinstance(value, str) else ""
            return self.prefix + (name or f"{line - 1:08}"), picture
        try:
            if not isinstance(value, str):
                raise ValueError("it names no image")
            id, place = self.inside.place(value if "." in value else self._with_suffix(value))
        except PlaceNotAllowedError as error:
            raise bad(self.name, line, str(error), self.inside.remedy(self.remedy)) from None
        except ValueError as error:
            raise bad(self.name, line, str(error)) from None
        return self.prefix + id, place

    def _with_suffix(self, value: str) -> str:
        """The file that an id without a suffix is of, where there is one."""
        root = self.inside.root
        return next(
            (value + suffix for suffix in _SUFFIXES if os.path.isfile(os.path.join(root, value + suffix))), value
        )

    def _time_and_tags(self, line: int, row: Row, roles: Roles) -> tuple[datetime | None, Mapping[str, str]]:
        tags = {} if roles.tags is None else tags_of(row.get(roles.tags))
        for name, value in roles.others(row):
            if not is_empty(value):
                tags[printable(name)] = text_of_cell(value)
        try:
            return time_of(row.get(roles.time or "")), tags
        except ValueError as error:
            remedy = f"Correct it; or rename the column {roles.time}, which is a tag then."
            raise bad(self.name, line, str(error), remedy) from None
