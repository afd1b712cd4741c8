import numpy as np
import pytest

from lookoutcv.drift.statistics.ranks import baseline_ranks, pool, pool_column
from lookoutcv.errors import ShapeMismatch

NAN = np.nan


def test_missing_values_are_left_out_of_their_own_column_only() -> None:
    first, second = pool(np.array([[1.0, NAN], [2.0, 5.0]]), np.array([[NAN, 6.0]]))
    assert (first.baseline_present, first.window_present) == (2, 0)
    assert (second.baseline_present, second.window_present) == (1, 1)
    assert first.location_ranks.tolist() == [0.5, 1.0]


def test_ranks_return_to_their_rows() -> None:
    column = pool_column(np.array([30.0, 10.0]), np.array([NAN, 20.0]))
    np.testing.assert_array_equal(column.spread(column.location_ranks), [1.0, 1 / 3, NAN, 2 / 3])
    assert column.spread(column.location_ranks, missing=0.0)[2] == 0


def test_sides_are_counted_apart() -> None:
    column = pool_column(np.array([3.0, 1.0]), np.array([2.0, 3.0]))
    assert column.distinct.tolist() == [1.0, 2.0, 3.0]
    assert column.sizes_of(window=False).tolist() == [1, 0, 1]
    assert column.sizes_of(window=True).tolist() == [0, 1, 1]


def test_values_off_the_mode_are_counted_on_each_side() -> None:
    assert pool_column(np.array([0.0, 0.0, 0.0, 1.0]), np.array([0.0, 2.0, 3.0])).off_mode == (1, 2)
    assert pool_column(np.array([]), np.array([])).off_mode == (0, 0)


def test_negative_zero_is_zero() -> None:
    assert pool_column(np.array([-0.0, 0.0]), np.array([0.0])).constant


def test_nothing_at_all_has_no_ranks() -> None:
    column = pool_column(np.array([NAN]), np.array([NAN, NAN]))
    assert column.present == 0
    assert column.constant
    assert column.dispersion_ranks.size == column.location_ranks.size == baseline_ranks(column).size == 0


@pytest.mark.parametrize("window", [np.zeros((3, 3)), np.zeros(2)])
def test_samples_must_share_their_columns(window: np.ndarray) -> None:
    with pytest.raises(ShapeMismatch, match="cannot be compared"):
        pool(np.zeros((4, 2)), window)
