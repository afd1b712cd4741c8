"""Where an entry of a file of predictions says that something is, in the forms that libraries write boxes in."""

from __future__ import annotations

from functools import lru_cache

from lookoutcv.calls.option_names import option
from lookoutcv.column_aliases import AliasedColumns
from lookoutcv.measuring.predictions.read_entries import Entry
from lookoutcv.predictions.box_columns import SIZED_LISTS, BoxColumns, unread_boxes

Box = tuple[float, float, float, float]

_REMEDY = "Give boxes in columns x1, y1, x2, y2 (pixels), or as `bbox`: [x, y, width, height]."


def box_of(entry: Entry) -> tuple[Box | None, BoxColumns]:
    """The corners of an entry's box, None where it has none, and the columns that say it.

    Args:
        entry: By key.
    Raises:
        BadPredictions: It is no box, or what looks like one is in a form that is not known.
    """
    columns = box_columns(entry.columns)
    if columns.form == "cell" and not unread_boxes({name: entry.values.get(name) for name in columns.columns}):
        columns = BoxColumns()  # the number of a box, say
    try:
        box = columns.box(entry.values)
    except ValueError as reason:
        raise entry.bad(str(reason), _REMEDY) from None
    if not columns.columns:
        _check_left_over(entry)
    return None if box is None else (box[0], box[1], box[2], box[3]), columns


@lru_cache(maxsize=64)
def box_columns(names: tuple[str, ...]) -> BoxColumns:
    """Those of entries with these names."""
    return BoxColumns.of(AliasedColumns(names), SIZED_LISTS)


def _check_left_over(entry: Entry) -> None:
    """Predictions are not taken for classes of whole images where something says that they are boxes or maps."""
    found = unread_boxes({name: entry.values[name] for name in entry.columns if name in entry.values})
    if found:
        raise entry.bad(
            f"{', '.join(map(repr, found[:6]))}: this looks like a box or a mask, in a form that is not known", _REMEDY
        )
    if "share" in entry.values and "regions" in entry.values:
        raise entry.bad(
            "shares of a map, not a class or boxes", f"Measure with the model itself: {option('model', 'FILE')}."
        )
