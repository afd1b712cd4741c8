from dataclasses import replace
from typing import Any

import pytest

from lookoutcv.reports.sections.impact_answer import impact_answer
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.labelled_loss import LabelledLoss
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.findings.prediction_drift import PredictionDrift
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT

OUTPUTS = PredictionDrift(False, Severity.NONE, 0.5, 0.01, 0.0)


def estimated(**values: Any) -> ModelAccuracy:
    known = AccuracyEstimate("reliable", None, 400, 0.9, 0.7, 0.65, 0.75, impact=True)
    return ModelAccuracy(replace(known, **values))


def labelled(after: float, *, fell: bool) -> ModelAccuracy:
    loss = LabelledLoss(0.9, after, 400, 50, 0.9 - after, 0.01 if fell else 0.2, fell)
    return replace(estimated(), measured=TrueAccuracy(50, after), labelled_loss=loss)


def untested(after: float) -> ModelAccuracy:
    """As reports of version 1 hold it."""
    return replace(estimated(), measured=TrueAccuracy(50, after))


def change(measure: Any, drop: float, *, fell: bool) -> ModelAccuracy:
    severity = Severity.HIGH if fell else Severity.NONE
    return ModelAccuracy(
        change=AccuracyChange(measure, 0.5, 0.5 - drop, drop, drop - 0.05, drop + 0.05, fell=fell, severity=severity)
    )


@pytest.mark.parametrize(
    ("accuracy", "answer"),
    [
        (estimated(), "Probably: about 20.0 points of accuracy."),
        (estimated(impact=False, estimate=0.89), "Probably not."),
        (estimated(status="unreliable", reason="Too few labels.", impact=True), "Probably."),
        (estimated(status="unreliable", reason="Too few labels.", impact=False), "Not known."),
        (labelled(0.6, fell=True), "Yes: 30.0 points of accuracy."),
        (labelled(0.86, fell=False), "Perhaps: within chance."),
        (labelled(0.91, fell=False), "No."),
        (untested(0.6), "Perhaps: not tested."),
        (untested(0.91), "No."),
        (change("mAP", 0.1, fell=True), "Yes: 10.0 points of mAP."),
        (change("accuracy", 0.1, fell=True), "Yes: 10.0 points of accuracy."),
        (change("mAP", 0.1, fell=False), "Perhaps: within chance."),
        (change("mAP", -0.1, fell=False), "No."),
        (ModelAccuracy(), "Not known."),
    ],
)
def test_whether_it_hurts(accuracy: ModelAccuracy, answer: str) -> None:
    assert impact_answer(replace(REPORT, accuracy=accuracy, outputs=OUTPUTS)).answer == answer


def test_an_accuracy_that_fell_is_bad_however_little_the_images_differ() -> None:
    report = replace(REPORT, severity=Severity.LOW, accuracy=estimated(), outputs=OUTPUTS)
    assert impact_answer(report).level == Severity.MEDIUM


def test_a_gain_and_its_interval_have_a_true_minus() -> None:
    report = replace(REPORT, accuracy=change("accuracy", -0.1, fell=False))
    assert impact_answer(report).text == (
        "Accuracy 50.0% in the baseline, 60.0% now, by labels (90% interval of the loss −15.0 to −5.0 points)."
    )
