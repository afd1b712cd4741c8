"""How right a model's predictions are, learnt from the labelled images of a baseline."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.drift.accuracy.fit_calibration import calibrate, calibrate_confidence
from lookoutcv.drift.accuracy.true_accuracy import rightness, truth_indices
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.records.prediction_columns import confidences, scores_matrix


def calibrated(sample: pa.Table, model: ModelIdentity) -> Calibration | None:
    """A calibration by the scores of all classes or, where none were logged, by the confidences alone.

    Args:
        sample: Records with labels and predictions.
        model: Whose predictions they hold.
    Returns:
        None of another task than classification, and where no image has both a label and a prediction with a number.
    """
    if model.task != "classification":
        return None
    scores = scores_matrix(sample)
    if scores is not None and scores.shape[1] == len(model.labels):
        truth = truth_indices(sample, model.labels)
        usable = (truth > -2) & ~np.isnan(scores).any(axis=1)
        return calibrate(scores[usable], truth[usable]) if usable.any() else None
    sure = confidences(sample)
    if sure is None:
        return None
    right = rightness(sample, model.labels, open=model.imported)
    usable = (right >= 0) & ~np.isnan(sure)
    return calibrate_confidence(sure[usable], right[usable] == 1) if usable.any() else None
