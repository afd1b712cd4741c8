"""Laws of grids, whatever their edges."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from lookoutcv.errors import ConfigError
from lookoutcv.grids import Grid

numbers = st.floats(-1e6, 1e6)


@st.composite
def grids(draw):
    kind = draw(st.sampled_from(["linear", "log"]))
    bounds = numbers if kind == "linear" else st.floats(1e-9, 1e9)
    low, high = sorted((draw(bounds), draw(bounds)))
    assume(low < high)
    try:
        return Grid(kind, low, high, draw(st.integers(1, 300)))
    except ConfigError:
        assume(False)


@given(grids(), st.lists(numbers, min_size=1, max_size=50))
def test_every_value_lies_between_the_edges_of_its_cell(grid, values):
    bounds = np.concatenate([[-np.inf], grid.edges, [np.inf]])
    values = np.array([*values, grid.low, grid.high, *grid.edges])
    cells = grid.index(values)
    assert ((cells >= 0) & (cells <= grid.bins + 1)).all()
    assert (bounds[cells] <= values).all()
    assert ((values < bounds[cells + 1]) | ((values == grid.high) & (cells == grid.bins))).all()


@given(grids(), st.lists(numbers, min_size=2, max_size=50))
def test_larger_values_never_lie_in_lower_cells(grid, values):
    assert (np.diff(grid.index(np.sort(np.array(values)))) >= 0).all()


@given(grids())
def test_edges_rise_from_the_lowest_to_the_highest(grid):
    assert len(grid.edges) == grid.bins + 1
    assert (np.diff(grid.edges) > 0).all()
    assert np.allclose(grid.edges[[0, -1]], [grid.low, grid.high])


@given(grids())
def test_a_logarithmic_grid_has_cells_of_equal_ratio_and_a_linear_one_of_equal_width(grid):
    steps = grid.edges[1:] / grid.edges[:-1] if grid.kind == "log" else np.diff(grid.edges)
    magnitude = 1 if grid.kind == "log" else max(abs(grid.low), abs(grid.high))
    assert np.allclose(steps, steps[0], rtol=1e-6, atol=1e-12 * magnitude)


@given(grids())
def test_plain_values_make_the_same_grid(grid):
    assert Grid(**grid.to_dict()) == grid


@given(st.sampled_from(["linear", "log"]), st.floats(), st.floats(), st.integers(-5, 5))
def test_any_numbers_make_a_grid_or_a_clear_error(kind, low, high, bins):
    try:
        grid = Grid(kind, low, high, bins)
    except ConfigError:
        return
    assert (np.diff(grid.edges) > 0).all()
    assert np.isfinite(grid.edges).all()
