"""The Arrow schema of records and how it evolves.

Fixed columns come first; every metric is a column under its own name, `float32` (or `uint64` for a hash). A column that
a file lacks reads as missing, a column that is not known is a metric of somebody's own: old and new files mix.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from lookoutcv.metrics import Metric
from lookoutcv.predictions import Task
from lookoutcv.records.measurer import Measurer, measurer_fields
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS, TRUTH, prediction_fields

RECORD_VERSION = 2
# The tag by which a source declares what its images are frames of: each depends on those beside it.
SEQUENCE = "sequence"

FIXED = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", tz="UTC")),
        pa.field("label", pa.string()),
        # What a classifier predicted. Null without one, and in older files.
        pa.field("prediction", pa.string()),
        pa.field("width_px", pa.int32()),
        pa.field("height_px", pa.int32()),
        pa.field("format", pa.string()),
        pa.field("stored_bytes", pa.int64()),
        pa.field("exif_orientation", pa.int8()),
        pa.field("camera", pa.string()),
        pa.field("content_hash", pa.uint64()),
        pa.field("tags", pa.map_(pa.string(), pa.string())),
        # Which batch of a baseline: images that ordinary variation moves together. Null elsewhere, and in older files.
        pa.field("batch", pa.string()),
    ]
)


def schema_for(metrics: Iterable[Metric], task: Task | None = None, measurers: Iterable[Measurer] = ()) -> pa.Schema:
    """The schema of records that hold these metrics.

    Args:
        metrics: Of images and, where there are predictions, of these.
        task: Of the model that predicted; its predictions have columns of their own.
        measurers: Whose columns come last.
    Example:
        >>> from lookoutcv.metric_selection import select_metrics
        >>> schema_for(select_metrics("exposure.brightness")).names[-1]
        'exposure.brightness'
    """
    columns = [pa.field(m.name, pa.uint64() if m.grid is None else pa.float32()) for m in metrics]
    of_task = [] if task is None else prediction_fields(task)
    return pa.schema([*FIXED, PREDICTION_COLUMNS.field(TRUTH), *of_task, *columns, *measurer_fields(measurers)])


def metric_names(schema: pa.Schema) -> list[str]:
    """The columns that hold numeric metrics, in order: every `float32` column that is not a fixed one."""
    return [f.name for f in schema if f.name not in FIXED.names and pa.types.is_floating(f.type)]
