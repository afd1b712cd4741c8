"""Measurements as a batch of records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa

from lookoutcv.measuring.measurement import Measurement
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.metrics import Metric
from lookoutcv.records.measurer import Measurer, is_measured
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS
from lookoutcv.records.schema import schema_for

_OF_PREDICTION = ("prediction", *PREDICTION_COLUMNS.names)


def to_record_batch(
    rows: Sequence[Measurement],
    metrics: Iterable[Metric],
    source: PredictionSource | None = None,
    measurers: Iterable[Measurer] = (),
) -> pa.RecordBatch:
    """The records of some measurements.

    Args:
        rows: One an image.
        metrics: Of images.
        source: Had the predictions; None where there are none.
        measurers: Measured the images too.
    """
    task = None if source is None else source.identity.task
    schema = schema_for([*metrics, *(() if source is None else source.metrics)], task, measurers)
    columns: list[pa.Array] = []
    for field in schema:
        if field.name == "id":
            values: list[Any] = [row.id for row in rows]
        elif field.name == "batch":
            values = [None] * len(rows)  # whoever makes a baseline of them says what its batches are
        elif field.name == "tags":
            values = [list(row.facts["tags"].items()) if row.facts["tags"] else None for row in rows]
        elif field.name in (rows[0].facts if rows else ()):
            values = [row.facts[field.name] for row in rows]
        elif field.name in _OF_PREDICTION or field.name in (rows[0].prediction if rows else ()):
            values = [row.prediction.get(field.name) for row in rows]
        elif is_measured(field):
            values = [row.measured.get(field.name) for row in rows]
        else:
            values = [row[field.name] for row in rows]
        columns.append(pa.array(values, type=field.type))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
