"""Do probabilities mean what they say? Reliability, and the scores that only honest probabilities make small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray, IntArray
from lookoutcv.results.evaluation import ReliabilityBin

Scores = np.ndarray[Any, np.dtype[Any]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

# Guo et al. use 15 bins, and most who compare with them.
BINS = 15
# Least probability in a logarithm: what a float32 leaves of 1 - p.
_LEAST = float(np.finfo(np.float32).eps)


def reliability(confidence: FloatArray, correct: Flags, bins: int = BINS) -> list[ReliabilityBin]:
    """Confidence beside accuracy, bin by bin.

    Args:
        confidence: (n,) 0 to 1. NaN is left out.
        correct: (n,) whether the prediction was right.
        bins: Of equal width.
    Raises:
        ShapeMismatch: Not one truth an image.
    Example:
        >>> found = reliability(np.array([0.55, 0.95, 0.85]), np.array([False, True, True]), bins=2)
        >>> [(one.images, one.accuracy) for one in found]
        [(0, None), (3, 0.6666666666666666)]

    Source: Guo et al., "On calibration of modern neural networks", ICML 2017.
    """
    if confidence.ndim != 1 or correct.shape != confidence.shape:
        raise _unequal(confidence, correct)
    present = ~np.isnan(confidence)
    confidence, correct = confidence[present].astype(np.float64), correct[present]
    edges = np.linspace(0, 1, bins + 1)
    bin_of = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, bins - 1)
    images = np.bincount(bin_of, minlength=bins)
    certain = np.bincount(bin_of, weights=confidence, minlength=bins)
    right = np.bincount(bin_of, weights=correct, minlength=bins)
    return [
        ReliabilityBin(
            float(edges[i]),
            float(edges[i + 1]),
            int(images[i]),
            float(certain[i] / images[i]) if images[i] else None,
            float(right[i] / images[i]) if images[i] else None,
        )
        for i in range(bins)
    ]


def expected_calibration_error(bins: Sequence[ReliabilityBin]) -> float:
    """Mean distance of confidence and accuracy over the images, bin by bin.

    Args:
        bins: From `reliability`.
    Returns:
        0 to 1; NaN without images.
    Example:
        >>> expected_calibration_error(reliability(np.array([0.5, 1.0]), np.array([False, True])))
        0.25

    Source: Naeini, Cooper & Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015.
    """
    images = sum(bin_.images for bin_ in bins)
    gaps = sum(
        bin_.images * abs(bin_.confidence - bin_.accuracy)
        for bin_ in bins
        if bin_.confidence is not None and bin_.accuracy is not None
    )
    return gaps / images if images else float("nan")


def brier(scores: Scores, truth: IntArray) -> float:
    """Mean squared distance of the scores from the truth, over all classes.

    Args:
        scores: (n, C) probabilities. Rows with a NaN are left out.
        truth: (n,) index of the true class; -1 where it is none of the model's: every score is then too large.
    Returns:
        0 (certain and right) to 2 (certain and wrong); NaN without images.
    Raises:
        ShapeMismatch: Not one true class a row.
    Example:
        >>> round(brier(np.array([[0.8, 0.2]]), np.array([0])), 3)
        0.08

    Source: Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).
    """
    rows, of_truth = _of_truth(scores, truth)
    if not len(rows):
        return float("nan")
    labelled = truth[~np.isnan(scores).any(axis=1)] >= 0
    # (p - 1)^2 = p^2 - 2p + 1 for the true class
    return float(((rows**2).sum(axis=1) - 2 * of_truth + labelled).mean())


def log_loss(scores: Scores, truth: IntArray) -> float:
    """Mean negative logarithm of the probability that was given to the truth.

    Args:
        scores: (n, C) probabilities; those under 1.2e-7 count as that, and 0 is given to a class the model lacks. Rows
            with a NaN are left out.
        truth: (n,) index of the true class; -1 where it is none of the model's.
    Returns:
        Natural logarithm, 0 to 15.9; NaN without images.
    Raises:
        ShapeMismatch: Not one true class a row.
    Example:
        >>> round(log_loss(np.array([[0.5, 0.5]]), np.array([1])), 4)
        0.6931
    """
    rows, of_truth = _of_truth(scores, truth)
    return float(-np.log(np.maximum(of_truth, _LEAST)).mean()) if len(rows) else float("nan")


def _of_truth(scores: Scores, truth: IntArray) -> tuple[FloatArray, FloatArray]:
    """The rows that are numbers, and the probability each gives to the truth."""
    if scores.ndim != 2 or truth.shape != scores.shape[:1]:
        raise _unequal(scores, truth)
    present = ~np.isnan(scores).any(axis=1)
    rows, truth = scores[present].astype(np.float64), truth[present]
    of_class = rows[np.arange(len(rows)), np.maximum(truth, 0)] if rows.shape[1] else np.zeros(len(rows))
    return rows, np.where(truth >= 0, of_class, 0.0)


def _unequal(values: Scores, truth: Scores) -> ShapeMismatch:
    return ShapeMismatch(
        f"values of shape {values.shape} for truth of shape {truth.shape}",
        "Give one row of scores, or one confidence, and one truth an image.",
        shape=values.shape,
        dtype=str(values.dtype),
    )
