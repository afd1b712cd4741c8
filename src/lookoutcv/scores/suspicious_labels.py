"""Which labels are probably wrong, by what a model that was not taught them says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import IntArray

Scores = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class SuspiciousLabel:
    """An image whose label is probably another one.

    Args:
        index: Of the image.
        label, instead: Of the class that it is given, and of the one that it looks like.
        confidence: The probability of the label that it is given, 0 to 1: the lower, the more suspicious.
        other: That of the class that it looks like.
    """

    index: int
    label: int
    instead: int
    confidence: float
    other: float


def suspicious_labels(scores: Scores, labels: IntArray) -> list[SuspiciousLabel]:
    """Labels that confident learning takes for wrong, the most suspicious first.

    An image counts for a class where the probability of that class is at least as high as it is on average for the
    images labelled so: a class that is never predicted with much confidence is not held to more. A label is suspicious
    where the image counts for other classes, and the likeliest of these is likelier than its own.

    Args:
        scores: Probabilities of each class, (n, classes), each row by a model that was not taught that image.
        labels: The class that each image is given, (n,) int64.
    Raises:
        ShapeMismatch: Not one label a row, or a label that is no class.
    Example:
        >>> scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.95, 0.05], [0.1, 0.9], [0.2, 0.8]])
        >>> [(one.index, one.instead) for one in suspicious_labels(scores, np.array([0, 0, 1, 1, 1]))]
        [(2, 0)]

    Source: Northcutt, Jiang & Chuang, "Confident learning: estimating uncertainty in dataset labels", JAIR 70, 2021:
        the off-diagonal of the confident joint, ranked by self-confidence.
    """
    if scores.ndim != 2 or labels.shape != (len(scores),) or (labels.size and not _are_classes(labels, scores)):
        raise ShapeMismatch(
            f"labels of shape {labels.shape} and scores of shape {scores.shape}",
            "Give one row of scores and one class from 0 an image.",
            shape=scores.shape,
        )
    if not labels.size:
        return []
    probabilities = scores.astype(np.float64)
    rows = np.arange(len(labels))
    own = probabilities[rows, labels]
    counts = np.bincount(labels, minlength=scores.shape[1])
    sums = np.bincount(labels, weights=own, minlength=scores.shape[1])
    # A class of which no image is labelled so has no threshold: nothing counts for it.
    thresholds = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    confident = np.where(probabilities >= thresholds, probabilities, -1.0)
    instead = confident.argmax(axis=1)
    found = np.flatnonzero((confident[rows, instead] > own) & (instead != labels))
    order = found[np.argsort(own[found], kind="stable")]
    return [
        SuspiciousLabel(i, int(labels[i]), int(instead[i]), float(own[i]), float(probabilities[i, instead[i]]))
        for i in map(int, order)
    ]


def _are_classes(labels: IntArray, scores: Scores) -> bool:
    return bool(labels.min() >= 0 and labels.max() < scores.shape[1])
