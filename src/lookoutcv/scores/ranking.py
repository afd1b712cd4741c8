"""How well scores tell two kinds apart, whatever the cut: ROC, its area with an interval, precision and recall."""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from scipy.special import expit, logit

Values: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

_Z95 = 1.959963984540054


def roc_curve(positive: Values, negative: Values) -> tuple[Values, Values]:
    """Shares of negatives and of positives at or above each score, from the strictest cut to the loosest.

    Args:
        positive, negative: Scores, larger for positive; at least one of each.
    Returns:
        False and true positive rates, both from 0 to 1, ascending.
    Example:
        >>> [ends.tolist() for ends in roc_curve(np.array([2.0, 3.0]), np.array([1.0]))]
        [[0.0, 0.0, 0.0, 1.0], [0.0, 0.5, 1.0, 1.0]]
    """
    cuts = np.unique(np.concatenate([positive, negative]))[::-1]
    true = 1 - np.searchsorted(np.sort(positive), cuts, side="left") / len(positive)
    false = 1 - np.searchsorted(np.sort(negative), cuts, side="left") / len(negative)
    return np.concatenate([[0.0], false]), np.concatenate([[0.0], true])


def precision_recall_curve(positive: Values, negative: Values) -> tuple[Values, Values]:
    """Share of positives among those at or above each score, and share of all positives there.

    Args:
        positive, negative: Scores, larger for positive; at least one positive.
    Returns:
        Precision and recall, from the strictest cut to the loosest.
    Example:
        >>> [ends.tolist() for ends in precision_recall_curve(np.array([2.0, 3.0]), np.array([2.5]))]
        [[1.0, 0.5, 0.6666666666666666], [0.5, 0.5, 1.0]]
    """
    cuts = np.unique(np.concatenate([positive, negative]))[::-1]
    true = len(positive) - np.searchsorted(np.sort(positive), cuts, side="left")
    false = len(negative) - np.searchsorted(np.sort(negative), cuts, side="left")
    return true / (true + false), true / len(positive)


def area_under_roc(positive: Values, negative: Values) -> tuple[float, float, float]:
    """The chance that a positive scores higher than a negative, ties counting half, and its 95% interval.

    Args:
        positive, negative: Scores, larger for positive; at least one of each.
    Returns:
        The area; and both ends of the interval: DeLong's variance, on the scale of log odds, so that it stays within 0
        and 1. Where all are told apart, the variance is nothing, and the interval is that of a share of as many pairs
        as the smaller kind has images.
    Example:
        >>> area_under_roc(np.array([2.0, 3.0]), np.array([1.0, 2.5]))[0]
        0.75

    Source: DeLong, DeLong & Clarke-Pearson, Biometrics 1988.
    """
    above = _share_below(np.sort(negative), positive)
    below = 1 - _share_below(np.sort(positive), negative)
    area = float(above.mean())
    variance = _variance(above) + _variance(below)
    if area in (0.0, 1.0) or variance == 0:
        least = 1 - 0.025 ** (1 / min(len(positive), len(negative)))
        return area, max(area - least, 0.0), min(area + least, 1.0)
    error = _Z95 * math.sqrt(variance) / (area * (1 - area))
    return area, float(expit(logit(area) - error)), float(expit(logit(area) + error))


def _share_below(ordered: Values, values: Values) -> Values:
    """For each value the share of the ordered ones that lie below it; ties count half."""
    sides = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray(sum(sides) / (2 * len(ordered)), dtype=np.float64)


def _variance(placements: Values) -> float:
    return float(placements.var(ddof=1) / len(placements)) if len(placements) > 1 else 0.0
