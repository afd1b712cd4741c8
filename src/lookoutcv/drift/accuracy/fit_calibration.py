"""Learning from labelled images how right a model is at each degree of certainty."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lookoutcv.drift.accuracy.calibration import (
    LEAST_SCORE,
    ByClass,
    Calibration,
    Curve,
    Scores,
    Softening,
    logs,
    softmax,
)
from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray, IntArray

Flags = np.ndarray[Any, np.dtype[np.bool_]]

# No certainty makes a prediction surely right or surely wrong.
LOWEST_CHANCE, HIGHEST_CHANCE = 0.01, 0.999
# Temperatures looked at. Outside, a softmax is one class or all of them.
_COLDEST, _HOTTEST = 0.05, 20.0
# Penalty on the squared offset of each class: a normal prior with a standard deviation of .7, so that a class of few
# labels stays where it was.
_RIDGE = 1.0
# Cells of certainty, about as many calibration images in each.
_CELLS = 16
# Labels that are added to every class, so that none has frequency 0 (as in the updates of `label_shift`).
PSEUDO_COUNT = 0.5


def calibrate(scores: Scores, truth: IntArray) -> Calibration:
    """Learn from scores of all classes and the true classes.

    Temperature and offsets by maximum likelihood with a ridge on the offsets, then isotonic regression of right
    predictions on the probability of the prediction.

    Args:
        scores: (n, C) probabilities, the rows sum to 1. Rows with a NaN are left out.
        truth: (n,) index of the true class; -1 where it is none of the model's, so that no prediction can be right.
    Raises:
        ShapeMismatch: Other shapes, or no row without NaN.
    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = rng.integers(0, 2, 2000)
        >>> predicted = np.where(rng.random(2000) < 0.8, truth, 1 - truth)
        >>> found = calibrate(np.where(predicted[:, None] == [0, 1], 0.99, 0.01), truth)
        >>> round(found.accuracy, 2), round(found.softening.temperature, 1)
        (0.8, 3.3)

    Source: Guo et al., "On calibration of modern neural networks", ICML 2017 (temperature); Alexandari, Kundaje &
    Shrikumar, "Maximum likelihood with bias-corrected calibration is hard-to-beat at label shift adaptation", ICML 2020
    (offsets); Zadrozny & Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD
    2002 (isotonic regression).
    """
    if scores.ndim != 2 or truth.shape != scores.shape[:1] or scores.shape[1] == 0:
        raise _shapes(scores, truth)
    finite = ~np.isnan(scores).any(axis=1)
    scores, truth = scores[finite], truth[finite]
    predicted = scores.argmax(axis=1)
    correct = predicted == truth
    plain = calibrate_confidence(scores.max(axis=1, initial=0.0), correct)
    softening = _softening(scores[truth >= 0], truth[truth >= 0])
    certainty = softening.of(scores)[np.arange(len(scores)), predicted]
    counts = np.bincount(truth[truth >= 0], minlength=scores.shape[1]) + PSEUDO_COUNT
    return Calibration(
        plain.accuracy,
        plain.images,
        plain.confidence,
        softening,
        _curve(certainty, correct),
        (counts / counts.sum()).tolist(),
        _by_class(certainty, truth, scores.shape[1]),
    )


def calibrate_confidence(confidence: FloatArray, correct: Flags) -> Calibration:
    """Learn from the model's confidence in its prediction alone.

    Args:
        confidence: (n,) 0 to 1. NaN is left out.
        correct: (n,) whether the prediction was right.
    Raises:
        ShapeMismatch: Other shapes, or no number among the confidences.
    Example:
        >>> calibrate_confidence(np.array([0.9, 0.6, 0.8]), np.array([True, False, True])).confidence.chance
        [0.01, 0.999, 0.999]
    """
    if confidence.ndim != 1 or correct.shape != confidence.shape:
        raise _shapes(confidence, correct)
    finite = ~np.isnan(confidence)
    if not finite.any():
        raise _shapes(confidence, correct)
    curve = _curve(confidence[finite], correct[finite])
    return Calibration(float(correct[finite].mean()), int(finite.sum()), curve)


def _softening(scores: Scores, truth: IntArray) -> Softening:
    from scipy.optimize import minimize  # noqa: PLC0415 - a third of a second that only a baseline needs

    count, classes = scores.shape
    if not count:
        return Softening(1.0, [0.0] * classes)
    own, rows = logs(scores), np.arange(count)

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        cold, offsets = math.exp(-parameters[0]), parameters[1:]
        softened = softmax(cold * own + offsets)
        value = -np.log(np.maximum(softened[rows, truth], LEAST_SCORE)).sum() + _RIDGE * (offsets**2).sum()
        softened[rows, truth] -= 1
        slope = np.concatenate([[-cold * (softened * own).sum()], softened.sum(axis=0) + 2 * _RIDGE * offsets])
        return float(value / count), slope / count

    bounds = [(math.log(_COLDEST), math.log(_HOTTEST)), *[(None, None)] * classes]
    fitted = minimize(loss, np.zeros(classes + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Softening(math.exp(fitted[0]), fitted[1:].tolist())


def _by_class(certainty: FloatArray, truth: IntArray, classes: int) -> ByClass:
    edges = np.unique(np.quantile(certainty, np.arange(1, _CELLS) / _CELLS))
    cells = np.searchsorted(edges, certainty, side="right")
    counts = np.zeros((classes, len(edges) + 1), np.int64)
    np.add.at(counts, (truth[truth >= 0], cells[truth >= 0]), 1)
    return ByClass(edges.tolist(), counts.tolist())


def _curve(certainty: FloatArray, correct: Flags) -> Curve:
    from scipy.optimize import isotonic_regression  # noqa: PLC0415 - as above

    values, places, counts = np.unique(certainty, return_inverse=True, return_counts=True)
    rights = np.bincount(places, weights=correct)
    fitted = isotonic_regression(rights / counts, weights=counts).x
    # A level of the fit is a straight line: its two ends hold all of it.
    ends = np.ones(len(values), np.bool_)
    ends[1:-1] = (fitted[1:-1] != fitted[:-2]) | (fitted[1:-1] != fitted[2:])
    chance = np.clip(fitted[ends], LOWEST_CHANCE, HIGHEST_CHANCE)
    threshold = float(np.quantile(certainty, 1 - correct.mean(), method="higher"))
    spread = float(np.std(np.clip(fitted, LOWEST_CHANCE, HIGHEST_CHANCE)[places]))
    return Curve(values[ends].astype(float).tolist(), chance.tolist(), threshold, float(certainty.mean()), spread)


def _shapes(values: Scores, truth: Scores) -> ShapeMismatch:
    return ShapeMismatch(
        f"values of shape {values.shape} with truth of shape {truth.shape} calibrate nothing",
        "Give one row of scores, or one confidence, and one truth an image, some of them not NaN.",
        shape=values.shape,
        dtype=str(values.dtype),
    )
