"""Which images show a shift best, and which are typical: every image's place among the baseline's images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtri

from lookoutcv.drift.statistics.columns import total
from lookoutcv.drift.statistics.ranks import BoolArray, PooledColumn, baseline_ranks
from lookoutcv.grids import FloatArray, IntArray

# Ridge on the correlation matrix, so that nearly equal metrics do not cancel.
_RIDGE = 0.1
# A metric that does not vary in the baseline has no scale of its own.
_NO_SPREAD = 1e-6
# From one standard deviation on, an image's value is worth naming as a reason.
_NOTABLE = 1.0


def normal_scores(columns: Sequence[PooledColumn]) -> FloatArray:
    """Each image's place among the baseline's images, metric by metric, on the scale of a standard normal.

    z = Phi^-1(rank among the baseline), with mean 0 and variance 1 over the baseline. Missing values are NaN.

    Args:
        columns: The m metrics.
    Returns:
        (M + N, m), baseline rows first.
    Example:
        >>> from lookoutcv.drift.statistics.ranks import pool
        >>> z = normal_scores(pool(np.arange(99.0)[:, None], np.array([[49.0], [1e9]])))
        >>> z[99:, 0].round(1).tolist()
        [0.0, 2.7]
    """
    return np.stack([_standardised(c, ndtri(baseline_ranks(c))) for c in columns], axis=1)


def spread_scores(columns: Sequence[PooledColumn]) -> FloatArray:
    """The same for the distance from the baseline's median: large where an image is unusual in either direction.

    Returns:
        (M + N, m).
    """
    scores = []
    for column in columns:
        edge = 0.5 / (column.baseline_present + 1)
        distance = np.clip(np.abs(2 * baseline_ranks(column) - 1), edge, 1 - edge)
        scores.append(_standardised(column, ndtri(distance)))
    return np.stack(scores, axis=1)


def correlation(scores: FloatArray) -> FloatArray:
    """Correlation of score columns that have mean 0; columns without any spread correlate with nothing.

    Args:
        scores: (M, m) of the baseline.
    Returns:
        (m, m), ones on the diagonal.
    """
    products = scores.T @ scores
    scale = np.sqrt(np.diag(products))
    scale[scale <= _NO_SPREAD] = 1.0
    related: FloatArray = products / np.outer(scale, scale)
    np.fill_diagonal(related, 1.0)
    return related


def shift_scores(baseline: FloatArray, window: FloatArray) -> FloatArray:
    """How far each image of the window lies in the direction in which the window moved.

    score_i = z_i' (R + .1 I)^-1 mean z, R the baseline's correlation: the discriminant direction between the sides.

    Args:
        baseline: (M, k) scores.
        window: (N, k) scores, N >= 1.
    Returns:
        (N,), larger is further.
    Example:
        >>> rng = np.random.default_rng(0)
        >>> z = rng.normal(size=(100, 3)); z[:20, 0] += 4
        >>> sorted(np.argsort(shift_scores(rng.normal(size=(500, 3)), z))[-20:].tolist())[:3]
        [0, 1, 2]
    """
    return window @ shift_direction(baseline, window)


def shift_direction(baseline: FloatArray, window: FloatArray) -> FloatArray:
    """The direction in which the window moved: (R + .1 I)^-1 mean z.

    Args:
        baseline, window: As in `shift_scores`.
    Returns:
        (k,).
    """
    ridged = correlation(baseline) + _RIDGE * np.eye(baseline.shape[1])
    direction: FloatArray = np.linalg.solve(ridged, window.mean(axis=0))
    return direction


def most_typical(scores: FloatArray, count: int) -> IntArray:
    """Some rows of the half nearest to their own centre: the nearest of all would be much the same picture.

    Args:
        scores: (rows, m) normal scores of one side; a missing one (NaN) counts as one standard deviation off. The first
            rows of the half are taken, so their order should be that of a hash sample: random, but always the same.
        count: At most this many.
    """
    present = ~np.isnan(scores)
    centre = [
        np.median(column[known]) if known.any() else 0.0 for column, known in zip(scores.T, present.T, strict=True)
    ]
    distance = np.square(np.nan_to_num(scores - np.array(centre), nan=1.0)).mean(axis=1)
    half = np.argsort(distance, kind="stable")[: max(count, len(distance) // 2)]
    return np.sort(half)[:count]


def reasons(
    scores: FloatArray, moved: Sequence[int], signs: Sequence[int], related: BoolArray, limit: int
) -> list[int]:
    """The metrics that make an image an example of the shift, strongest first.

    Args:
        scores: (m,) normal scores of one image.
        moved: Columns that may be named, those that moved.
        signs: For each of them, the window's direction: 1, -1, or 0 where it spreads both ways.
        related: (m, m), True where two metrics tell the same story; only the stronger is named.
        limit: At most this many.
    Returns:
        Columns. Where none is notable, the strongest in the right direction.
    """
    strength = {
        j: float(scores[j]) * sign if sign else abs(float(scores[j])) for j, sign in zip(moved, signs, strict=True)
    }
    named: list[int] = []
    for j in sorted(strength, key=lambda j: -strength[j]):
        too_weak = strength[j] < _NOTABLE and bool(named)
        if len(named) == limit or too_weak or strength[j] <= 0:
            break
        if not any(related[j, other] for other in named):
            named.append(j)
    return named


def _standardised(column: PooledColumn, per_distinct: FloatArray) -> FloatArray:
    weights = column.sizes_of(window=False)
    count = max(column.baseline_present, 1)
    mean = total(weights, per_distinct) / count
    variance = total(weights, (per_distinct - mean) ** 2) / max(count - 1, 1)
    spread = variance**0.5
    return column.spread((per_distinct - mean) / (spread if spread > _NO_SPREAD else 1.0))
