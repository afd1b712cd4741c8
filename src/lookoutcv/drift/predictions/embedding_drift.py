"""Do the images look otherwise to a model than before? One test over all numbers of an embedding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lookoutcv.drift.statistics.combination import cauchy
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.joint import joint_p
from lookoutcv.drift.statistics.ranks import pool_column
from lookoutcv.drift.statistics.two_sample import two_sample
from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray

# Coordinates that are looked at; of more, so many drawn at random. A half of 256 found 93% of what all found, and more
# than as many random mixtures of them did. Twice as many take three times the time.
MOST_COORDINATES = 512
# Always the same coordinates: a comparison gives the same result twice.
_SEED = 2048


@dataclass(frozen=True)
class EmbeddingDrift:
    """The outcome of the test of embeddings.

    Args:
        p_value: Cauchy combination of the two below.
        location: Did they move? A regularised Hotelling test on ranks.
        spread: Do they lie nearer to the centre, or farther off? A rank test on the distance from the pooled mean.
        effect: How far the window's images lie along the direction between the two sides, as Cliff's delta, in [0, 1]:
            the direction is found on one half of the images and looked at on the other.
    """

    p_value: float
    location: float
    spread: float
    effect: float


def embedding_drift(baseline: FloatArray, window: FloatArray) -> EmbeddingDrift:
    """Test whether a window's embeddings differ from the baseline's.

    Every coordinate is ranked over both sides, so that no outlier counts for more than its place, and the ranks are
    tested together. Embeddings with a NaN are left out.

    Args:
        baseline: (M, D) float, a row an image; about 20 rows or more.
        window: (N, D) float.
    Returns:
        p-values 1 and effect 0 where either side has fewer than 4 rows or nothing varies.
    Raises:
        ShapeMismatch: Not two matrices with the same number of columns.
    Example:
        >>> rng = np.random.default_rng(0)
        >>> found = embedding_drift(rng.normal(size=(500, 64)), rng.normal(0.15, 1, (200, 64)))
        >>> found.p_value < 1e-6, 0.2 < found.effect < 0.9
        (True, True)

    Source: Chen, Paul, Prentice & Wang, "A regularized Hotelling's T2 test", JASA 106 (2011), on ranks; chosen by
    benchmarks/output_drift.py among rank tests on projections, kernel MMD and a classifier.
    """
    if baseline.ndim != 2 or window.ndim != 2 or baseline.shape[1] != window.shape[1]:
        raise ShapeMismatch(
            f"embeddings of shape {baseline.shape} and {window.shape} cannot be compared",
            "Give two matrices with a row per image, from the same model.",
            shape=window.shape,
            dtype=str(window.dtype),
        )
    sides = [side[np.isfinite(side).all(axis=1)] for side in (baseline, window)]
    before, rows = len(sides[0]), _looked_at(np.concatenate(sides))
    if min(before, len(rows) - before) < 4 or not rows.shape[1]:
        return EmbeddingDrift(1.0, 1.0, 1.0, 0.0)
    scores = np.stack([_rank_scores(column) for column in rows.T])
    location = joint_p(scores, len(rows) - before)
    distance = np.sqrt(((rows - rows.mean(axis=0)) ** 2).mean(axis=1))
    column = pool_column(distance[:before], distance[before:])
    spread = two_sample([column], minimum_values=2).p_value
    return EmbeddingDrift(cauchy([location, spread]), location, spread, _effect(scores, before))


def _looked_at(rows: FloatArray) -> FloatArray:
    """The coordinates that vary, or some of them."""
    vary = np.flatnonzero(rows.min(axis=0, initial=np.inf) < rows.max(axis=0, initial=-np.inf))
    if len(vary) > MOST_COORDINATES:
        vary = np.sort(np.random.default_rng(_SEED).permutation(vary)[:MOST_COORDINATES])
    return rows[:, vary]


def _rank_scores(values: FloatArray) -> FloatArray:
    """Mid-ranks with mean 0 and variance 1."""
    column = pool_column(values, values[:0])
    ranks = column.spread(column.location_ranks)
    ranks -= ranks.mean()
    scores: FloatArray = ranks / ranks.std(ddof=1)
    return scores


def _effect(scores: FloatArray, before: int) -> float:
    """How far the sides are apart on images that did not choose the direction."""
    halves = [_half(scores, before, chosen) for chosen in (0, 1)]
    return max(0.0, float(np.mean(halves)))


def _half(scores: FloatArray, before: int, chosen: int) -> float:
    baseline, window = scores[:, :before], scores[:, before:]
    direction = window[:, chosen::2].mean(axis=1) - baseline[:, chosen::2].mean(axis=1)
    projections = [direction @ side[:, 1 - chosen :: 2] for side in (baseline, window)]
    return effects(pool_column(*projections)).location
