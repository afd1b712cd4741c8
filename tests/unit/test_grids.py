import math

import numpy as np
import pytest

from lookoutcv.errors import ConfigError
from lookoutcv.grids import MOST_BINS, Grid, linear, logarithmic


def test_linear_cells():
    grid = linear(0, 1, 4)
    assert grid.edges.tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_logarithmic_cells():
    grid = logarithmic(1, 10_000, 4)
    assert grid.edges == pytest.approx([1, 10, 100, 1000, 10_000])


def test_the_outer_edges_are_exact():
    for grid in (linear(-0.1, 0.3, 7), logarithmic(0.01, 2e6, 960), logarithmic(1e-6, 1, 690)):
        assert (grid.edges[0], grid.edges[-1]) == (grid.low, grid.high)


@pytest.mark.parametrize(
    ("value", "cell"),
    [(-math.inf, 0), (-1e-9, 0), (0, 1), (0.2499, 1), (0.25, 2), (0.999, 4), (1, 4), (1 + 1e-9, 5), (math.inf, 5)],
)
def test_an_edge_belongs_to_the_cell_above_and_the_last_edge_to_the_last_cell(value, cell):
    assert linear(0, 1, 4).index(np.array([value])).tolist() == [cell]


def test_zero_lies_in_the_open_cell_below_a_logarithmic_grid():
    assert logarithmic(0.01, 100, 8).index(np.array([0.0, 0.0099, 0.01])).tolist() == [0, 0, 1]


def test_any_shape_goes_in_and_comes_out():
    grid = linear(0, 1, 4)
    assert grid.index(np.float64(0.3)).shape == ()
    assert grid.index(np.zeros((2, 3), np.float32)).shape == (2, 3)
    assert grid.index(np.zeros(0)).dtype == np.int64


@pytest.mark.parametrize(
    ("kind", "low", "high", "bins"),
    [
        ("linear", 0, 0, 4),
        ("linear", 1, 0, 4),
        ("linear", 0, 1, 0),
        ("linear", 0, 1, 2.5),
        ("linear", 0, 1, MOST_BINS + 1),
        ("linear", 0, math.inf, 4),
        ("linear", -math.inf, 1, 4),
        ("linear", math.nan, 1, 4),
        ("linear", -1e308, 1e308, 4),
        ("linear", 0, 3.5e38, 4),
        ("log", 1e-39, 1, 4),
        ("linear", 1e17, 1e17 + 32, 100),
        ("log", 0, 1, 4),
        ("log", -1, 1, 4),
        ("log", 1, 1, 4),
        ("square", 1, 2, 4),
    ],
)
def test_what_is_not_a_grid_is_refused(kind, low, high, bins):
    with pytest.raises(ConfigError, match=r"is not a grid\. Give low < high that float32 can hold"):
        Grid(kind, low, high, bins)


def test_equal_grids_are_equal_and_the_same_key():
    assert linear(0, 1, 4) == Grid("linear", 0.0, 1.0, 4)
    assert linear(0, 1, 4) != linear(0, 1, 5)
    assert len({linear(0, 1, 4), linear(0, 1, 4), logarithmic(1, 2, 4)}) == 2


def test_as_plain_values_and_back():
    grid = logarithmic(0.5, 512, 10)
    assert Grid(**grid.to_dict()) == grid


@pytest.mark.parametrize(
    "grid",
    [
        linear(0, 1, 200),
        linear(1e7, 1e7 + 100, 1000),
        linear(-3e38, 3e38, 77),
        linear(1e8, 1e8 + 1, 1000),
        logarithmic(0.01, 2e6, 960),
        logarithmic(2e-38, 3e38, 5000),
        logarithmic(1, 1.5, 20_000),
    ],
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_computed_cells_are_those_of_a_binary_search(grid, kind):
    random = np.random.default_rng(3)
    near = np.concatenate([np.nextafter(grid.edges, -np.inf), grid.edges, np.nextafter(grid.edges, np.inf)])
    anywhere = np.concatenate([random.uniform(grid.low, grid.high, 20_000), np.exp(random.normal(0, 5, 20_000))])
    values = np.concatenate([near, anywhere, -anywhere, [np.inf, -np.inf, 0.0, -0.0]]).astype(kind)
    expected = np.where(values == grid.high, grid.bins, np.searchsorted(grid.edges, values, side="right"))
    np.testing.assert_array_equal(grid.index(values), expected)
