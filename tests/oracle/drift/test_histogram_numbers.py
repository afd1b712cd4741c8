"""Histograms against numpy and exact fractions."""

from fractions import Fraction

import numpy as np
import pytest

from lookoutcv.grids import Grid, linear, logarithmic
from lookoutcv.profiles.histogram import Histogram


@pytest.mark.parametrize("grid", [linear(-2, 2, 40), logarithmic(1e-3, 1e3, 60)])
def test_counts_agree_with_numpy(grid: Grid) -> None:
    values = np.abs(np.random.default_rng(1).standard_normal(2000)).astype(np.float32) * 1.5
    h = Histogram.of(grid, values)
    assert h.counts[1:-1].tolist() == np.histogram(values.astype(float), grid.edges)[0].tolist()


def test_mean_agrees_with_fractions_over_all_magnitudes() -> None:
    rng = np.random.default_rng(2)
    values = (rng.standard_normal(3000) * 10.0 ** rng.integers(-45, 38, 3000)).astype(np.float32)
    values = values[np.isfinite(values)]
    exact = sum(Fraction(float(v)) for v in values) / len(values)
    assert Histogram.of(linear(0, 1, 2), values).mean == float(exact)


@pytest.mark.parametrize("grid", [linear(0, 20, 400), logarithmic(1e-2, 1e2, 460)])
def test_quantiles_agree_with_numpy_to_within_a_cell(grid: Grid) -> None:
    values = np.random.default_rng(3).lognormal(0.5, 0.8, 1500).astype(np.float32)
    h = Histogram.of(grid, values)
    for q in (0.01, 0.1, 0.5, 0.9, 0.99):
        exact = np.quantile(values, q, method="inverted_cdf")
        cell = int(grid.index(np.array([float(exact)]))[0])
        low, high = grid.edges[cell - 1], grid.edges[cell]
        found = h.quantile(q)
        assert found is not None
        assert low <= found <= high
