from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.variation.autocorrelation import (
    Order,
    autocorrelation,
    autocorrelation_of,
    declared_sequence,
    effective_images,
    order_of,
)
from lookoutcv.records.schema import FIXED


def frames(rng: np.random.Generator, count: int, rho: float, metrics: int = 5) -> np.ndarray:
    x = rng.normal(size=(count, metrics))
    for i in range(1, count):
        x[i] = rho * x[i - 1] + np.sqrt(1 - rho**2) * x[i]
    return x


def sample(values: np.ndarray, ids: Sequence[str], **fixed: pa.Array) -> pa.Table:
    metrics = {f"my.m{j}": pa.array(values[:, j], pa.float32()) for j in range(values.shape[1])}
    return pa.table({"id": pa.array(list(ids), pa.string()), **fixed, **metrics})


def found(values: np.ndarray, ids: Sequence[str], **fixed: pa.Array) -> float | None:
    table = sample(values, ids, **fixed)
    return autocorrelation_of(table, [name for name in table.column_names if "." in name], order_of(table))


def one_run(count: int) -> Order:
    return Order(np.arange(count), np.zeros(count, dtype=np.int64), "name")


def test_frames_are_alike_and_independent_images_are_not(rng: np.random.Generator) -> None:
    names = [f"video/frame_{i}.jpg" for i in range(600)]
    assert found(frames(rng, 600, 0.9), names) == pytest.approx(0.9, abs=0.06)
    assert found(rng.normal(size=(600, 5)), names) is None


def test_the_order_is_that_of_the_numbers_whatever_the_order_of_the_rows(rng: np.random.Generator) -> None:
    values, mixed = frames(rng, 500, 0.9), rng.permutation(500)
    names = [f"{i}.png" for i in range(500)]
    again = found(values[mixed], [names[i] for i in mixed])
    assert again == pytest.approx(found(values, names))
    assert found(values[mixed], names) is None


def test_time_comes_before_names(rng: np.random.Generator) -> None:
    values, mixed = frames(rng, 500, 0.9), rng.permutation(500)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    times = pa.array([start + timedelta(seconds=int(i)) for i in mixed], pa.timestamp("us", "UTC"))
    assert found(values[mixed], [f"{i}.png" for i in range(500)], time=times) == pytest.approx(0.9, abs=0.06)


@pytest.mark.parametrize("name", ["{kind}/{i}.jpg", "{kind}_{i}.jpg", "all/{kind}-a-{i:04}.jpg"])
def test_classes_side_by_side_are_no_video(name: str, rng: np.random.Generator) -> None:
    kinds = np.repeat(np.arange(4), 100)
    values = 3 * kinds[:, None] + rng.normal(size=(400, 5))
    assert found(values, [name.format(kind="abcd"[k], i=i) for i, k in enumerate(kinds)]) is None
    labels = pa.array([str(k) for k in kinds])
    assert found(values, [f"{i}.jpg" for i in range(400)], label=labels) is None


def test_interleaved_cameras_are_looked_at_one_by_one(rng: np.random.Generator) -> None:
    left, right = frames(rng, 300, 0.9), frames(rng, 300, 0.9) + 4
    values = np.stack([left, right], axis=1).reshape(600, 5)
    cameras = pa.array(["left", "right"] * 300)
    assert found(values, [f"{i}.jpg" for i in range(600)], camera=cameras) == pytest.approx(0.9, abs=0.08)


def test_names_without_an_order_say_nothing(rng: np.random.Generator) -> None:
    assert found(frames(rng, 300, 0.9), [f"{rng.integers(2**62):x}z.jpg" for _ in range(300)]) is None
    assert found(frames(rng, 10, 0.9), [f"{i}.jpg" for i in range(10)]) is None
    empty = sample(np.zeros((0, 2)), [])
    assert autocorrelation_of(empty, ["my.m0", "my.m1"], order_of(empty)) is None


def test_a_long_video_is_looked_at_in_stretches(rng: np.random.Generator) -> None:
    values = np.repeat(rng.normal(size=(1000, 2)), 12, axis=0)
    assert found(values, [f"{i}.jpg" for i in range(12_000)]) == pytest.approx(11 / 12, abs=0.03)


def test_constant_and_missing_metrics_do_not_hide_the_others(rng: np.random.Generator) -> None:
    values = np.hstack([frames(rng, 300, 0.9, 3), np.ones((300, 1)), np.full((300, 1), np.nan)])
    values[rng.random(300) < 0.3, 0] = np.nan
    order = one_run(300)
    assert autocorrelation(values, order) == pytest.approx(0.9, abs=0.08)
    assert autocorrelation(np.ones((300, 2)), order) is None


def test_frames_are_worth_as_much_as_their_mean_varies(rng: np.random.Generator) -> None:
    means = [frames(rng, 400, 0.8, 1).mean() for _ in range(400)]
    assert 1 / np.var(means) == pytest.approx(effective_images(400, 0.8), rel=0.2)


def test_records_with_all_fixed_columns_have_an_order() -> None:
    table = pa.Table.from_pylist([{"id": f"{i}.jpg"} for i in (3, 1, 2)], schema=FIXED)
    found = order_of(table)
    assert (found.rows.tolist(), found.by) == ([1, 2, 0], "name")


def test_where_all_images_of_a_day_have_its_midnight_their_numbers_order_them(rng: np.random.Generator) -> None:
    count = 200
    names = [f"2026010{1 + i // 100}/{i % 100}.jpg" for i in range(count)]
    times = pa.array([1767225600_000000 + i // 100 * 86400_000000 for i in range(count)], pa.timestamp("us", tz="UTC"))
    mixed = np.random.default_rng(2).permutation(count)
    autocorrelation = found(frames(rng, count, 0.9)[mixed], [names[i] for i in mixed], time=times.take(pa.array(mixed)))
    assert autocorrelation is not None
    assert autocorrelation > 0.7


def test_what_a_source_declares_is_known_from_most_of_its_images() -> None:
    named = [[("sequence", "a.mp4")]] * 6 + [[("sequence", "b.mp4")]] * 2
    tags = pa.array([*named, None, None, None], FIXED.field("tags").type)
    rows = sample(np.zeros((11, 1)), [str(i) for i in range(11)], tags=tags)
    assert declared_sequence(rows) == "a.mp4"
    assert declared_sequence(rows.slice(5)) is None
    assert declared_sequence(rows.slice(0, 0)) is None
    assert declared_sequence(rows.drop_columns(["tags"])) is None
