from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.errors import ConfigError, CorruptFile, IncompatibleProfiles
from lookoutcv.grids import Grid, linear
from lookoutcv.metrics import Metric, metric
from lookoutcv.profiles import Profile, ProfileBuilder, from_records, merge
from lookoutcv.profiles.codec import encode
from lookoutcv.records.conform import conform
from lookoutcv.records.schema import schema_for

TENTHS = linear(0, 1, 10)


def made(name: str, grid: Grid | None = TENTHS) -> Metric:
    return metric(name, unit="1", range=(0, 1), grid=grid, source="test")(lambda view: 0.0)


GREY, HASH = made("test.grey"), made("test.hash", None)


def rows(n: int, seed: int = 0, metrics: tuple[Metric, ...] = (GREY, HASH)) -> pa.Table:
    rng = np.random.default_rng(seed)
    columns = {
        "id": [f"{seed}/{i}.jpg" for i in range(n)],
        "time": pa.array(rng.integers(0, 10**15, n), pa.timestamp("us", "UTC")),
        "label": rng.choice(["cat", "dog"], n).tolist(),
        "content_hash": rng.integers(1, 2**63, n).astype(np.uint64),
    }
    for one in metrics:
        values = rng.integers(1, 2**63, n).astype(np.uint64) if one.grid is None else rng.random(n, np.float32)
        columns[one.name] = values
    return conform(pa.table(columns), schema_for(metrics))


def profiled(table: pa.Table, *metrics: Metric, sample_size: int = 20) -> Profile:
    builder = ProfileBuilder(metrics or (GREY, HASH), sample_size)
    for batch in table.to_batches():
        builder.add(batch)
    return builder.build()


def test_a_profile_counts_everything() -> None:
    table = rows(100)
    p = profiled(table)
    assert p.count == 100
    assert list(p.histograms) == ["test.grey"]
    assert p.histograms["test.grey"].mean == pytest.approx(float(np.mean(table["test.grey"].to_numpy())), rel=1e-6)
    assert sum(p.counts["label"].values()) == 100
    assert p.counts["format"] == {}
    times = sorted(table["time"].cast(pa.int64()).to_pylist())
    assert p.first_time == datetime.fromtimestamp(times[0] / 1e6, UTC)
    assert p.last_time is not None
    assert p.last_time.tzinfo is UTC
    assert p.sample.num_rows == p.sample_size == 20
    assert "test.hash" in p.sample.column_names


def test_a_builder_goes_on_after_building() -> None:
    table = rows(30)
    builder = ProfileBuilder([GREY])
    builder.add(table.slice(0, 10).to_batches()[0])
    first = builder.build()
    builder.add(table.slice(10).to_batches()[0])
    builder.skip()
    builder.skip(2)
    last = builder.build()
    assert (first.count, first.skipped, first.sample.num_rows, sum(first.counts["label"].values())) == (10, 0, 10, 10)
    assert (last.count, last.skipped, last.sample.num_rows) == (30, 3, 30)


def test_no_rows_make_an_empty_profile() -> None:
    p = ProfileBuilder([GREY]).build()
    assert (p.count, p.first_time, p.sample.num_rows, p.histograms["test.grey"].count) == (0, None, 0, 0)


def test_an_empty_batch_changes_nothing() -> None:
    builder = ProfileBuilder([GREY])
    builder.add(pa.RecordBatch.from_pylist([], schema=schema_for([GREY])))
    assert encode(builder.build()) == encode(ProfileBuilder([GREY]).build())


def test_null_and_nan_count_as_missing() -> None:
    table = pa.table({"id": ["a", "b", "c"], "test.grey": pa.array([0.5, None, float("nan")], pa.float32())})
    h = profiled(table).histograms["test.grey"]
    assert (h.count, h.missing) == (1, 2)


def test_a_batch_without_a_metric_counts_as_missing() -> None:
    h = profiled(rows(5, metrics=(HASH,))).histograms["test.grey"]
    assert (h.count, h.missing) == (0, 5)


def test_a_metric_that_was_not_asked_for_stays_in_the_sample_only() -> None:
    p = profiled(rows(5, metrics=(GREY, made("test.own"))))
    assert list(p.histograms) == ["test.grey"]
    assert p.sample["test.own"].null_count == 0


def test_rows_of_a_wrong_type_are_refused() -> None:
    with pytest.raises(CorruptFile, match=r"test\.grey"):
        profiled(pa.table({"id": ["a"], "test.grey": ["dark"]}))


def test_a_sample_size_out_of_range_is_refused() -> None:
    with pytest.raises(ConfigError):
        ProfileBuilder([GREY], sample_size=0)


def test_records_are_counted_on_the_grids_of_the_metrics_they_name() -> None:
    table = pa.table({"id": ["a", "b"], "exposure.brightness": [0.2, 0.4], "own.thing": [1.0, 2.0]})
    p = from_records(table)
    assert list(p.histograms) == ["exposure.brightness"]
    assert p.histograms["exposure.brightness"].mean == pytest.approx(0.3)
    assert sorted(p.sample["own.thing"].to_pylist()) == [1.0, 2.0]


def test_records_without_rows_make_an_empty_profile() -> None:
    assert from_records(rows(0)).count == 0


def test_merging_leaves_its_inputs_alone() -> None:
    one, other = profiled(rows(30, 1)), profiled(rows(30, 2))
    before = encode(one), encode(other)
    merged = one.merge(other)
    assert merged.count == 60
    assert (encode(one), encode(other)) == before


def test_merging_puts_together_times_skips_and_the_smaller_sample_size() -> None:
    one, other = profiled(rows(30, 1), sample_size=5), profiled(rows(30, 2), sample_size=8)
    merged = merge(one, other)
    assert merged.sample_size == merged.sample.num_rows == 5
    assert merged.first_time == min(one.first_time, other.first_time)  # type: ignore[type-var]
    assert merged.last_time == max(one.last_time, other.last_time)  # type: ignore[type-var]


def test_rows_of_a_side_without_a_metric_count_as_missing() -> None:
    other = made("test.other")
    merged = merge(profiled(rows(3, 1), GREY), profiled(rows(4, 2, (other,)), other))
    assert {name: (h.count, h.missing) for name, h in merged.histograms.items()} == {
        "test.grey": (3, 4),
        "test.other": (4, 3),
    }


def test_grids_that_differ_cannot_be_merged() -> None:
    other = profiled(rows(3), made("test.grey", linear(0, 1, 11)))
    with pytest.raises(IncompatibleProfiles, match=r"'test\.grey' was counted on two grids") as caught:
        merge(profiled(rows(3)), other)
    assert "again" in caught.value.remedy


def test_more_labels_than_are_kept_still_add_up() -> None:
    n = 10_050
    p = from_records(pa.table({"id": [str(i) for i in range(n)], "label": [f"l{i}" for i in range(n)]}), sample_size=1)
    assert len(p.counts["label"]) == 10_001
    assert p.counts["label"]["(other)"] == 50
