"""A side of a comparison made from a table of metrics: rows that no file stands behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from harness.views import tested_metrics
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.records.schema import schema_for

Table = np.ndarray[Any, np.dtype[np.float32]]


def profile_of(rows: Table, random: np.random.Generator) -> Profile:
    """A profile of rows whose ids are their numbers.

    Args:
        rows: (n, m) of `tested_metrics`; NaN = missing.
        random: Draws the content hashes, by which a large profile's sample is chosen.
    """
    metrics = tested_metrics()
    filled: dict[str, Any] = {metric.name: column for metric, column in zip(metrics, rows.T, strict=True)}
    filled["id"] = [str(number) for number in range(len(rows))]
    filled["content_hash"] = random.integers(1, 2**63, len(rows), dtype=np.uint64)
    schema = schema_for(metrics)
    arrays = [pa.array(filled[f.name], f.type) if f.name in filled else pa.nulls(len(rows), f.type) for f in schema]
    return from_records(pa.Table.from_arrays(arrays, schema=schema))
