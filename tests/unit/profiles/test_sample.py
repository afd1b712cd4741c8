import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.errors import ConfigError, IncompatibleProfiles
from lookoutcv.profiles.sample import RowSample, merge_samples, row_keys, stack, take_sample
from lookoutcv.records.conform import conform
from lookoutcv.records.schema import FIXED


def rows(ids: list[str], seed: int = 0) -> pa.Table:
    rng = np.random.default_rng(seed)
    content = rng.integers(1, 2**63, len(ids)).astype(np.uint64)
    return conform(pa.table({"id": ids, "content_hash": content, "own.x": rng.random(len(ids), np.float32)}), FIXED)


def test_keys_are_the_same_in_every_run_and_on_every_platform() -> None:
    table = pa.table({"id": ["a.jpg", "b.jpg", "ü/ж.png"], "content_hash": pa.array([1, None, 2**64 - 1], pa.uint64())})
    assert row_keys(table).tolist() == [9288970694891517388, 8620570700186192198, 3659365098287154270]


def test_an_unknown_content_differs_from_content_zero() -> None:
    table = pa.table({"id": ["a", "a"], "content_hash": pa.array([0, None], pa.uint64())})
    assert len(set(row_keys(table).tolist())) == 2


def test_the_smallest_keys_are_kept_in_order() -> None:
    table = rows([f"{i}.jpg" for i in range(300)])
    sample = take_sample(table, 50)
    assert row_keys(sample).tolist() == sorted(row_keys(table).tolist())[:50]


def test_streaming_gives_the_same_sample_in_bounded_memory() -> None:
    table = rows([f"{i}.jpg" for i in range(1000)])
    sample = RowSample(40, table.schema)
    for batch in table.to_batches(max_chunksize=17):
        sample.add(batch)
        assert sum(part.num_rows for part in sample._parts) < 2 * 40
    assert sample.build().equals(take_sample(table, 40))


def test_building_twice_and_adding_in_between() -> None:
    table = rows([f"{i}" for i in range(60)])
    sample = RowSample(10, table.schema)
    sample.add(table.slice(0, 30).to_batches()[0])
    assert sample.build().equals(take_sample(table.slice(0, 30), 10))
    sample.add(table.slice(30).combine_chunks().to_batches()[0])
    assert sample.build().equals(take_sample(table, 10))


def test_no_rows_make_an_empty_sample_with_the_schema() -> None:
    assert RowSample(5, rows(["a"]).schema).build().schema.names[-1] == "own.x"


def test_rows_with_equal_keys_are_ordered_by_their_content() -> None:
    table = conform(pa.table({"id": ["a"] * 6, "own.x": pa.array([3, 1, 2, None, 2, 0], pa.float32())}), FIXED)
    shuffled = table.take([5, 4, 3, 2, 1, 0])
    for size in (1, 3, 6):
        assert take_sample(table, size).equals(take_sample(shuffled, size))


def test_a_column_that_one_side_lacks_is_null_there() -> None:
    merged = merge_samples(rows(["a"]), rows(["b"]).drop_columns(["own.x"]), 10)
    assert sorted(zip(merged["id"].to_pylist(), merged["own.x"].is_null().to_pylist(), strict=True)) == [
        ("a", False),
        ("b", True),
    ]


def test_a_column_of_two_types_cannot_be_stacked() -> None:
    hashes = rows(["b"]).set_column(len(FIXED), "own.x", pa.array([1], pa.uint64()))
    with pytest.raises(IncompatibleProfiles, match="put together"):
        stack([rows(["a"]), hashes])


@pytest.mark.parametrize("size", [0, -1, 10_000_001])
def test_a_size_out_of_range_is_refused(size: int) -> None:
    with pytest.raises(ConfigError):
        RowSample(size)
