"""A perturbation calibration from the predictions on images and on their corrupted copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.drift.accuracy.estimate import estimate_accuracy
from lookoutcv.drift.accuracy.estimators import outputs_moved
from lookoutcv.drift.accuracy.perturbation import PerturbationCalibration
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.grids import FloatArray, IntArray

# An accuracy of fewer images says too little.
LEAST_COPIED = 100


@dataclass(frozen=True, eq=False)
class CorruptedCopies:
    """Images as they are, or corrupted in one way.

    Args:
        scores: (n, C) float32 probabilities.
        metrics: (n, m) float32 metrics of the pixels; NaN where one is not known.
    """

    scores: Any
    metrics: Any


def fit_perturbation(
    calibration: Calibration,
    truth: IntArray,
    untouched: CorruptedCopies,
    copies: Mapping[str, CorruptedCopies],
    metrics: Sequence[str],
) -> PerturbationCalibration | None:
    """What the estimate misses on corrupted copies of labelled images.

    Args:
        calibration: Of the baseline that the images are from.
        truth: (n,) index of the true class; -1 where it is none of the model's.
        untouched: The images.
        copies: By what was done to them and how strongly, such as "defocus 4"; the same images in the same order.
        metrics: Names of the m metrics.
    Returns:
        None with under 100 images, or too few for so many classes.
    """
    before = _miss(calibration, untouched.scores, truth)
    if len(truth) < LEAST_COPIED or before is None:
        return None
    names, places, misses = [], [], []
    for name, corrupted in copies.items():
        miss = _miss(calibration, corrupted.scores, truth)
        outputs = outputs_moved(calibration, corrupted.scores)
        if miss is not None and outputs is not None:
            names.append(name)
            places.append([*moved(untouched.metrics, corrupted.metrics), *outputs])
            misses.append(miss - before)
    return PerturbationCalibration(len(truth), list(metrics), names, places, misses) if names else None


def moved(before: FloatArray, after: FloatArray) -> list[float]:
    """The effect of each metric, in [-1, 1].

    Args:
        before, after: (n, m) float32 metrics of both sides.
    """
    return [effects(column).location for column in pool(before, after)]


def _miss(calibration: Calibration, scores: Any, truth: IntArray) -> float | None:
    finite = ~np.isnan(scores).any(axis=1)
    estimated = estimate_accuracy(calibration, scores)
    if estimated.estimate is None or outputs_moved(calibration, scores) is None:
        return None
    return float((scores[finite].argmax(axis=1) == truth[finite]).mean()) - estimated.estimate
