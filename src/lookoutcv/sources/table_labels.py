"""What is said of a table of images that has no column of labels: which columns may be meant for it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from lookoutcv.column_aliases import LISTED_LABELS, column_key
from lookoutcv.files.rows import Row
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.table_cells import text_of_cell
from lookoutcv.sources.table_columns import Roles

_NAMED, _SHOWN = 6, 12
# "lable", "labels", "clas" and "catagory" are so much like the right name; "camera" and "scale" are not.
_NEAR = 0.8


def why_unlabelled(roles: Roles, names: Sequence[str]) -> tuple[str, str]:
    """Why the images of a table have no label, as the end of a sentence, and what to do.

    Args:
        roles: Of its columns.
        names: Of all of them.
    Example:
        >>> why_unlabelled(Roles.of(["path", "lable"]), ["path", "lable"])
        ('its columns are path, lable', "'lable' is near: call it label.")
    """
    if roles.label is not None:
        return f"its column {printable(roles.label)!r} is empty", "Write the class of each image there."
    shown = ", ".join(map(printable, names[:_SHOWN])) + f" and {len(names) - _SHOWN} more" * (len(names) > _SHOWN)
    near = _nearly_label(roles, names)
    return f"its columns are {shown}", (
        f"{printable(near)!r} is near: call it label." if near else "Call the one with the classes label."
    )


def meant_as_labels(roles: Roles, names: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """What is said of columns that may be meant as labels, where none is one.

    Args:
        roles, names: As of `why_unlabelled`.
        rows: The first of them.
    """
    if roles.label is not None or roles.boxes.columns or roles.objects is not None:
        return
    flags = _flags(roles, rows)
    if flags:
        named = ", ".join(map(printable, flags[:_NAMED]))
        more = f" and {len(flags) - _NAMED} more" if len(flags) > _NAMED else ""
        yield f"No column is a label; {named}{more} hold 0 and 1 and are tags. Write the class in a column label."
    elif near := _nearly_label(roles, names):
        yield f"No column is a label; {printable(near)!r} may be meant for one, and is a tag. Call it label."


def _nearly_label(roles: Roles, names: Sequence[str]) -> str | None:
    """The column whose name is nearly that of a label."""
    known = {roles.path, roles.time, roles.objects, roles.tags, roles.embedded, *roles.boxes.columns}
    near = (
        name
        for name in names
        if name not in known and difflib.get_close_matches(column_key(name), LISTED_LABELS, n=1, cutoff=_NEAR)
    )
    return next(near, None)


def _flags(roles: Roles, rows: Iterable[Row]) -> list[str]:
    """Columns that hold 0 and 1: one for each class, as some tools export classes."""
    seen: dict[str, set[str]] = {}
    for row in rows:
        for name, value in roles.others(row):
            seen.setdefault(name, set()).add(text_of_cell(value))
    flags = [name for name, values in seen.items() if values == {"0", "1"}]
    return flags if len(flags) > 1 else []
