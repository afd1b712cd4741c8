"""Where a table with a row a box says that the box is: four columns in any of the usual forms, or one cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lookoutcv.column_aliases import BOX_OBJECTS, AliasedColumns, corners_of
from lookoutcv.number_text import four_numbers, number_of
from lookoutcv.sources.marks.marked_boxes import box_corners

# What rounding leaves beyond 0 and 1; a box in pixels that ends within a hundredth of the first pixel is none.
_SLACK = 0.01


@dataclass(frozen=True)
class BoxColumns:
    """The columns of a table that say where a box is.

    Args:
        form: "corners", "sized" or "centred", as in `AliasedColumns.box`; "cell" for one column with corner and size.
        columns: Their names; none where the table has no boxes.
    """

    form: str = ""
    columns: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: AliasedColumns) -> BoxColumns:
        """Those of a table.

        Example:
            >>> BoxColumns.of(AliasedColumns(["path", "X", "Y", "Width", "Height"]))
            BoxColumns(form='sized', columns=('X', 'Y', 'Width', 'Height'))
        """
        form, columns = names.box()
        cell = None if columns else names.first(BOX_OBJECTS)
        return cls(form, columns) if cell is None else cls("cell", (cell,))

    def box(self, row: Mapping[str, Any]) -> list[float] | None:
        """The corners that a row says; None where it has no box.

        Raises:
            ValueError: Not four finite numbers, or a negative size.
        Example:
            >>> BoxColumns("cell", ("bbox",)).box({"bbox": "[1, 2, 3, 4]"})
            [1.0, 2.0, 4.0, 6.0]
        """
        values: list[Any] = [row.get(name) for name in self.columns]
        if all(map(_empty, values)):
            return None
        try:
            form, four = (self.form, values) if self.form != "cell" else _of_cell(values[0])
            numbers = [number_of(value) for value in four]
        except ValueError:
            raise ValueError("a box is not four numbers") from None
        if len(numbers) != 4:
            raise ValueError("a box is not four numbers")
        return box_corners(list(corners_of(form, numbers)))


def _of_cell(cell: Any) -> tuple[str, Sequence[Any]]:
    """The form and the numbers of one cell: a list or text of corner and size, or an object with names of its own."""
    if isinstance(cell, str):
        return "sized", four_numbers(cell)
    if isinstance(cell, Mapping):
        form, names = AliasedColumns(cell).box()
        return form or "sized", [cell[name] for name in names]
    return "sized", cell if isinstance(cell, list | tuple) else [cell]


def are_shares(boxes: Iterable[Sequence[float]]) -> bool:
    """Whether boxes are shares of the sides: all lie within 0 to 1, and not all of their corners are whole numbers.

    Args:
        boxes: Corners; read up to the first that is none.
    Example:
        >>> are_shares([[0.1, 0.2, 0.5, 1]]), are_shares([[0, 0, 1, 1]]), are_shares([[0.5, 0, 1, 1], [0, 0, 30, 9]])
        (True, False, False)
    """
    fractions = False
    for box in boxes:
        if not all(-_SLACK <= corner <= 1 + _SLACK for corner in box):
            return False
        fractions = fractions or any(float(corner) != round(corner) for corner in box)
    return fractions


def _empty(value: Any) -> bool:
    nan = isinstance(value, float) and math.isnan(value)
    return value is None or nan or (isinstance(value, str) and not value.strip())
