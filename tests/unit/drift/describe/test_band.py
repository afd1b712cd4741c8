import numpy as np
import pytest

from lookoutcv.drift.describe.band import band
from lookoutcv.drift.describe.distribution import on_edges
from lookoutcv.drift.variation.batches import batches_of

EDGES = np.linspace(0, 1, 11)


def inside(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    shares = on_edges(values, EDGES)
    return float(np.mean((shares >= low) & (shares <= high)))


def test_nine_in_ten_cells_of_unchanged_windows_lie_within_the_band(rng: np.random.Generator) -> None:
    baseline = rng.beta(2, 3, 4000)
    low, high = band(on_edges(baseline, EDGES), baseline, EDGES, images=200)
    found = np.mean([inside(rng.beta(2, 3, 200), low, high) for _ in range(200)])
    assert 0.86 < found < 0.95


def test_days_that_differ_widen_the_band_to_hold_another_day(rng: np.random.Generator) -> None:
    days = rng.normal(0, 0.08, 20)
    baseline = np.concatenate([np.clip(rng.normal(0.5 + day, 0.1, 200), 0, 1) for day in days])
    batches = batches_of([f"day {i // 200}" for i in range(len(baseline))])
    shares = on_edges(baseline, EDGES)
    by_days = band(shares, baseline, EDGES, 200, batches)
    by_chance = band(shares, baseline, EDGES, 200)
    windows = [np.clip(rng.normal(0.5 + day, 0.1, 200), 0, 1) for day in rng.normal(0, 0.08, 200)]
    assert 0.84 < np.mean([inside(window, *by_days) for window in windows]) < 0.97
    assert np.mean([inside(window, *by_chance) for window in windows]) < 0.75


def test_batches_alike_leave_the_band_of_chance() -> None:
    baseline = np.tile([0.25, 0.75], 500)
    batches = batches_of([f"{i // 100}" for i in range(1000)])
    edges = np.array([0, 0.5, 1.0])
    shares = on_edges(baseline, edges)
    np.testing.assert_allclose(band(shares, baseline, edges, 50, batches), band(shares, baseline, edges, 50))


@pytest.mark.parametrize("values", [np.array([]), np.array([np.nan]), np.array([0.5])])
def test_hardly_any_values_give_a_wide_band(values: np.ndarray) -> None:
    low, high = band(on_edges(values, EDGES), values, EDGES, images=1)
    assert np.all((low >= 0) & (low <= high) & (high <= 1))
    assert high.max() > 0.5
