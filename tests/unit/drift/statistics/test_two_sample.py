import numpy as np
import pytest

from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool, pool_column
from lookoutcv.drift.statistics.two_sample import MetricTests, TwoSample, two_sample

NORMAL = np.random.default_rng(11).normal(size=(400, 1))


def outcome(baseline: np.ndarray, window: np.ndarray) -> TwoSample:
    return two_sample(pool(baseline, window), minimum_values=10)


def test_nothing_varies_nothing_found() -> None:
    found = outcome(np.ones((50, 2)), np.ones((40, 2)))
    assert (found.p_value, found.joint) == (1.0, None)
    assert found.metrics == (MetricTests(), MetricTests())
    assert found.metrics[0].p_value is None


def test_one_metric_is_enough() -> None:
    assert outcome(NORMAL[:300], NORMAL[300:] + 1).p_value < 1e-10
    assert outcome(NORMAL[:300], NORMAL[300:]).p_value > 0.01


def test_a_wider_spread_is_found_by_dispersion_not_location() -> None:
    found = outcome(NORMAL[:300], 3 * NORMAL[300:]).metrics[0]
    assert found.location is not None
    assert found.dispersion is not None
    assert found.location > 0.01
    assert found.dispersion < 1e-8


def test_rare_events_are_counted_not_ranked() -> None:
    baseline = np.zeros((500, 1))
    window = np.zeros((50, 1))
    window[:4] = 0.3
    found = outcome(baseline, window)
    assert found.joint is None
    assert found.metrics[0].location is None
    assert found.metrics[0].rare_events == found.p_value < 1e-3


def test_a_metric_that_was_constant_and_now_varies_is_drift() -> None:
    found = outcome(np.zeros((1000, 1)), NORMAL[:100])
    assert found.p_value < 1e-10


def test_two_values_half_and_half_have_no_dispersion() -> None:
    half = np.tile([0.0, 1.0], 50)[:, None]
    found = outcome(half, half[:60])
    assert found.metrics[0].dispersion is None
    assert found.metrics[0].location == pytest.approx(1.0)


def test_a_changed_share_of_missing_values_is_tested() -> None:
    window = NORMAL[300:].copy()
    window[:40] = np.nan
    found = outcome(NORMAL[:300], window).metrics[0]
    assert found.missing is not None
    assert found.missing < 1e-10
    assert effects(pool_column(NORMAL[:300, 0], window[:, 0])).missing == 0.4


def test_a_metric_missing_on_a_whole_side_is_not_tested() -> None:
    found = outcome(np.hstack([NORMAL[:300], NORMAL[:300]]), np.hstack([NORMAL[300:], np.full((100, 1), np.nan)]))
    assert found.metrics[1] == MetricTests()


def test_few_values_are_not_ranked_but_their_absence_counts() -> None:
    window = np.full((100, 1), np.nan)
    window[:5] = 0.1
    found = outcome(NORMAL[:300], window).metrics[0]
    assert found.distribution is None
    assert found.missing is not None
