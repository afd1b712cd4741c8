"""Did the metrics move together? Many small shifts in agreement show before any single one does."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaincc

from lookoutcv.grids import FloatArray

# Shrinkage of the correlation matrix: this much at least, and one part per row and column.
SHRINKAGE_FLOOR = 0.02


def joint_p(scores: FloatArray, window_rows: int) -> float:
    """P-value of a regularised Hotelling test on rank scores.

    With C the pooled correlation of the k columns, l = min(1, k/n + .02) and (L_i, q_i) the eigenpairs of C:
    T = sum (q_i'w)^2 / ((1 - l) L_i + l), where w are the standardised differences of the window from the pool. Under
    no change T is a weighted sum of chi-squares with weights a_i = L_i / ((1 - l) L_i + l), taken as c chi2_f with the
    same mean and variance (Satterthwaite). With l = 0 this is Hotelling's T^2; plain chi2 fails once k nears n.

    Args:
        scores: (k, n) columns of ranks, each with mean 0 and sample variance 1 over the pool (0 where missing);
            baseline rows first.
        window_rows: How many of the n rows, the last ones, are the window's; 0 < window_rows < n.
    Returns:
        In [0, 1].
    Example:
        >>> rng = np.random.default_rng(0)
        >>> x = rng.normal(size=(4, 200)); x[:, 150:] += 0.5
        >>> x = (x - x.mean(1, keepdims=True)) / x.std(1, ddof=1, keepdims=True)
        >>> joint_p(x, 50) < 1e-4
        True

    Source: Chen, Paul, Prentice & Wang, "A regularized Hotelling's T2 test", JASA 106 (2011); Satterthwaite (1946).
    """
    rows = scores.shape[1]
    baseline_rows = rows - window_rows
    # Permuting rows gives these sums exactly the covariance C, missing values included.
    shifts = scores[:, baseline_rows:].sum(axis=1) * np.sqrt((rows / baseline_rows) / window_rows)
    return hotelling_p(shifts, scores @ scores.T / (rows - 1), rows)


def hotelling_p(shifts: FloatArray, correlation: FloatArray, rows: int) -> float:
    """The same from standardised differences and their correlation.

    Args:
        shifts: w, (k,).
        correlation: C, (k, k).
        rows: n, images on both sides.
    Returns:
        In [0, 1].
    """
    eigenvalues, vectors = np.linalg.eigh(correlation)
    eigenvalues = np.clip(eigenvalues, 0.0, None)
    shrinkage = min(1.0, len(shifts) / rows + SHRINKAGE_FLOOR)
    damped = (1.0 - shrinkage) * eigenvalues + shrinkage
    statistic = float(np.sum((vectors.T @ shifts) ** 2 / damped))
    weights = eigenvalues / damped
    scale = float(np.sum(weights**2) / np.sum(weights))
    freedom = float(np.sum(weights) ** 2 / np.sum(weights**2))
    return float(gammaincc(freedom / 2, statistic / (2 * scale)))
