"""What accuracy a model has left in a window: by labels where there are some, and by the estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.drift.accuracy.drop import accuracy_change
from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy, estimate_accuracy
from lookoutcv.drift.accuracy.estimators import LEAST_IMAGES
from lookoutcv.drift.accuracy.labelled_loss import labelled_loss
from lookoutcv.drift.accuracy.true_accuracy import true_accuracy
from lookoutcv.drift.accuracy.true_detection import true_detection
from lookoutcv.drift.predictions.calibrated_model import CalibratedModel
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.samples import metric_matrix
from lookoutcv.profiles.profile import SAMPLE_SIZE, Profile
from lookoutcv.records.prediction_columns import confidences, scores_matrix
from lookoutcv.records.schema import metric_names
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.labelled_loss import LabelledLoss
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.accuracy.true_detection import TrueDetection


@dataclass(frozen=True, eq=False)
class RemainingAccuracy:
    """The accuracy in a window, by its labels and by the estimate; each as in `PredictionComparison`."""

    estimated: EstimatedAccuracy | None
    measured: TrueAccuracy | None
    detection: TrueDetection | None
    change: AccuracyChange | None
    labelled_loss: LabelledLoss | None


def remaining_accuracy(baseline: Profile, window: Profile, model: CalibratedModel) -> RemainingAccuracy:
    """Measure the accuracy where there are labels, and estimate it where the model gives probabilities.

    Args:
        baseline, window: Profiles of records.
        model: Whose predictions they are.
    """
    classified = model.task in (None, "classification")
    truth_before, truth = (
        true_accuracy(side.sample, model.labels, open=model.open) if classified else None for side in (baseline, window)
    )
    detection = true_detection(baseline.sample, window.sample, model.labels, open=model.open)
    change = accuracy_change(truth_before, truth, LEAST_IMAGES) if detection is None else detection.change
    return RemainingAccuracy(
        _estimated(baseline, window, model) if classified else None,
        truth,
        detection,
        change,
        None if change is not None else _labelled_loss(truth_before, truth, model.calibration),
    )


def _labelled_loss(
    before: TrueAccuracy | None, after: TrueAccuracy | None, calibration: Calibration | None
) -> LabelledLoss | None:
    """By the labels of the baseline's sample, or else by those that the calibration was learnt from."""
    earlier = before if before is not None else calibration
    if earlier is None or after is None:
        return None
    return labelled_loss((earlier.accuracy, earlier.images), (after.accuracy, after.images))


def _estimated(baseline: Profile, window: Profile, model: CalibratedModel) -> EstimatedAccuracy | None:
    """By the scores where the calibration knows them and the window has them, else by the confidences."""
    sample, calibration = window.sample, model.calibration
    scores = scores_matrix(sample)
    complete = scores is not None and scores.shape[1] == len(model.labels)
    if complete and (calibration is None or calibration.softening is not None):
        perturbation = None if calibration is None else calibration.perturbation
        moved = None if perturbation is None else _moved(baseline.sample, sample, perturbation.metrics)
        return estimate_accuracy(calibration, scores, moved)
    chosen_confidences = confidences(sample)
    if chosen_confidences is None:
        return None
    return estimate_accuracy(
        calibration, chosen_confidences, _moved(baseline.sample, sample, _appearance_metrics(baseline.sample))
    )


def _appearance_metrics(sample: pa.Table) -> list[str]:
    """The metrics of what images look like: not of the file or the frame, and not of predictions."""
    names = metric_names(sample.schema)
    return [name for name in names if name.partition(".")[0] not in ("file", "geometry", "identity", "output")]


def _moved(before: pa.Table, after: pa.Table, metrics: Sequence[str]) -> dict[str, float]:
    """The effect of each of these metrics that both samples have."""
    names = [name for name in metrics if name in before.column_names and name in after.column_names]
    sides = [metric_matrix(side.slice(0, SAMPLE_SIZE), names) for side in (before, after)]
    return {name: effects(column).location for name, column in zip(names, pool(sides[0], sides[1]), strict=True)}
