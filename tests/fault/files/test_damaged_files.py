"""A damaged file of ours is an error that says so and what to do, never a crash; and never other counts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.errors import FileFormatError
from lookoutcv.grids import linear
from lookoutcv.metrics import metric
from lookoutcv.profiles import ProfileBuilder
from lookoutcv.profiles.codec import decode, encode
from lookoutcv.records import codec as record_codec
from lookoutcv.records.conform import conform
from lookoutcv.records.schema import FIXED

GREY = metric("test.grey", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="test")(lambda view: 0.0)


def records() -> pa.Table:
    rng = np.random.default_rng(0)
    columns = {
        "id": [f"{i}.jpg" for i in range(60)],
        "label": [f"l{i % 3}" for i in range(60)],
        "time": pa.array(rng.integers(0, 10**15, 60), pa.timestamp("us", "UTC")),
        "content_hash": rng.integers(1, 2**63, 60).astype(np.uint64),
        "tags": pa.array([[("site", "north")]] * 60, pa.map_(pa.string(), pa.string())),
        "test.grey": rng.random(60, np.float32),
    }
    return conform(pa.table(columns), FIXED)


def baseline() -> bytes:
    builder = ProfileBuilder([GREY], sample_size=40)
    for batch in records().to_batches():
        builder.add(batch)
    return encode(builder.build(), metadata={"name": "photos"})


def numbers(data: bytes) -> object:
    """All that is in a baseline: its counts are guarded by a digest."""
    profile, metadata = decode(data)
    return profile.count, dict(profile.histograms), profile.counts, profile.sample["test.grey"].to_pylist(), metadata


def rows(data: bytes) -> object:
    """How many records there are: people edit their columns with other tools, so no digest guards them."""
    table, _ = record_codec.decode(data)
    assert sum(batch.num_rows for batch in record_codec.batches(data)) == table.num_rows
    return table.num_rows


CASES = pytest.mark.parametrize(
    ("data", "read"), [(baseline(), numbers), (record_codec.encode(records()), rows)], ids=["baseline", "records"]
)


@CASES
def test_every_truncation_is_noticed(data: bytes, read: object) -> None:
    for length in range(0, len(data), 7):
        with pytest.raises(FileFormatError):
            read(data[:length])  # type: ignore[operator]


@CASES
def test_flipped_bits_are_noticed_or_harmless(data: bytes, read: object) -> None:
    right, rng, noticed = read(data), np.random.default_rng(1), 0  # type: ignore[operator]
    for _ in range(1500):
        damaged = bytearray(data)
        damaged[rng.integers(len(data))] ^= 1 << int(rng.integers(8))
        try:
            found = read(bytes(damaged))  # type: ignore[operator]
        except FileFormatError:
            noticed += 1
        else:
            assert found == right
    assert noticed > 1000


@CASES
def test_overwritten_stretches_are_noticed(data: bytes, read: object) -> None:
    rng = np.random.default_rng(2)
    for _ in range(500):
        start, length = int(rng.integers(len(data))), int(rng.integers(1, 200))
        damaged = data[:start] + rng.bytes(length) + data[start + length :]
        try:
            read(damaged)  # type: ignore[operator]
        except FileFormatError:
            continue


@CASES
def test_bytes_in_the_wrong_order_are_noticed(data: bytes, read: object) -> None:
    middle = len(data) // 2
    for damaged in (data[middle:] + data[:middle], data[::-1], data + b"x", data[:middle] + data[middle + 1 :]):
        with pytest.raises(FileFormatError):
            read(damaged)  # type: ignore[operator]
