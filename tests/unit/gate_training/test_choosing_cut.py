"""Where sharp begins, from scores."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.gate.cut import SizedCut
from lookoutcv.gate_training.choosing_cut import fitted_slope, quantile_cut, scanned_cut

SCORES = st.lists(st.floats(-20, 20), min_size=1, max_size=200).map(np.array)


@given(SCORES, st.floats(0, 0.5))
def test_a_cut_refuses_no_more_than_it_may(sharp: np.ndarray, share: float) -> None:
    cut = quantile_cut(sharp, sharp, share)
    refused = float((sharp < cut.value).mean())
    assert refused <= share + 1e-9
    assert cut.refused == refused
    assert cut.low is not None
    assert cut.high is not None
    assert cut.low <= refused <= cut.high


@given(SCORES, SCORES)
def test_a_scan_is_as_right_as_any_of_its_thresholds(sharp: np.ndarray, blurred: np.ndarray) -> None:
    cut = scanned_cut(sharp, blurred).value
    every = np.concatenate([sharp, blurred])

    def right(threshold: float) -> int:
        return int((sharp >= threshold).sum() + (blurred < threshold).sum())

    assert right(cut) == max(map(right, np.linspace(every.min(), every.max(), 200)))


def test_how_often_good_images_are_refused_is_held() -> None:
    draw = np.random.default_rng(3)
    shares = [
        float((draw.normal(size=4000) < quantile_cut(x, x, 0.02).value).mean()) for x in draw.normal(size=(200, 400))
    ]
    assert 0.01 < np.mean(shares) < 0.03


def zeros(first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(first), np.zeros(second)


def test_the_share_that_is_told_is_of_the_cuts_that_judge() -> None:
    own, shorts = np.array([0.0, 5.0]), [128.0, 512.0]
    cut = quantile_cut(np.array([-5.0, 5.0]), own, 0.5, (SizedCut(128, -1.0), SizedCut(512, 9.0)), shorts)
    assert cut.refused == 0.5


def test_the_slope_is_that_of_a_logistic_curve() -> None:
    draw = np.random.default_rng(5)
    distance = draw.normal(0, 2, 20000)
    sharp = draw.uniform(size=20000) < 1 / (1 + np.exp(-1.7 * distance))
    slope = fitted_slope(distance[sharp], distance[~sharp], zeros(sharp.sum(), (~sharp).sum()), float, 1.0)
    assert slope == pytest.approx(1.7, abs=0.08)
    assert fitted_slope(distance[sharp], np.array([]), zeros(sharp.sum(), 0), float, 0.25) == 0.25


def test_what_is_told_apart_wholly_is_not_endlessly_sure() -> None:
    slope = fitted_slope(np.array([1.0, 2.0]), np.array([-1.0, -2.0]), zeros(2, 2), float, 1.0)
    assert 0.2 < slope < 3
