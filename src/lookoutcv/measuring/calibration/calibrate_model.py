"""How right a model's predictions are, learnt from the labelled images of a baseline."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.drift.accuracy.fit_calibration import calibrate, calibrate_confidence
from lookoutcv.drift.accuracy.true_accuracy import truth_indices
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
    scores, truth = scores_matrix(sample), truth_indices(sample, model.labels)
    if scores is not None and scores.shape[1] == len(model.labels):
        usable = (truth > -2) & ~np.isnan(scores).any(axis=1)
        return calibrate(scores[usable], truth[usable]) if usable.any() else None
    sure = confidences(sample)
    if sure is None:
        return None
    place = {label: index for index, label in reversed(list(enumerate(model.labels)))}
    # A prediction that is none of the model's labels is wrong, whatever the truth is.
    predicted = np.array([-3 if one is None else place.get(one, -3) for one in sample.column("prediction").to_pylist()])
    usable = (truth > -2) & ~np.isnan(sure) & np.asarray(sample.column("prediction").is_valid())
    return calibrate_confidence(sure[usable], predicted[usable] == truth[usable]) if usable.any() else None
