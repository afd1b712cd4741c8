"""The figures of a part, against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from lookoutcv.errors import ShapeMismatch
from lookoutcv.training.comparing.score import macro_f1, predicted_of, right_of, score


def test_the_figures_are_those_of_scikit_learn(rng: np.random.Generator) -> None:
    labels = rng.integers(0, 5, 300)
    probabilities = rng.dirichlet(np.ones(6), 300).astype(np.float32)
    probabilities[:, 5] = 0  # never predicted and never true: does not count
    found, predicted = score(labels, probabilities), probabilities.argmax(axis=1)
    assert found.accuracy == pytest.approx(accuracy_score(labels, predicted))
    assert found.macro_f1 == pytest.approx(f1_score(labels, predicted, average="macro"))
    assert found.low < found.accuracy < found.high
    assert (found.images, macro_f1(labels, predicted, 6)) == (300, found.macro_f1)


def test_the_calibration_error_is_counted_by_hand() -> None:
    # Two bins: .6 confident and right half of the time, .9 confident and always right.
    probabilities = np.array([[0.6, 0.4], [0.4, 0.6], [0.9, 0.1], [0.1, 0.9]])
    found = score(np.array([0, 0, 0, 1]), probabilities)
    assert found.calibration_error == pytest.approx((2 * 0.1 + 2 * 0.1) / 4)


def test_a_row_that_is_no_number_is_wrong() -> None:
    probabilities = np.array([[0.9, 0.1], [np.nan, np.nan]])
    found = score(np.array([0, 0]), probabilities)
    assert (found.accuracy, predicted_of(probabilities).tolist()) == (0.5, [0, 2])
    assert found.macro_f1 == pytest.approx(2 / 3)  # of class 0: one of two found, none called so wrongly
    assert found.calibration_error == pytest.approx(0.1)
    assert score(np.array([0]), probabilities[1:]).calibration_error is None


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ShapeMismatch, match=r"\(2, 2\) for labels of shape \(3,\)"):
        right_of(np.zeros(3, int), np.zeros((2, 2)))
    with pytest.raises(ShapeMismatch, match="no images to score"):
        score(np.zeros(0, int), np.zeros((0, 2)))
