"""The columns of the prediction log. A row of it is a record with a few columns more, in types that Delta Lake has.

Delta Lake knows no unsigned numbers: hashes are kept as the int64 of the same bits. A tag is a column of its own,
`tag.<name>`, so that a new tag adds a column by itself and SQL can use it; names that make no good column stay in the
map `tags`. Reading rows as records undoes both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from lookoutcv.metrics import Metric
from lookoutcv.records.conform import conform
from lookoutcv.records.measurer import Measurer, is_measured, measurer_fields
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS
from lookoutcv.records.schema import FIXED

PARTITIONS = ["model", "day"]
TAG = "tag."
_CAMERA = TAG + "camera"
# Delta Lake refuses ` ,;{}()\n\t=` in a column's name, and tells names apart by case where others do not.
_TAG_COLUMN = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,63}")
# Each column costs a commit a few bytes for ever; tags beyond these go to the map. A guard against a tag named by data.
MOST_TAG_COLUMNS = 50

# Written as text wherever there is no column of 64 bits to hold them: most readers of CSV and JSON round such numbers.
HASHES = ("content_hash", "identity.phash", "identity.dhash")

# What the log knows beside a record.
LOGGED = pa.schema(
    [
        pa.field("model", pa.string()),
        pa.field("day", pa.date32()),  # of `time`, in UTC
        pa.field("model_version", pa.string()),
        pa.field("task", pa.string()),
        # As it was given, of the prediction or the most certain object; `output.confidence` holds sound ones only.
        pa.field("confidence", pa.float32()),
        # measured | none (no image was given) | sampled out (there was no time to measure it) | unreadable
        pa.field("image_state", pa.string()),
        # What was wrong with the call or the image, in words; null where nothing was.
        pa.field("problems", pa.list_(pa.string())),
        # The caller said that the picture is worth a look (a gate refused it, an operator complained), or there are
        # problems. Null in older rows.
        pa.field("flagged", pa.bool_()),
        # Where the picture is kept, below the table; null where it is not.
        pa.field("retained_image", pa.string()),
        # JSON list of the names that `scores` and `mask` count through; on the first row of each day of a batch, where
        # they are known.
        pa.field("labels", pa.string()),
        # Who wrote the row and the how-manieth it was: the order of one writer's rows whatever its clock said, and one
        # name for each row.
        pa.field("writer", pa.string()),
        pa.field("sequence", pa.int64()),
    ]
)


def _stored(kind: pa.DataType) -> pa.DataType:
    return pa.int64() if kinds.is_uint64(kind) else kind


# The columns that every table has, in order.
BASE = pa.schema([*LOGGED, *(f.with_type(_stored(f.type)) for f in FIXED if f.name != "batch"), *PREDICTION_COLUMNS])


def table_schema(
    metrics: Iterable[Metric] = (), tags: Iterable[str] = (), measurers: Iterable[Measurer] = ()
) -> pa.Schema:
    """The columns of rows with these metrics, tags and measurers.

    Args:
        metrics: Of images and of predictions.
        tags: Names of tags that have columns.
        measurers: What other rooms measure on an image.
    Example:
        >>> from lookoutcv.metric_selection import select_metrics
        >>> table_schema(select_metrics("exposure.contrast"), ["site"]).names[-2:]
        ['exposure.contrast', 'tag.site']
    """
    measured = [pa.field(m.name, pa.int64() if m.grid is None else pa.float32()) for m in metrics]
    return pa.schema(
        [*BASE, *measured, *measurer_fields(measurers), *(pa.field(TAG + name, pa.string()) for name in tags)]
    )


def tag_columns(tags: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Tags that make a column, by the column's name in lower case, and the others.

    Example:
        >>> tag_columns({"Site": "north", "a b": "1"})
        ({'tag.site': 'north'}, {'a b': '1'})
    """
    columns, others = {}, {}
    for name, value in tags.items():
        lower = name.lower()
        if _TAG_COLUMN.fullmatch(lower) and TAG + lower not in columns:
            columns[TAG + lower] = value
        else:
            others[name] = value
    return columns, others


def to_records(rows: pa.Table) -> pa.Table:
    """Rows of the log as records: hashes unsigned, tags in their map, what only the log knows left out.

    Args:
        rows: With any of the table's columns; those that are not there read as null.
    Raises:
        CorruptFile: A column has a type that it cannot have.
    Example:
        >>> rows = pa.table({"id": ["a"], "content_hash": pa.array([-1]), "tag.site": ["north"]})
        >>> record = to_records(rows).to_pylist()[0]
        >>> record["content_hash"] == 2**64 - 1, record["tags"]
        (True, [('site', 'north')])
    """
    columns: dict[str, Any] = {}
    for name in rows.column_names:
        if name in LOGGED.names or name.startswith(TAG) or name == "tags":
            continue
        column = rows.column(name)
        hashed = kinds.is_int64(column.type) and (name == "content_hash" or name not in FIXED.names)
        columns[name] = column.combine_chunks().view(pa.uint64()) if hashed else column
    columns["tags"] = _tags(rows)
    if _CAMERA in rows.column_names:
        # What people call it goes before what EXIF says.
        own, exif = rows.column(_CAMERA), columns.get("camera")
        columns["camera"] = own if exif is None else pc.coalesce(own, exif)
    # What a measurer's column is marked with is how records know it.
    marks = {field.name: field.metadata for field in rows.schema if is_measured(field)}
    fields = [pa.field(name, column.type, metadata=marks.get(name)) for name, column in columns.items()]
    return conform(pa.table(list(columns.values()), schema=pa.schema(fields)), FIXED)


def _tags(rows: pa.Table) -> pa.Array:
    """The map of each row: its tag columns, then what the map holds already."""
    names = [name for name in rows.column_names if name.startswith(TAG)]
    count = rows.num_rows
    folded = _folded([rows.column(name) for name in names], [name.removeprefix(TAG) for name in names], count)
    if "tags" not in rows.column_names or rows.column("tags").null_count == count:
        return folded
    both = zip(folded.to_pylist(), rows.column("tags").to_pylist(), strict=True)
    return pa.array([[*(a or ()), *(b or ())] or None for a, b in both], FIXED.field("tags").type)


def _folded(columns: list[pa.ChunkedArray], names: list[str], count: int) -> pa.Array:
    if not columns or not count:
        return pa.nulls(count, FIXED.field("tags").type)
    valid = np.stack([np.asarray(column.is_valid()) for column in columns], axis=1)
    places = np.arange(count)[:, None] + count * np.arange(len(columns))
    values = pa.concat_arrays([column.combine_chunks().cast(pa.string()) for column in columns]).take(places[valid])
    keys = pa.array(names, pa.string()).take(np.broadcast_to(np.arange(len(columns)), valid.shape)[valid])
    ends = np.cumsum(valid.sum(axis=1))
    offsets = pa.array(np.concatenate([[0], ends]).astype(np.int32), mask=np.append(~valid.any(axis=1), False))
    return pa.MapArray.from_arrays(offsets, keys, values)
