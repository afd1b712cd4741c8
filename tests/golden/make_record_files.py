"""Writes the record and baseline files that `test_record_files.py` reads, in the version of the day.

Run once for each new version of a form, from the folder of the checkout: `python tests/golden/make_record_files.py`.
It refuses to replace a file that exists: what an earlier version wrote must be read as it was.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from lookoutcv.grids import linear, logarithmic
from lookoutcv.metrics import metric
from lookoutcv.profiles import Profile, ProfileBuilder
from lookoutcv.profiles.codec import encode
from lookoutcv.profiles.json_codec import encode_json
from lookoutcv.profiles.migrations import current_version
from lookoutcv.records import codec
from lookoutcv.records.schema import RECORD_VERSION, schema_for

DATA = Path(__file__).parent / "data"
METRICS = [
    metric("golden.grey", unit="1", range=(0, 1), grid=linear(0, 1, 20), source="test")(lambda view: 0.0),
    metric("golden.size", unit="px", range=(0, None), grid=logarithmic(0.01, 1e4, 30), source="test")(lambda view: 0.0),
    metric("golden.hash", unit="64 bits", range=(0, None), grid=None, source="test")(lambda view: 0.0),
]
# Columns of later versions: null in the records here, and left out so that what earlier versions wrote still compares.
LATER = ("batch", "prediction", "true_objects")
START = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC)


def row(i: int) -> dict[str, Any]:
    """One record by arithmetic alone: no generator of random numbers whose stream may change."""
    return {
        "id": f"site-{i % 3}/Größe {i}.jpg",
        "time": None if i % 7 == 0 else START + timedelta(minutes=i),
        "label": [None, "cat", "dog", "Ελέφαντας"][i % 4],
        "width_px": 640 if i % 5 else 480,
        "height_px": 480,
        "format": "jpeg" if i % 6 else "png",
        "stored_bytes": 10_000 + 37 * i,
        "exif_orientation": None if i % 2 else 1 + i % 8,
        "camera": None if i % 3 else "ACME X100",
        "content_hash": (i * 0x9E3779B97F4A7C15) % 2**64,
        "tags": [("site", str(i % 3))] if i % 2 else None,
        "golden.grey": [None, float("nan"), i / 128][min(i % 9, 2)],
        "golden.size": i * i / 8,
        "golden.hash": (i * 0xC2B2AE3D27D4EB4F) % 2**64,
    }


def records() -> pa.Table:
    """The records that both files hold."""
    return pa.Table.from_pylist([row(i) for i in range(160)], schema=schema_for(METRICS))


def profile() -> Profile:
    """Their profile."""
    builder = ProfileBuilder(METRICS, sample_size=100)
    for batch in records().to_batches():
        builder.add(batch)
    builder.skip(3)
    return builder.build()


def told(found: Profile, metadata: dict[str, Any]) -> dict[str, Any]:
    """Everything that must never change, as plain values."""
    return {
        "count": found.count,
        "skipped": found.skipped,
        "sample_size": found.sample_size,
        "times": [t.isoformat() if t else None for t in (found.first_time, found.last_time)],
        "counts": {key: dict(values) for key, values in found.counts.items() if key not in (*LATER, "gate") or values},
        "histograms": {
            name: [h.grid.to_dict(), h.counts.tolist(), h.missing, str(h.exact_sum), h.minimum, h.maximum, h.mean]
            for name, h in found.histograms.items()
        },
        "sample": rows_of(found.sample),
        "metadata": metadata,
    }


def rows_of(table: pa.Table) -> list[list[Any]]:
    """The rows as JSON holds them: NaN as text, times in ISO 8601."""
    if any(table.column(name).null_count < table.num_rows for name in LATER if name in table.column_names):
        raise ValueError("a column of a later version is not null")
    return [[plain(value) for name, value in row.items() if name not in LATER] for row in table.to_pylist()]


def plain(value: Any) -> Any:
    """One value as JSON holds it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [list(pair) for pair in value]
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet."""
    with path.open("xb") as file:
        file.write(data)


if __name__ == "__main__":
    metadata = {"name": "Größe", "batches": [["day", 1.5], None]}
    version = current_version()
    write_new(DATA / f"baseline-v{version}.parquet", encode(profile(), metadata=metadata))
    write_new(DATA / f"baseline-v{version}.json", json.dumps(told(profile(), metadata), indent=0).encode())
    write_new(DATA / f"baseline-as-json-v{version}.json", encode_json(profile(), metadata=metadata))
    write_new(DATA / f"records-v{RECORD_VERSION}.parquet", codec.encode(records(), metadata))
    write_new(DATA / f"records-v{RECORD_VERSION}.json", json.dumps(rows_of(records())).encode())
