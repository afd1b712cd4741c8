import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.statistics.ranks import PooledColumn
from lookoutcv.drift.statistics.samples import common_samples
from lookoutcv.errors import IncompatibleProfiles
from lookoutcv.profiles.profile import Profile, from_records


def side(**columns: pa.Array) -> Profile:
    return from_records(pa.table({"id": ["a", "b", "c"], **columns}))


def test_null_nan_and_infinity_are_all_missing() -> None:
    values = pa.array([None, np.nan, np.inf], pa.float32())
    found = common_samples(side(x=values), side(x=pa.array([1, 2, 3], pa.float32())))
    assert (found.columns[0].baseline_present, found.columns[0].window_present) == (0, 3)


def test_a_hash_is_no_metric() -> None:
    numbers, hashes = pa.array([1, 2, 3], pa.float32()), pa.array([1, 2, 3], pa.uint64())
    one = side(**{"identity.phash": hashes, "my.a": numbers, "my.b": numbers})
    found = common_samples(one, side(**{"identity.phash": hashes, "my.b": numbers, "my.c": numbers}))
    assert (found.names, found.only_baseline, found.only_window) == (("my.b",), ("my.a",), ("my.c",))
    with pytest.raises(IncompatibleProfiles):
        common_samples(one, side(**{"identity.phash": hashes}))


def test_many_rows_are_counted_and_their_first_ones_sorted() -> None:
    values = np.random.default_rng(1).normal(size=60_000).astype(np.float32)
    values[::7] = np.nan
    rows = pa.table({"id": [str(i) for i in range(60_000)], "x": values})
    profile = from_records(rows, sample_size=60_000)
    found = common_samples(profile, from_records(rows.slice(0, 300)))
    assert not isinstance(found.columns[0], PooledColumn)
    assert (found.columns[0].baseline_rows, found.columns[0].window_rows) == (60_000, 300)
    assert (found.first[0].baseline_rows, found.first[0].window_rows) == (5_000, 300)
    sorted_ = found.every_row[0]
    assert (sorted_.baseline_present, sorted_.window_present) == (
        found.columns[0].baseline_present,
        found.columns[0].window_present,
    )
    few = common_samples(from_records(rows.slice(0, 500)), from_records(rows.slice(500, 500)))
    assert few.columns is few.first is few.every_row
