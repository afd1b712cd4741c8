"""Scores of probabilities against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from lookoutcv.training.fitting.scoring import measured


def test_they_are_those_of_scikit_learn(rng):
    exact = rng.dirichlet(np.ones(5), 200)
    scores = exact.astype(np.float32)
    # One class never occurs, and is said all the same.
    labels = rng.integers(0, 4, 200)
    found = measured(scores, labels)
    said = scores.argmax(axis=1)
    assert found.accuracy == pytest.approx(accuracy_score(labels, said))
    assert found.macro_f1 == pytest.approx(f1_score(labels, said, labels=range(4), average="macro"))
    assert found.loss == pytest.approx(log_loss(labels, exact, labels=range(5)), rel=1e-4)
