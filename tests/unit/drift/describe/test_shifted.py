import numpy as np
import pytest

from lookoutcv.drift.describe.shifted import (
    correlation,
    most_typical,
    normal_scores,
    reasons,
    shift_scores,
    spread_scores,
)
from lookoutcv.drift.statistics.ranks import pool


def test_scores_are_standard_on_the_baseline(rng: np.random.Generator) -> None:
    z = normal_scores(pool(np.exp(rng.normal(size=(500, 3))), np.exp(rng.normal(size=(50, 3)))))
    np.testing.assert_allclose(z[:500].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(z[:500].std(axis=0, ddof=1), 1)


def test_missing_and_constant_values_stay_finite_or_missing() -> None:
    baseline, window = np.ones((100, 2)), np.array([[1.0, np.nan], [2.0, 1.0]])
    z = normal_scores(pool(baseline, window))
    assert np.isnan(z[100, 1])
    assert z[100, 0] == 0
    assert 0 < z[101, 0] < 5


def test_spread_scores_are_high_on_both_ends() -> None:
    z = spread_scores(pool(np.arange(101.0)[:, None], np.array([[0.0], [50.0], [100.0]])))[101:, 0]
    assert z[0] == pytest.approx(z[2])
    assert z[0] > 1
    assert z[1] < -2


def test_a_column_without_spread_correlates_with_nothing(rng: np.random.Generator) -> None:
    x = rng.normal(size=(50, 2))
    x[:, 1] = 0
    np.testing.assert_allclose(correlation(x), np.eye(2))


def test_the_shifted_part_of_a_window_scores_highest(rng: np.random.Generator) -> None:
    mixing = rng.normal(size=(6, 6))
    baseline, window = rng.normal(size=(1000, 6)) @ mixing, rng.normal(size=(100, 6)) @ mixing
    window[:30] += 2.0 * rng.normal(size=6)
    z = normal_scores(pool(baseline, window))
    scores = shift_scores(z[:1000], z[1000:])
    assert (scores[:30, None] > scores[30:]).mean() > 0.9


def test_typical_images_are_near_the_middle_and_measured() -> None:
    z = np.array([[9.0, 9.0], [0.1, 0.1], [np.nan, np.nan], [0.5, -0.5], [0.2, 0.0], [-7.0, 8.0]])
    assert most_typical(z, 2).tolist() == [1, 3]
    assert most_typical(z + 5, 3).tolist() == [1, 3, 4]


def test_reasons_point_the_way_of_the_shift_and_do_not_repeat() -> None:
    related = np.eye(4, dtype=bool)
    related[0, 1] = related[1, 0] = True
    z = np.array([3.0, 2.5, -2.0, 0.4])
    assert reasons(z, [0, 1, 2, 3], [1, 1, -1, 1], related, 3) == [0, 2]
    assert reasons(z, [0, 1, 2, 3], [-1, -1, 1, 1], related, 3) == [3]
    assert reasons(z, [2], [0], related, 3) == [2]
    assert reasons(z, [2], [1], related, 3) == []
