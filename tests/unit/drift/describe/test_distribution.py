import numpy as np
import pytest

from lookoutcv.drift.describe.distribution import distribution
from lookoutcv.grids import linear, logarithmic
from lookoutcv.profiles.histogram import Histogram


def test_few_cells_and_whole_shares(rng: np.random.Generator) -> None:
    grid = logarithmic(0.01, 1000, 576)
    drawn = distribution(Histogram.of(grid, np.exp(rng.normal(size=5000))), Histogram.of(grid, [3.0]))
    assert drawn is not None
    assert drawn.log
    assert len(drawn.edges) == len(drawn.before) + 1 == len(drawn.after) + 1 <= 41
    assert drawn.edges == sorted(set(drawn.edges))
    assert sum(drawn.before) == pytest.approx(1)
    assert sum(drawn.after) == pytest.approx(1)


def test_open_cells_and_outliers_join_the_outermost_cells() -> None:
    grid = linear(0, 1, 100)
    drawn = distribution(Histogram.of(grid, [-5.0, 0.5, 9.0]), Histogram.of(grid, []))
    assert drawn is not None
    assert (drawn.edges[0], drawn.edges[-1]) == (0.0, 1.0)
    assert (drawn.before[0], drawn.before[-1]) == (1 / 3, 1 / 3)
    assert sum(drawn.after) == 0


@pytest.mark.parametrize("value", [-5.0, 0.0, 0.31, 1.0, 7.0])
def test_a_single_value_is_drawn_wherever_it_lies(value: float) -> None:
    one = Histogram.of(linear(0, 1, 100), [value])
    drawn = distribution(one, one)
    assert drawn is not None
    assert drawn.before == drawn.after == [1.0]


def test_nothing_to_draw() -> None:
    empty = Histogram.empty(linear(0, 1, 10))
    assert distribution(empty, empty) is None
    assert distribution(empty, Histogram.of(linear(0, 2, 10), [1.0])) is None
