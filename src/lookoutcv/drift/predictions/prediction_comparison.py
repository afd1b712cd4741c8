"""What the comparison of predictions comes to, in figures; `wording` makes sentences of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy
from lookoutcv.drift.describe.rows import MetricRow
from lookoutcv.drift.rules.notes import Note
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.labelled_loss import LabelledLoss
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.accuracy.true_detection import TrueDetection
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class Impact:
    """What a change costs. `measured`: in accuracy or mAP by labels; None where the accuracy was estimated."""

    severity: Severity
    measured: AccuracyChange | None


@dataclass(frozen=True, eq=False)
class PredictionComparison:
    """The predictions of a window against those of the baseline.

    Args:
        drifted: None where there were too few images to say.
        p_value: Of the predictions as a whole, to be compared with their share of alpha; None where nothing was tested.
        effect: In [0, 1].
        severity: By the effect on the predictions.
        metrics: Output metrics and the scores that are tested, ranked by size of effect.
        classes: How the frequencies of the predictions differ; None where there are no classes.
        estimated: The accuracy without labels; None where the model gives no class probabilities.
        measured: The accuracy of a classifier, where the window has labels; None elsewhere.
        detection: Of a detector, where the window's objects are marked; None elsewhere.
        change: What was lost by labels on both sides; None where there are none, or too few.
        labelled_loss: Whether labels show a loss where there is no `change`; None elsewhere.
        notes: What a careful reader must know.
        test: Against what they were tested, as in `Verdict`.
    """

    drifted: bool | None
    p_value: float | None
    effect: float
    severity: Severity
    metrics: list[MetricRow]
    classes: ClassDrift | None
    estimated: EstimatedAccuracy | None
    measured: TrueAccuracy | None
    detection: TrueDetection | None = None
    change: AccuracyChange | None = None
    labelled_loss: LabelledLoss | None = None
    notes: tuple[Note, ...] = ()
    test: Literal["single", "batches"] | None = None

    @property
    def impact(self) -> Impact | None:
        """What the change costs: by labels where there are enough, else by the estimate; None if neither is sound."""
        if self.change is not None:
            return Impact(self.change.severity, self.change)
        estimated = self.estimated
        if estimated is None or estimated.baseline_accuracy is None or estimated.status != "reliable":
            return None
        return Impact(estimated.severity, None)
