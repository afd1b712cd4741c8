"""Merging profiles is associative and commutative, has an identity, and equals profiling everything at once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from lookoutcv.grids import linear, logarithmic
from lookoutcv.metrics import metric
from lookoutcv.profiles import Profile, ProfileBuilder, merge
from lookoutcv.profiles.codec import decode, encode
from lookoutcv.records.schema import schema_for

METRICS = [
    metric("test.grey", unit="1", range=(0, 1), grid=linear(0, 1, 7), source="test")(lambda view: 0.0),
    metric("test.size", unit="px", range=(0, None), grid=logarithmic(1e-3, 1e3, 9), source="test")(lambda view: 0.0),
    metric("test.hash", unit="64 bits", range=(0, None), grid=None, source="test")(lambda view: 0.0),
]
SCHEMA = schema_for(METRICS)

ROW = st.fixed_dictionaries(
    {
        # Few names and contents, so that rows with equal keys are common.
        "id": st.sampled_from(["a", "b", "c", "ü", ""]),
        "content_hash": st.none() | st.integers(0, 3),
        "label": st.none() | st.sampled_from(["cat", "dog", "(other)"]),
        "time": st.none() | st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)),
        "width_px": st.none() | st.integers(1, 3),
        "height_px": st.none() | st.integers(1, 3),
        "tags": st.none() | st.just([("site", "north")]),
        "test.grey": st.none() | st.floats(width=32),
        "test.size": st.none() | st.floats(width=32, allow_infinity=False),
        "test.hash": st.none() | st.integers(0, 2**64 - 1),
    }
)
ROWS = st.lists(ROW, max_size=12)
SIZES = st.integers(1, 15)


def profile(rows: list[dict[str, Any]], size: int, batch: int = 100) -> Profile:
    builder = ProfileBuilder(METRICS, size)
    names = set(SCHEMA.names)
    table = pa.Table.from_pylist([dict.fromkeys(names) | row for row in rows], schema=SCHEMA)
    for part in table.to_batches(max_chunksize=batch):
        builder.add(part)
    builder.skip(len(rows) // 3)
    return builder.build()


@given(ROWS, ROWS, ROWS, SIZES, SIZES)
@settings(max_examples=60, deadline=None)
def test_merging_is_associative_and_commutative(
    a: list[Any], b: list[Any], c: list[Any], size: int, other: int
) -> None:
    x, y, z = profile(a, size), profile(b, other), profile(c, size)
    assert encode(merge(merge(x, y), z)) == encode(merge(x, merge(y, z))) == encode(merge(z, merge(y, x)))


@given(st.lists(ROWS, min_size=1, max_size=5), SIZES)
@settings(max_examples=60, deadline=None)
def test_merged_parts_equal_the_whole(parts: list[list[Any]], size: int) -> None:
    whole = profile([row for part in parts for row in part], size)
    merged = reduce(merge, [profile(part, size) for part in parts])
    assert encode(merged, metadata={}) == encode(Profile(**{**vars(whole), "skipped": merged.skipped}), metadata={})


@given(ROWS, SIZES)
@settings(max_examples=40, deadline=None)
def test_an_empty_profile_changes_nothing(rows: list[Any], size: int) -> None:
    p = profile(rows, size)
    if rows:
        assert encode(merge(p, Profile())) == encode(merge(Profile(), p)) == encode(p)


@given(st.permutations(range(12)), st.lists(ROW, min_size=12, max_size=12), SIZES, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_the_order_and_the_batches_of_rows_do_not_matter(
    order: list[int], rows: list[Any], size: int, batch: int
) -> None:
    assert encode(profile([rows[i] for i in order], size, batch)) == encode(profile(rows, size))


@given(ROWS, SIZES)
@settings(max_examples=60, deadline=None)
def test_what_was_written_is_read_back(rows: list[Any], size: int) -> None:
    p = profile(rows, size)
    told = {"rows": len(rows), "text": "ü"}
    q, metadata = decode(encode(p, metadata=told))
    assert metadata == told
    assert encode(q, metadata=told) == encode(p, metadata=told)
    assert q.histograms == p.histograms
