"""Where a table, an entry of a file, or what a library returned says that a box is: four numbers in any usual form."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lookoutcv.column_aliases import BOX_OBJECTS, AliasedColumns, column_key, corners_of
from lookoutcv.number_text import four_numbers, number_of

_BETWEEN = re.compile(r"[\s,;]+")
# What is left over of a box that was not understood: a part of its name, or three of its sides.
BOX_LIKE = re.compile(
    r"b(oun)?d?(ing)?_?box(es)?|box(es)?|rect(angle)?|xyxy|xywh|.*_(xyxy|xywh)|poly(gon)?|segmentation|masks?"
    r"|region_shape_attributes|encoded_?pixels|prediction_?string"
)
_SIDE = re.compile(
    r"(b?box[_.])?([xywh]|[xy][12c]|c[xy]|[xy]_?(min|max|cent(er|re))|cent(er|re)_[xy]|left|top|right|bottom)"
)
_LEAST_SIDES = 3
_NOT_FOUR = "a box is not four numbers"
# Beyond, a coordinate is none: no picture has ten million columns.
_MOST_PX = 1e7
# Four numbers under these are a corner and a size, as COCO has them; others' `box` may as well be two corners.
SIZED_LISTS = ("bbox",)
TAKEN_FOR_CORNERS = "taken for their upper left corner. Where they are the centre, call them x_center and y_center."


@dataclass(frozen=True)
class BoxColumns:
    """The columns that say where a box is.

    Args:
        form: "corners", "sized" or "centred", as in `AliasedColumns.box`; "cell" for one column with corner and size.
        columns: Their names; none where there are no boxes.
        lists: Cells in which four numbers are a corner and a size; an object that names its sides may be in any.
    """

    form: str = ""
    columns: tuple[str, ...] = ()
    lists: tuple[str, ...] = BOX_OBJECTS

    @classmethod
    def of(cls, names: AliasedColumns, lists: tuple[str, ...] = BOX_OBJECTS) -> BoxColumns:
        """Those of a table.

        Example:
            >>> BoxColumns.of(AliasedColumns(["path", "X", "Y", "Width", "Height"]), SIZED_LISTS)
            BoxColumns(form='sized', columns=('X', 'Y', 'Width', 'Height'), lists=('bbox',))
        """
        form, columns = names.box()
        cell = None if columns else names.first(BOX_OBJECTS)
        return cls(form, columns, lists) if cell is None else cls("cell", (cell,), lists)

    @property
    def bare(self) -> bool:
        """Whether they are called x, y, width and height: a corner and a size to most, a centre and a size to some."""
        return self.form == "sized" and tuple(map(column_key, self.columns[:2])) == ("x", "y")

    def box(self, row: Mapping[str, Any]) -> list[float] | None:
        """The corners that a row says; None where it has no box.

        Raises:
            ValueError: Not four numbers within reason, a negative size, or a form that is not known.
        Example:
            >>> BoxColumns("cell", ("bbox",)).box({"bbox": "[1, 2, 3, 4]"})
            [1.0, 2.0, 4.0, 6.0]
        """
        corners = self.corners(row)
        return None if corners is None else checked_corners(corners)

    def corners(self, row: Mapping[str, Any]) -> tuple[float, float, float, float] | None:
        """The same unchecked: they may be in the other order, infinite or NaN.

        Raises:
            ValueError: Not four numbers, or a form that is not known.
        """
        values: list[Any] = [row.get(name) for name in self.columns]
        if all(map(_empty, values)):
            return None
        form, four = (self.form, values) if self.form != "cell" else self._of_cell(values[0])
        try:
            numbers = four_numbers(four) if isinstance(four, str) else list(map(number_of, four))
        except ValueError:
            raise ValueError(_NOT_FOUR) from None
        if len(numbers) != 4:
            raise ValueError(_NOT_FOUR)
        return corners_of(form, numbers)

    def _of_cell(self, cell: Any) -> tuple[str, Sequence[Any]]:
        """The form and the numbers of one cell: a list or text of corner and size, or an object with names."""
        if isinstance(cell, Mapping):
            form, names = AliasedColumns(cell).box()
            if not names:
                known = ", ".join(map(repr, list(cell)[:6])) or "nothing"
                raise ValueError(f"a box with {known}, which is no known form")
            return form, [cell[name] for name in names]
        if column_key(self.columns[0]) not in self.lists:
            raise ValueError(f"{self.columns[0]!r}: four numbers, which may be two corners or a corner and a size")
        return "sized", cell if isinstance(cell, list | tuple | str) else [cell]


def checked_corners(corners: Sequence[float]) -> list[float]:
    """x1, y1, x2, y2 as they are.

    Raises:
        ValueError: They are not within reason, or not in order.
    """
    if not all(abs(number) <= _MOST_PX for number in corners):  # NaN is not either
        raise ValueError("a box has a coordinate beyond reason")
    x, y, right, bottom = corners
    if right < x or bottom < y:
        raise ValueError("a box of negative size")
    return [x, y, right, bottom]


def unread_boxes(values: Mapping[str, Any]) -> list[str]:
    """The names of what looks like a box or a mask, in a form that is not known; none where nothing does.

    Args:
        values: By `column_key`, without those of a box that was read.
    Example:
        >>> unread_boxes({"label": "cat", "polygon": [[0, 0], [1, 1]]}), unread_boxes({"label": "cat", "x": 3})
        (['polygon'], [])
    """
    several = [name for name, value in values.items() if BOX_LIKE.fullmatch(name) and _is_several(value)]
    sides = [name for name in values if _SIDE.fullmatch(name)]
    return several or (sides if len(sides) >= _LEAST_SIDES else [])


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple | Mapping) or (
        isinstance(value, str) and len(_BETWEEN.split(value.strip("[]() \t"))) >= _LEAST_SIDES
    )


def _empty(value: Any) -> bool:
    nan = isinstance(value, float) and math.isnan(value)
    return value is None or nan or (isinstance(value, str) and not value.strip())
