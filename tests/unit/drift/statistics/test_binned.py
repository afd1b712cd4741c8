import numpy as np
import pytest

from lookoutcv.drift.statistics.binned import count_column
from lookoutcv.drift.statistics.ranks import pool_column

DRAWN = np.random.default_rng(5).normal(size=2900)


@pytest.mark.parametrize(
    ("baseline", "window"),
    [
        (np.round(DRAWN[:900], 1), np.round(DRAWN[900:] + 0.3, 1)),
        (np.array([-0.0, 0.0, 1.0, np.nan]), np.array([np.inf, -np.inf, 0.0, -1e-45])),
        (np.array([-3.5e37, -2.0, 2.0]), np.array([3.4e38, -2.0, 1e-40])),
        (np.where(np.arange(500) % 10 < 9, 0.0, DRAWN[:500]), np.zeros(3000)),
        (np.array([]), np.array([1.0])),
        (np.array([np.nan]), np.array([])),
    ],
)
def test_values_that_are_clearly_apart_are_counted_as_if_sorted(
    baseline: np.ndarray, window: np.ndarray, rng: np.random.Generator
) -> None:
    sides = baseline.astype(np.float32), window.astype(np.float32)
    found = count_column(*sides)
    expected = pool_column(*(np.where(np.isfinite(side), side, np.nan) for side in sides))
    for field in ("baseline_rows", "window_rows", "present", "window_present", "off_mode", "constant"):
        assert getattr(found, field) == getattr(expected, field)
    np.testing.assert_array_equal(found.distinct, expected.distinct)
    np.testing.assert_array_equal(found.sizes, expected.sizes)
    np.testing.assert_array_equal(found.window_sizes, expected.window_sizes)


def test_a_cluster_beside_an_outlier_is_not_one_cell(rng: np.random.Generator) -> None:
    values = np.append(rng.normal(1000, 0.01, 50_000), 1e9).astype(np.float32)
    found = count_column(values, values[::-1].copy())
    # Two neighbouring float32 numbers at most are counted as one.
    assert len(found.sizes) > len(np.unique(values)) / 4
    assert found.sizes.max() <= 4 * np.unique(values, return_counts=True)[1].max()


def test_the_order_of_values_is_kept_across_zero(rng: np.random.Generator) -> None:
    values = rng.normal(size=30_000).astype(np.float32)
    found = count_column(values, np.empty(0, np.float32))
    assert (np.diff(found.distinct) >= 0).all()
    below = np.cumsum(found.sizes)[np.searchsorted(found.distinct, [-1.0, 0.0, 1.0])]
    np.testing.assert_allclose(below, [(values < edge).sum() for edge in (-1, 0, 1)], atol=5)
