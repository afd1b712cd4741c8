import numpy as np

from lookoutcv.drift.statistics.joint import joint_p


def scores(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, ddof=1, keepdims=True)


def test_it_sees_a_shift_against_the_correlation_that_no_column_shows() -> None:
    rng = np.random.default_rng(3)
    common = rng.normal(size=400)
    x = np.stack([common + 0.2 * rng.normal(size=400), common + 0.2 * rng.normal(size=400)])
    x[0, 300:] += 0.2
    x[1, 300:] -= 0.2
    assert joint_p(scores(x), 100) < 1e-6


def test_the_same_column_twice_counts_once() -> None:
    x = scores(np.random.default_rng(4).normal(size=(1, 300)))
    once, twice = joint_p(x, 60), joint_p(np.vstack([x, x]), 60)
    assert abs(once - twice) < 0.01


def test_more_columns_than_rows_still_give_a_p_value() -> None:
    assert 0 <= joint_p(scores(np.random.default_rng(5).normal(size=(90, 60))), 30) <= 1
