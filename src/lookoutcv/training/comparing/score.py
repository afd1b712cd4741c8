"""How good probabilities are on labelled images: the figures that a run keeps of each model on each part."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import IntArray
from lookoutcv.results.training_run import Score
from lookoutcv.scores import expected_calibration_error, reliability, wilson_interval

Probabilities = np.ndarray[Any, np.dtype[Any]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


def score(labels: IntArray, probabilities: Probabilities) -> Score:
    """How good a model is on a part.

    Args:
        labels: (n,) the true class of each image, an index of the columns.
        probabilities: (n, C) of each class. A row with a NaN is a wrong prediction.
    Returns:
        Accuracy with its interval, macro F1 over the classes that occur, and the calibration error, which is None where
        no row is a number.
    Raises:
        ShapeMismatch: Not one row an image, or no image.
    Example:
        >>> found = score(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]))
        >>> found.images, round(found.accuracy, 3), round(found.macro_f1, 3)
        (3, 0.667, 0.667)
    """
    right = right_of(labels, probabilities)
    hits, images = int(right.sum()), len(right)
    if not images:
        raise ShapeMismatch("there are no images to score", "Give a part with images.", shape=probabilities.shape)
    defined = ~np.isnan(probabilities).any(axis=1)
    confidence = probabilities[defined].max(axis=1).astype(np.float64)
    error = expected_calibration_error(reliability(confidence, right[defined])) if len(confidence) else None
    low, high = wilson_interval(hits, images)
    f1 = macro_f1(labels, predicted_of(probabilities), probabilities.shape[1])
    return Score(images, hits / images, low, high, f1, error)


def predicted_of(probabilities: Probabilities) -> IntArray:
    """The most probable class of each row, the first of equal ones; one more than there are for a row with a NaN.

    Example:
        >>> predicted_of(np.array([[0.2, 0.8], [0.5, 0.5], [np.nan, 0.1]])).tolist()
        [1, 0, 2]
    """
    lost = np.asarray(np.isnan(probabilities).any(axis=1))
    best = np.where(lost[:, np.newaxis], 0, probabilities).argmax(axis=1)
    predicted: IntArray = np.where(lost, probabilities.shape[1], best).astype(np.int64)
    return predicted


def right_of(labels: IntArray, probabilities: Probabilities) -> Flags:
    """Which images the model is right on, (n,).

    Raises:
        ShapeMismatch: Not one row an image.
    Example:
        >>> right_of(np.array([1, 1]), np.array([[0.2, 0.8], [0.9, 0.1]])).tolist()
        [True, False]
    """
    if probabilities.ndim != 2 or labels.shape != probabilities.shape[:1]:
        raise ShapeMismatch(
            f"probabilities of shape {probabilities.shape} for labels of shape {labels.shape}",
            "Give one row of probabilities and one label an image.",
            shape=probabilities.shape,
            dtype=str(probabilities.dtype),
        )
    right: Flags = predicted_of(probabilities) == labels
    return right


def macro_f1(labels: IntArray, predicted: IntArray, classes: int) -> float:
    """Mean F1 of the classes that have images or predictions.

    Args:
        labels, predicted: (n,) indices, 0 to `classes`; that itself for a prediction that is none.
    Example:
        >>> macro_f1(np.array([0, 0, 1]), np.array([0, 1, 1]), 3)
        0.6666666666666666
    """
    support = np.bincount(labels, minlength=classes + 1)[:classes]
    called = np.bincount(predicted, minlength=classes + 1)[:classes]
    hits = np.bincount(labels[labels == predicted], minlength=classes + 1)[:classes]
    whole = support + called
    return float((2 * hits[whole > 0] / whole[whole > 0]).mean()) if whole.any() else float("nan")
