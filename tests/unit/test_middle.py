import numpy as np

from lookoutcv.drift.middle import Middle, middle, spread_ratio
from lookoutcv.drift.ranks import pool_column

NAN = np.nan


def test_medians_of_odd_and_even_counts() -> None:
    assert middle(pool_column(np.array([3.0, 1.0, 2.0]), np.array([4.0, 8.0, NAN]))) == Middle(2.0, 6.0)


def test_equal_medians_give_way_to_the_exact_means() -> None:
    column = pool_column(np.zeros(3), np.array([0.0, 0.0, 3.0]))
    assert middle(column, (0.25, 0.75)) == Middle(0.25, 0.75, "mean")
    assert middle(column) == Middle(0.0, 1.0, "mean")


def test_an_empty_side_has_none() -> None:
    assert middle(pool_column(np.array([1.0]), np.array([NAN]))) == Middle(1.0, None)


def test_spread_falls_back_to_the_standard_deviation() -> None:
    rare = np.zeros(100)
    rare[0] = 1
    assert spread_ratio(pool_column(rare, 4 * rare)) == 4.0
    assert spread_ratio(pool_column(np.zeros(9), rare)) is None
    assert spread_ratio(pool_column(rare, np.array([1.0]))) is None
