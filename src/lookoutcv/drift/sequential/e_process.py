"""Evidence for a lasting change: the Shiryaev-Roberts e-detector, a sum of e-processes, one begun at each observation.

Each is the wealth of a gambler who starts with one coin and stakes all of it, at every observation, on a shift of one
size. While nothing changes no wealth grows in the mean, so after n observations the sum is at most n; a lasting change
makes it grow exponentially.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from lookoutcv.grids import FloatArray

# Evidence beyond this says nothing more, and products of it would overflow.
MOST_EVIDENCE = 1e200


def initial_evidence(metrics: int, bets: Sequence[float]) -> FloatArray:
    """Where every watch begins: zeros of shape (metrics, 2 * bets)."""
    return np.zeros((metrics, 2 * len(bets)))


def update_evidence(
    evidence: FloatArray, scores: FloatArray, bets: Sequence[float], allowance: FloatArray
) -> FloatArray:
    """The evidence after one more observation: R <- (R + 1) l.

    l = exp((g - d0)(+-z) - (g^2 - d0^2) / 2) is the likelihood ratio of a shift by g against one by d0, in units of
    standard deviations and for both signs: where z is standard normal its mean is below 1, so the mean of R is at most
    the number of observations, and stays so under a bias of z up to about d0.

    Args:
        evidence: (m, 2 b), R of each metric and bet, >= 0.
        scores: (m,) z; a missing one (NaN) leaves its metric's evidence as it is.
        bets: b shifts g that are bet on, in standard deviations, each above `allowance`.
        allowance: (m,) d0 of each metric.
    Returns:
        (m, 2 b), at most 1e200; first the bets on a rise, then those on a fall.
    Example:
        >>> update_evidence(initial_evidence(1, [0.6]), np.array([2.0]), [0.6], np.array([0.1])).round(2).tolist()
        [[2.28, 0.31]]

    Source: Shiryaev 1963, Roberts 1966; as an e-detector Shin, Ramdas & Rinaldo, "E-detectors: a nonparametric
        framework for sequential change detection", arXiv 2203.03532.
    """
    shifts, least = np.asarray(bets)[None, :], allowance[:, None]
    slope, offset = shifts - least, (shifts**2 - least**2) / 2
    steps = slope * scores[:, None]
    with np.errstate(over="ignore"):
        grown = (evidence + 1) * np.exp(np.hstack([steps - offset, -steps - offset]))
    updated: FloatArray = np.where(np.isnan(scores)[:, None], evidence, np.minimum(grown, MOST_EVIDENCE))
    return updated


def mean_evidence(evidence: FloatArray) -> float:
    """The mean of R over metrics and bets: below `alarm_threshold` with probability 1 - alpha while nothing changes."""
    return float(evidence.mean()) if evidence.size else 0.0


def alarm_threshold(horizon: int, alpha: float) -> float:
    """The mean evidence at which to raise an alarm: H / alpha.

    While nothing changes, the evidence after n observations is n at most, in the mean; the chance of any alarm within
    the horizon is then at most alpha, by Doob's inequality for submartingales.

    Args:
        horizon: Observations within which a false alarm counts, at least 1.
        alpha: The accepted chance of any, in (0, 1).
    Example:
        >>> alarm_threshold(10_000, 0.05)
        200000.0
    """
    return horizon / alpha


def ranked_by_evidence(evidence: FloatArray) -> list[tuple[int, int]]:
    """The metrics by their evidence, the strongest first: (column, 1 for a rise or -1 for a fall)."""
    bets = evidence.shape[1] // 2
    sides = evidence[:, :bets].sum(axis=1), evidence[:, bets:].sum(axis=1)
    order = np.argsort(-np.maximum(*sides), kind="stable")
    return [(int(j), 1 if sides[0][j] >= sides[1][j] else -1) for j in order if math.isfinite(sides[0][j])]
