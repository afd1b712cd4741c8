import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.scores import brier, expected_calibration_error, log_loss, reliability


def test_bins_hold_their_upper_end() -> None:
    found = reliability(np.array([0.0, 0.2, 0.4, 1.0]), np.array([False, True, True, True]), bins=5)
    assert [one.images for one in found] == [2, 1, 0, 0, 1]
    assert (found[0].confidence, found[0].accuracy) == (0.1, 0.5)
    assert (found[2].confidence, found[2].accuracy) == (None, None)
    assert (found[0].low, found[-1].high) == (0, 1)


def test_honest_confidence_has_hardly_an_error() -> None:
    rng = np.random.default_rng(1)
    confidence = rng.random(50_000)
    honest = rng.random(50_000) < confidence
    assert expected_calibration_error(reliability(confidence, honest)) < 0.01
    assert expected_calibration_error(reliability(confidence, np.ones(50_000, bool))) == pytest.approx(0.5, abs=0.01)


def test_nan_is_left_out() -> None:
    scores = np.array([[0.7, 0.3], [np.nan, 0.5]])
    assert brier(scores, np.array([0, 0])) == pytest.approx(0.18)
    assert log_loss(scores, np.array([0, 0])) == pytest.approx(-np.log(0.7))
    assert sum(one.images for one in reliability(np.array([0.5, np.nan]), np.array([True, True]))) == 1


def test_a_class_the_model_lacks_is_as_wrong_as_can_be() -> None:
    assert brier(np.array([[1.0, 0.0]]), np.array([-1])) == 1
    assert log_loss(np.array([[1.0, 0.0]]), np.array([-1])) == pytest.approx(15.94, abs=0.01)
    assert brier(np.array([[1.0, 0.0]]), np.array([1])) == 2


def test_nothing_has_no_score() -> None:
    empty = np.zeros((0, 3)), np.zeros(0, int)
    assert np.isnan(
        [brier(*empty), log_loss(*empty), expected_calibration_error(reliability(np.zeros(0), np.zeros(0, bool)))]
    ).all()


def test_other_shapes_are_refused() -> None:
    for function in (brier, log_loss):
        with pytest.raises(ShapeMismatch):
            function(np.zeros(3), np.zeros(3, int))
    with pytest.raises(ShapeMismatch):
        reliability(np.zeros(3), np.zeros(2, bool))
