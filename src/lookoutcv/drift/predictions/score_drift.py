"""Does a model predict otherwise than before? Which of its scores are tested, and its classes beside them."""

from __future__ import annotations

import numpy as np

from lookoutcv.drift.statistics.combination import cauchy
from lookoutcv.grids import FloatArray
from lookoutcv.results.findings.class_drift import ClassDrift

# With 1,000 scores the joint test calls 35 to 42% of unchanged windows drift (measured in the study).
MOST_SCORES = 15


def most_likely_classes(means: FloatArray, most: int = MOST_SCORES) -> list[int]:
    """The classes whose scores are tested: those with the largest mean score in the baseline, in the model's order.

    Args:
        means: (C,) mean score of each class over the baseline; NaN counts as 0.
        most: So many at most.
    Example:
        >>> most_likely_classes(np.array([0.1, 0.5, 0.4]), most=2)
        [1, 2]
    """
    order = np.argsort(-np.nan_to_num(means), kind="stable")[:most]
    return sorted(int(index) for index in order)


def with_classes(p_value: float, effect: float, classes: ClassDrift) -> tuple[float, float]:
    """P-value and effect of the predictions as a whole: black box shift detection.

    Args:
        p_value, effect: Of the certainty and the scores that are tested.
        classes: From `classes.class_drift`.
    Returns:
        The Cauchy combination of both p-values; the larger of the effect and the distance of the classes.
    Example:
        >>> from lookoutcv.drift.predictions.classes import class_drift
        >>> p, effect = with_classes(0.4, 0.1, class_drift({"a": 250, "b": 250}, {"a": 90, "b": 10}))
        >>> p < 1e-6, round(effect, 2)
        (True, 0.4)

    Source: Lipton, Wang & Smola, "Detecting and correcting for label shift with black box predictors", ICML 2018.
    """
    together = p_value if classes.p_value is None else cauchy([p_value, classes.p_value])
    return together, max(effect, classes.distance)
