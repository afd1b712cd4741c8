import numpy as np
import pytest

from lookoutcv.drift.predictions.classes import class_drift
from lookoutcv.drift.predictions.score_drift import most_likely_classes, with_classes
from lookoutcv.drift.statistics.combination import cauchy

SAME = class_drift({"a": 50, "b": 50}, {"a": 26, "b": 24})


def test_the_classes_with_the_largest_means_are_watched() -> None:
    means = np.array([0.3, np.nan, 0.1, 0.4, 0.2])
    assert most_likely_classes(means, most=3) == [0, 3, 4]
    assert most_likely_classes(means) == [0, 1, 2, 3, 4]
    assert len(most_likely_classes(np.full(1000, 0.001))) == 15


def test_scores_and_classes_count_alike() -> None:
    assert with_classes(0.02, 0.3, SAME) == (cauchy([0.02, SAME.p_value]), 0.3)


def test_other_classes_are_drift_where_the_scores_stay() -> None:
    p_value, effect = with_classes(0.6, 0.05, class_drift({"a": 200, "b": 200}, {"a": 300, "b": 100}))
    assert p_value < 1e-6
    assert effect == pytest.approx(0.25)
