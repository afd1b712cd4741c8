"""Where an entry of a file of predictions says that something is, in the forms that libraries write boxes in."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from lookoutcv.column_aliases import BOX_OBJECTS, AliasedColumns, corners_of
from lookoutcv.measuring.predictions.read_entries import Entry
from lookoutcv.number_text import four_numbers

Box = tuple[float, float, float, float]

# What is left over of a box that was not understood: a part of its name, or three of its sides.
_BOX_LIKE = re.compile(
    r"b(oun)?d?(ing)?_?box(es)?|box|rect(angle)?|xyxy|xywh|.*_(xyxy|xywh)|poly(gon)?|segmentation|masks?"
)
_SIDE = re.compile(
    r"(b?box_)?([xywh]|[xy][12c]|c[xy]|[xy]_?(min|max|cent(er|re))|cent(er|re)_[xy])|left|top|right|bottom"
)
_LEAST_SIDES = 3
_BETWEEN = re.compile(r"[\s,;]+")
_NOT_FOUR = "a box is not four numbers"
_REMEDY = "Give boxes in columns x1, y1, x2, y2 (pixels), or as `bbox`: [x, y, width, height]."


def box_of(entry: Entry) -> tuple[Box | None, bool]:
    """The corners of an entry's box, and whether it is one of boxes.

    Args:
        entry: By key.
    Raises:
        BadPredictions: It is no box, or what looks like one is in a form that is not known.
    """
    named = next((entry.values[name] for name in BOX_OBJECTS if isinstance(entry.values.get(name), Mapping)), None)
    if named is not None:
        box = _of_columns(entry, entry.inner(named).by_key().values)
        if box is None:
            raise entry.bad(
                f"a box with {', '.join(map(repr, list(named)[:6])) or 'nothing'}, which is no known form", _REMEDY
            )
        return box, True
    four = entry.values.get("bbox")
    if isinstance(four, str):
        try:
            four = four_numbers(four)
        except ValueError:
            raise entry.bad(_NOT_FOUR) from None
    if isinstance(four, list | tuple):
        return _checked(entry, four, "sized"), True
    box = _of_columns(entry, {name: entry.values[name] for name in entry.columns if name in entry.values})
    if box is None:
        _check_left_over(entry)
    return box, box is not None


def _of_columns(entry: Entry, values: Mapping[str, Any]) -> Box | None:
    form, columns = AliasedColumns(values).box()
    return _checked(entry, [values[name] for name in columns], form) if columns else None


def _checked(entry: Entry, four: Sequence[Any], form: str) -> Box:
    if len(four) != 4:
        raise entry.bad(_NOT_FOUR)
    x, y, right, bottom = corners_of(form, [entry.number_of(value, "a box") for value in four])
    if not all(map(math.isfinite, (x, y, right, bottom))) or right < x or bottom < y:
        raise entry.bad("a box whose corners are not in order, or no numbers")
    return x, y, right, bottom


def _check_left_over(entry: Entry) -> None:
    """Predictions are not taken for classes of whole images where something says that they are boxes or maps."""
    named = [name for name in entry.columns if name in entry.values]
    several = [name for name in named if _BOX_LIKE.fullmatch(name) and _is_several(entry.values[name])]
    sides = [name for name in named if _SIDE.fullmatch(name)]
    found = several or (sides if len(sides) >= _LEAST_SIDES else [])
    if found:
        raise entry.bad(
            f"{', '.join(map(repr, found[:6]))}: this looks like a box or a mask, in a form that is not known", _REMEDY
        )
    if "share" in entry.values and "regions" in entry.values:
        raise entry.bad("shares of a map, not a class or boxes", "Measure with the model itself: --model FILE.")


def _is_several(value: Any) -> bool:
    return isinstance(value, list | tuple | Mapping) or (
        isinstance(value, str) and len(_BETWEEN.split(value.strip("[]() \t"))) >= _LEAST_SIDES
    )
