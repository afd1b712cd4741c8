"""Optimal transport and isotonic regression against exact solutions."""

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from lookoutcv.drift.accuracy.fit_calibration import calibrate_confidence
from lookoutcv.drift.accuracy.label_shift import transported


@pytest.mark.parametrize("seed", range(4))
def test_transport_is_near_the_best_assignment(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.dirichlet([0.3, 0.3, 0.3, 1.0], 120)
    places = np.repeat(np.arange(4), [60, 30, 15, 15])
    rows, columns = linear_sum_assignment(-scores[:, places])
    exact = scores[rows, places[columns]].mean()
    assert transported(scores, np.array([0.5, 0.25, 0.125, 0.125])) == pytest.approx(exact, abs=0.012)


def test_chances_are_the_closest_rising_ones() -> None:
    """Isotonic regression by its min-max formula (Robertson, Wright & Dykstra 1988), cell by cell."""
    rng = np.random.default_rng(5)
    confidence = np.round(rng.random(80), 1)
    correct = rng.random(80) < confidence
    values, places = np.unique(confidence, return_inverse=True)
    counts, rights = np.bincount(places), np.bincount(places, weights=correct)

    def mean(low: int, high: int) -> float:
        return rights[low : high + 1].sum() / counts[low : high + 1].sum()

    k = len(values)
    expected = [max(min(mean(s, t) for t in range(i, k)) for s in range(i + 1)) for i in range(k)]
    found = calibrate_confidence(confidence, correct).confidence.at(values)
    np.testing.assert_allclose(found, np.clip(expected, 0.01, 0.999))
