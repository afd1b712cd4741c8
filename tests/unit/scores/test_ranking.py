"""How well scores tell two kinds apart, against scikit-learn, and how often the interval holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_curve as other_precision_recall
from sklearn.metrics import roc_auc_score
from sklearn.metrics import roc_curve as other_roc

from lookoutcv.scores.ranking import area_under_roc, precision_recall_curve, roc_curve

SCORES = st.lists(st.integers(-8, 8).map(float), min_size=1, max_size=40)


@given(SCORES, SCORES)
def test_the_area_and_the_curves_are_those_of_scikit_learn(positive: list[float], negative: list[float]) -> None:
    labels = [1] * len(positive) + [0] * len(negative)
    scores = positive + negative
    area, low, high = area_under_roc(np.array(positive), np.array(negative))
    assert area == pytest.approx(roc_auc_score(labels, scores))
    assert 0 <= low <= area <= high <= 1
    false, true = roc_curve(np.array(positive), np.array(negative))
    others = other_roc(labels, scores, drop_intermediate=False)
    assert false == pytest.approx(others[0])
    assert true == pytest.approx(others[1])
    precision, recall = precision_recall_curve(np.array(positive), np.array(negative))
    theirs = other_precision_recall(labels, scores)
    assert precision[::-1] == pytest.approx(theirs[0][:-1])
    assert recall[::-1] == pytest.approx(theirs[1][:-1])


def test_the_interval_holds_in_nineteen_of_twenty() -> None:
    draw = np.random.default_rng(7)
    truth = 0.8555778168267576  # of two normal curves 1.5 apart
    held = 0
    for _ in range(400):
        _, low, high = area_under_roc(draw.normal(1.5, 1, 40), draw.normal(0, 1, 60))
        held += low <= truth <= high
    assert 365 <= held <= 395


def test_where_all_are_told_apart_few_images_leave_much_open() -> None:
    area, low, high = area_under_roc(np.arange(10.0, 22.0), np.arange(0.0, 9.0))
    assert (area, high) == (1.0, 1.0)
    assert low < 0.7
