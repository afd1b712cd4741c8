"""What a column of a plain log can be: a box, a text, a number of somebody's own; and what one of its values says."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pyarrow as pa

from lookoutcv import column_aliases as aliases
from lookoutcv.number_text import share_of
from lookoutcv.predictions.box_columns import SIZED_LISTS, BoxColumns
from lookoutcv.records.times import time_of

IMPORTED = "imported."
# A column of somebody's own becomes a column of the table: Delta Lake refuses some characters.
_COLUMN = re.compile(r"[^a-z0-9_.-]+")


def box_columns(known: aliases.AliasedColumns, schema: pa.Schema) -> BoxColumns:
    """Where boxes are: in four columns, or in one of objects, or of lists or texts that is called `bbox`."""
    boxes = BoxColumns.of(known, SIZED_LISTS)
    if boxes.form != "cell":
        return boxes
    (name,) = boxes.columns
    kind = schema.field(name).type
    listed = aliases.column_key(name) in SIZED_LISTS and (is_text(kind) or pa.types.is_nested(kind))
    return boxes if listed or pa.types.is_struct(kind) else BoxColumns()


def is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def is_number(kind: pa.DataType) -> bool:
    """Whether a column holds numbers, or yes and no."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind))


def imported_columns(names: list[str]) -> dict[str, str]:
    """A column of the table for each number that is not known, under a name that Delta Lake takes."""
    renamed: dict[str, str] = {}
    for name in names:
        column = IMPORTED + (_COLUMN.sub("_", name.lower()).strip("_") or "column")[:64]
        taken = list(renamed.values())
        renamed[name] = column if column not in taken else f"{column}_{len(taken)}"
    return renamed


def confidence_of(value: Any) -> Any:
    """A confidence as a number, also one of a text: 90%, or 0,9; what is none stays as it is, for the row to say so."""
    try:
        return share_of(value)
    except ValueError:
        return value


def moment_of(value: Any) -> datetime | str | None:
    """A time as a logger takes it; what cannot be meant stays as text, for the logger to say so."""
    try:
        return time_of(value)
    except ValueError:
        return str(value)
