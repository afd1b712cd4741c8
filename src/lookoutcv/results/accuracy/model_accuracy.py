"""All that is known of a model's accuracy in a window."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.labelled_loss import LabelledLoss
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.accuracy.true_detection import TrueDetection
from lookoutcv.results.result import Result


@dataclass(frozen=True)
class ModelAccuracy(Result):
    """All that is known of a model's accuracy in a window.

    Args:
        estimated: Without labels; None where the model gives no class probabilities.
        measured: Of a classifier, where the window has labels; None elsewhere.
        detection: Of a detector, where the window's objects are marked; None elsewhere.
        change: What was lost by labels on both sides; None where there are none, or too few.
        labelled_loss: Whether the labels of a window show a loss where there is no `change`; None elsewhere.
    """

    estimated: AccuracyEstimate | None = None
    measured: TrueAccuracy | None = None
    detection: TrueDetection | None = None
    change: AccuracyChange | None = None
    labelled_loss: LabelledLoss | None = None
