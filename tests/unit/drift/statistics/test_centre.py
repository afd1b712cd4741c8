import numpy as np
import pytest

from lookoutcv.drift.statistics.centre import Centre, centre, spread_ratio
from lookoutcv.drift.statistics.ranks import pool_column

NAN = np.nan


def test_medians_of_odd_and_even_counts() -> None:
    assert centre(pool_column(np.array([3.0, 1.0, 2.0]), np.array([4.0, 8.0, NAN]))) == Centre(2.0, 6.0)


def test_equal_medians_give_way_to_the_exact_means() -> None:
    column = pool_column(np.zeros(3), np.array([0.0, 0.0, 3.0]))
    assert centre(column, (0.25, 0.75)) == Centre(0.25, 0.75, "mean")
    assert centre(column) == Centre(0.0, 1.0, "mean")


def test_an_empty_side_has_none() -> None:
    assert centre(pool_column(np.array([1.0]), np.array([NAN]))) == Centre(1.0, None)


def test_spread_falls_back_to_the_standard_deviation() -> None:
    rare = np.zeros(100)
    rare[0] = 1
    assert spread_ratio(pool_column(rare, 4 * rare)) == 4.0
    assert spread_ratio(pool_column(np.zeros(9), rare)) is None
    assert spread_ratio(pool_column(rare, np.array([1.0]))) is None


def test_means_are_told_where_they_are_wanted() -> None:
    """Scores of one of many classes: nearly all are nearly 0."""
    before, after = np.array([1e-6, 1e-5, 1e-4, 0.9]), np.array([2e-6, 2e-5, 0.9, 0.9])
    column = pool_column(before, after)
    assert centre(column).statistic == "median"
    told = centre(column, averaged=True)
    assert (told.statistic, told.before, told.after) == (
        "mean",
        pytest.approx(before.mean()),
        pytest.approx(after.mean()),
    )
