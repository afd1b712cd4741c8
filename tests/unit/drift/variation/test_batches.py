import numpy as np
import pytest

from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import Batches, batches_of, harmonic_mean, merge_blocks


def blocks(count: int, size: int) -> Batches:
    found = batches_of([f"{i // size:03}" for i in range(count * size)])
    assert found is not None
    return found


def days(rng: np.random.Generator, count: int, size: int, spread: float, metrics: int = 3) -> np.ndarray:
    moved = rng.normal(0, spread, (count, 1, metrics)) + rng.normal(size=(count, size, metrics))
    return moved.reshape(count * size, metrics)


def p_value(baseline: np.ndarray, window: np.ndarray, batches: Batches) -> float:
    return batch_test(pool(baseline, window), batches, minimum_values=10).tests.p_value


def test_small_batches_and_rows_without_one_are_left_out() -> None:
    found = batches_of(["b"] * 10 + ["a"] * 9 + [None] * 3 + ["c10"] * 12 + ["c9"] * 11)
    assert found is not None
    assert (found.count, found.left_out, found.sizes.tolist(), found.enough) == (3, 12, [10, 11, 12], False)
    assert batches_of([None, None]) is None
    nothing = batches_of(["a"])
    assert nothing is not None
    assert nothing.count == 0


def test_neighbours_are_merged_until_half_the_window_never_below_five() -> None:
    assert merge_blocks(blocks(20, 30), 60, 30).count == 20
    assert merge_blocks(blocks(20, 30), 100, 30).count == 10
    assert merge_blocks(blocks(20, 30), 10_000, 30).count == 5
    assert merge_blocks(blocks(9, 30), 10_000, 30).merged == 1
    kept = batches_of([None] * 4 + [f"{i // 10:02}" for i in range(100)])
    assert kept is not None
    assert merge_blocks(kept, 40, 10).owner[:4].tolist() == [-1] * 4


def test_harmonic_mean() -> None:
    assert harmonic_mean(np.array([10, 10])) == 10
    assert harmonic_mean(np.array([], dtype=np.int64)) == np.inf


def test_an_ordinary_day_is_none_and_a_far_one_is_drift(rng: np.random.Generator) -> None:
    baseline = days(rng, 10, 60, 0.5)
    known = blocks(10, 60)
    assert p_value(baseline, days(rng, 1, 100, 0.5), known) > 0.01
    assert p_value(baseline, days(rng, 1, 100, 0.5) + 5, known) < 0.01


def test_a_wider_spread_shows_without_any_shift(rng: np.random.Generator) -> None:
    baseline = days(rng, 20, 60, 0.1, metrics=1)
    assert p_value(baseline, 3 * rng.normal(size=(200, 1)), blocks(20, 60)) < 0.001


def test_days_that_only_move_do_not_count_as_spreading(rng: np.random.Generator) -> None:
    found = batch_test(pool(days(rng, 20, 100, 1.0), days(rng, 1, 200, 0.0) + 2.2), blocks(20, 100), minimum_values=10)
    assert min(tests.dispersion or 1 for tests in found.tests.metrics) > 0.001


def test_a_metric_constant_in_the_baseline_but_not_in_the_window(rng: np.random.Generator) -> None:
    window = np.where(rng.random((200, 1)) < 0.5, 1.0, 0.0)
    assert p_value(np.zeros((1000, 1)), window, blocks(20, 50)) < 1e-6
    assert p_value(np.zeros((1000, 1)), np.zeros((200, 1)), blocks(20, 50)) == 1


def test_rare_events_count_only_beyond_the_batches_own(rng: np.random.Generator) -> None:
    baseline = np.zeros((1000, 1))
    baseline[rng.choice(1000, 10, replace=False)] = 1
    many, few = np.zeros((200, 1)), np.zeros((200, 1))
    many[:40], few[:3] = 1, 1
    known = blocks(20, 50)
    # How the ten fall on the batches matters: over 100 seeds 4.6e-7 to 2.2e-5.
    assert p_value(baseline, many, known) < 1e-4
    assert p_value(baseline, few, known) > 0.01
    bursts = np.zeros((1000, 1))
    for batch in range(0, 20, 4):
        bursts[50 * batch : 50 * batch + 15] = 1
    assert p_value(bursts, many, known) > 0.01


def test_missing_values_are_compared_too(rng: np.random.Generator) -> None:
    baseline = rng.normal(size=(1000, 1))
    window = rng.normal(size=(200, 1))
    window[:80] = np.nan
    assert p_value(baseline, window, blocks(20, 50)) < 1e-4


@pytest.mark.parametrize("side", ["baseline", "window"])
def test_a_metric_without_values_enough_is_not_tested(side: str, rng: np.random.Generator) -> None:
    baseline, window = rng.normal(size=(500, 1)), rng.normal(size=(100, 1))
    (baseline if side == "baseline" else window)[5:] = np.nan
    (tests,) = batch_test(pool(baseline, window), blocks(10, 50), minimum_values=10).tests.metrics
    assert tests.location is None


def test_a_metric_measured_in_fewer_than_five_batches_is_not_tested(rng: np.random.Generator) -> None:
    baseline = rng.normal(size=(500, 1))
    baseline[200:] = np.nan
    (tests,) = batch_test(pool(baseline, rng.normal(size=(100, 1))), blocks(10, 50), minimum_values=10).tests.metrics
    assert (tests.location, tests.dispersion, tests.rare_events) == (None, None, None)
