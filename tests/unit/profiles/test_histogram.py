import dataclasses
import pickle

import numpy as np
import pytest

from lookoutcv.errors import ConfigError, IncompatibleProfiles
from lookoutcv.grids import linear, logarithmic
from lookoutcv.profiles.histogram import Histogram

GRID = linear(0, 1, 4)


def test_values_are_counted_in_their_cells() -> None:
    h = Histogram.of(GRID, [-1.0, 0.0, 0.3, 1.0, 2.0])
    assert h.counts.tolist() == [1, 1, 1, 0, 1, 1]
    assert (h.count, h.missing, h.minimum, h.maximum) == (5, 0, -1.0, 2.0)


def test_nan_and_infinite_values_are_missing() -> None:
    h = Histogram.of(GRID, [np.nan, np.inf, -np.inf, 1e300, 0.5])
    assert (h.count, h.missing, h.mean) == (1, 4, 0.5)


def test_empty_has_no_mean_range_or_quantile() -> None:
    h = Histogram.empty(GRID, missing=3)
    assert (h.count, h.missing, h.mean, h.minimum, h.maximum, h.quantile(0.5)) == (0, 3, None, None, None, None)
    assert Histogram.of(GRID, []) == Histogram.empty(GRID)


def test_the_sum_is_exact_where_floats_cancel() -> None:
    huge, tiny = np.float32(3e38), np.float32(1e-45)
    h = Histogram.of(GRID, np.array([huge, tiny, -huge], np.float32))
    assert h.exact_sum == 1
    assert h.mean == float(tiny) / 3


def test_negative_zero_is_zero_in_any_order() -> None:
    for values in ([0.0, -0.0], [-0.0, 0.0]):
        h = Histogram.of(GRID, values)
        assert str(h.minimum) == str(h.maximum) == "0.0"


def test_adding_gives_a_new_histogram() -> None:
    h = Histogram.of(GRID, [0.1])
    more = h.add([0.9])
    assert (h.count, more.count) == (1, 2)
    assert more == Histogram.of(GRID, [0.9, 0.1])
    assert more != h
    assert hash(more) == hash(Histogram.of(GRID, [0.9, 0.1]))


def test_counts_cannot_be_changed() -> None:
    h = Histogram.of(GRID, [0.1])
    with pytest.raises(ValueError, match="read-only"):
        h.counts[0] = 5
    with pytest.raises(dataclasses.FrozenInstanceError):
        h.missing = 1  # type: ignore[misc]


def test_another_grid_cannot_be_merged() -> None:
    with pytest.raises(IncompatibleProfiles, match="different grids"):
        Histogram.empty(GRID).merge(Histogram.empty(linear(0, 1, 5)))


def test_a_histogram_is_picklable() -> None:
    h = Histogram.of(GRID, [0.1, 0.7])
    assert pickle.loads(pickle.dumps(h)) == h


@pytest.mark.parametrize("q", [-0.1, 1.1, float("nan")])
def test_a_quantile_outside_zero_to_one_is_refused(q: float) -> None:
    with pytest.raises(ConfigError):
        Histogram.of(GRID, [0.5]).quantile(q)


@pytest.mark.parametrize("grid", [linear(0, 10, 50), logarithmic(0.1, 10, 50), linear(3, 4, 2)])
def test_quantiles_rise_from_the_smallest_to_the_largest_value(grid: object) -> None:
    values = np.random.default_rng(0).lognormal(0, 1, 500).astype(np.float32)
    h = Histogram.of(grid, values)  # type: ignore[arg-type]
    found = [h.quantile(q) for q in np.linspace(0, 1, 101)]
    assert found == sorted(found)  # type: ignore[type-var]
    assert (found[0], found[-1]) == (values.min(), values.max())


def test_a_single_value_is_every_quantile() -> None:
    h = Histogram.of(logarithmic(1, 100, 3), [7.0] * 9)
    assert {h.quantile(q) for q in (0, 0.3, 0.5, 1)} == {7.0}
