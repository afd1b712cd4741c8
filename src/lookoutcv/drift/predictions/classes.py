"""Does the model predict other classes than before?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import gammaincc

from lookoutcv.drift.rules.fixed import total_variation
from lookoutcv.drift.statistics.combination import cauchy
from lookoutcv.drift.statistics.rare_events import fisher_mid_p
from lookoutcv.grids import IntArray
from lookoutcv.profiles.counts import comparable
from lookoutcv.results.findings.class_drift import ClassDrift

# With a smaller expected count the statistic is not yet chi-square (Cochran, Biometrics 10, 1954).
LEAST_EXPECTED = 5


def class_drift(baseline: Mapping[str, int], window: Mapping[str, int]) -> ClassDrift:
    """Compare how often each class was predicted.

    Args:
        baseline, window: Images of each class, as `Profile.counts` holds them. A side without images is not compared.
    Example:
        >>> found = class_drift({"cat": 500, "dog": 500}, {"cat": 80, "dog": 15, "fox": 5})
        >>> found.p_value < 1e-6, round(found.distance, 2), found.new
        (True, 0.35, {'fox': 5})
    """
    before, after = comparable(baseline, window)
    totals = sum(before.values()), sum(after.values())
    if not all(totals):
        return ClassDrift(1.0, 0.0, 0)
    sides = np.array(list(before.values())), np.array(list(after.values()))
    p_value, tested = frequency_test(*sides)
    rare = rare_class_test(*sides)
    if rare is not None:
        p_value = cauchy([p_value, rare])
    changes = {name: after[name] / totals[1] - before[name] / totals[0] for name in before}
    ranked = sorted(changes, key=lambda name: (-abs(changes[name]), name))
    return ClassDrift(
        p_value,
        total_variation(before, after),
        tested,
        {name: after[name] for name in before if after[name] and not before[name]},
        {
            name: before[name]
            for name in before
            if not after[name] and before[name] * totals[1] / totals[0] >= LEAST_EXPECTED
        },
        {name: changes[name] for name in ranked},
        {name: before[name] / totals[0] for name in ranked},
    )


def rare_class_test(baseline: IntArray, window: IntArray) -> float | None:
    """Whether any single rare class is more or less frequent: merged with others, a new class would not be noticed.

    Fisher's exact test of each class with an expected count under 5 in the smaller side; the smallest p-value times
    their number.

    Args:
        baseline, window: (K,) counts; neither all zero.
    Returns:
        In (0, 1]; None where no class is rare.
    Example:
        >>> rare_class_test(np.array([1000, 0]), np.array([90, 10])) < 1e-6
        True
    """
    totals = int(baseline.sum()), int(window.sum())
    pooled = baseline + window
    rare = np.flatnonzero((pooled > 0) & (pooled * min(totals) < LEAST_EXPECTED * sum(totals)))
    if not len(rare):
        return None
    p_values = [fisher_mid_p(int(baseline[i]), totals[0], int(window[i]), totals[1]) for i in rare]
    return min(1.0, len(rare) * min(p_values))


def frequency_test(baseline: IntArray, window: IntArray) -> tuple[float, int]:
    """Pearson's test that two sets of counts have the same frequencies.

    Classes with an expected count under 5 in the smaller side are merged into one, with the next rarest class where the
    merged one is still too rare. The statistic is chi-square with one degree of freedom less than classes.

    Args:
        baseline, window: (K,) counts; neither all zero.
    Returns:
        The p-value, and the classes that were compared; with fewer than two of them the p-value is 1.
    Example:
        >>> p, classes = frequency_test(np.array([50, 50, 2, 1]), np.array([20, 30, 1, 0]))
        >>> round(p, 4), classes
        (0.2295, 2)

    Source: Pearson, Philosophical Magazine 50 (1900).
    """
    table = np.array([baseline, window], dtype=np.float64)
    table = table[:, table.sum(axis=0) > 0]
    share = table.sum(axis=1).min() / table.sum()
    expected = table.sum(axis=0) * share
    table, expected = table[:, np.argsort(-expected, kind="stable")], np.sort(expected)[::-1]
    separate = int(np.count_nonzero(expected >= LEAST_EXPECTED))
    if separate < len(expected):
        while separate and expected[separate:].sum() < LEAST_EXPECTED:
            separate -= 1
        table = np.concatenate([table[:, :separate], table[:, separate:].sum(axis=1, keepdims=True)], axis=1)
    classes = table.shape[1]
    if classes < 2:
        return 1.0, classes
    means = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - means) ** 2 / means).sum())
    return float(gammaincc((classes - 1) / 2, statistic / 2)), classes
