"""Records that no image stands behind, for what happens after measuring: comparison and reports."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.grids import Grid
from lookoutcv.metric_selection import select_metrics
from lookoutcv.metrics import Metric
from lookoutcv.records.schema import schema_for

COLUMNS = 25

FloatArray = np.ndarray[Any, np.dtype[np.float32]]


def columns(count: int = COLUMNS) -> list[Metric]:
    """The first shipped metrics with numbers."""
    return [metric for metric in select_metrics("all") if metric.grid is not None][:count]


def records(rows: int, metrics: list[Metric], seed: int, shift: float = 0.0) -> pa.Table:
    """Records whose metrics have the shapes that metrics of images have: round, skewed, tied, mostly one value.

    Args:
        rows: How many.
        metrics: The columns.
        seed: Of the draw.
        shift: How far every third column is moved, in standard deviations.
    """
    random = np.random.default_rng(seed)
    schema = schema_for(metrics)
    filled: dict[str, Any] = {
        "id": [f"camera-{number % 8}/{seed}-{number:07d}.jpg" for number in range(rows)],
        "label": [f"class {number % 12}" for number in range(rows)],
        "width_px": np.full(rows, 1280, np.int32),
        "height_px": np.full(rows, 960, np.int32),
        "format": ["jpeg"] * rows,
        "content_hash": random.integers(1, 2**63, rows, dtype=np.uint64),
    }
    for number, metric in enumerate(metrics):
        moved = shift if number % 3 == 0 else 0.0
        filled[metric.name] = _column(number, rows, metric, random, moved)
    arrays = [
        pa.array(filled[field.name], field.type) if field.name in filled else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _column(number: int, rows: int, metric: Metric, random: np.random.Generator, shift: float) -> FloatArray:
    normal = random.normal(shift, 1, rows)
    kind = number % 5
    if kind == 1:
        shaped = np.exp(normal / 2) / 4
    elif kind == 2:
        shaped = np.round(0.5 + normal / 8, 2)
    elif kind == 3:
        shaped = np.where(random.random(rows) < 0.9, 0.0, np.abs(normal) / 4)
    else:
        shaped = 0.5 + normal / 8
    return np.asarray(_onto(shaped, metric.grid), dtype=np.float32)


def _onto(values: Any, grid: Grid | None) -> Any:
    """Values around 0 to 1, stretched over the cells of a grid."""
    if grid is None:
        return values
    edges = grid.edges
    low, high = float(edges[0]), float(edges[-1])
    return low + np.clip(values, 0, 1) * (high - low)
