"""A model's answers in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from lookoutcv.drift.accuracy.doubts import MethodsDisagree, NoScores
from lookoutcv.drift.accuracy.drop import accuracy_change
from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy
from lookoutcv.drift.decision import Decision, decide_on_window
from lookoutcv.drift.predictions.classes import class_drift
from lookoutcv.drift.predictions.prediction_comparison import PredictionComparison
from lookoutcv.drift.rules.notes import TooFewImages
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.samples import Samples
from lookoutcv.drift.wording.class_sentences import class_sentences
from lookoutcv.drift.wording.prediction_sentences import prediction_sentences, predictions_in_words
from lookoutcv.drift.wording.summary import report_notes, summarise
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

SIDES = Side("a", 400, 400), Side("b", 400, 400)
DRIFTED = Verdict(True, Severity.HIGH, 0.9, (), 1e-9)
STILL = Verdict(False, Severity.NONE, 0.0, (), 0.6)
TOO_FEW = Verdict(None, Severity.INSUFFICIENT, 0.0, (), notes=(TooFewImages("window", 9, 30),))
SAMPLES = Samples((), (), (), (), (), (pa.table({}), pa.table({})))
SAME = PredictionComparison(False, 0.5, 0.0, Severity.NONE, [], None, None, None)
MOVED = replace(SAME, drifted=True, p_value=1e-6, effect=0.4, severity=Severity.MEDIUM)


def estimate(severity: Severity, drop: float = 0.1, **more: Any) -> EstimatedAccuracy:
    return EstimatedAccuracy(400, 0.9, 0.9 - drop, 0.88 - drop, 0.92 - drop, drop, 0.01, False, severity, **more)


def measured(right: int, images: int = 400) -> TrueAccuracy:
    return TrueAccuracy(images, right / images)


BEFORE = measured(1800, images=2000)


def lost(right: int) -> AccuracyChange:
    found = accuracy_change(BEFORE, measured(right), 100)
    assert found is not None
    return found


def test_parentheses_in_a_name_stay_where_they_are() -> None:
    found = class_drift({"crane (bird)": 50, "b": 50}, {"crane (bird)": 90, "b": 10})
    assert class_sentences(found.changes) == ["More often crane (bird) (+40 points); less often b (-40 points)."]
    assert class_sentences(class_drift({"a": 5}, {"a": 9}).changes) == []


def test_a_report_holds_what_is_said_of_classes() -> None:
    classes = class_drift({"cat": 50, "dog": 50}, {"cat": 80, "dog": 10, "owl": 10})
    found = predictions_in_words(replace(MOVED, classes=classes), 2, 0.01).classes
    assert found is not None
    assert found.text == "More often cat (+30 points); less often dog (-40 points). Never seen in the baseline: owl."


def notes(decision: Decision) -> list[str]:
    return report_notes(decision, SAMPLES, SIDES, DEFAULT)


def summary(decision: Decision) -> str:
    return summarise(decision, [], SIDES, DEFAULT)


def test_drift_of_the_answers_alone_is_told_as_that() -> None:
    decision = decide_on_window(STILL, predictions=MOVED, shares=2)
    assert summary(decision).startswith("Drift of the model's answers; the images alone show none.")
    assert "doubled" in notes(decision)[-1]


def test_the_summary_says_the_severity_by_impact() -> None:
    decision = decide_on_window(DRIFTED, predictions=replace(MOVED, estimated=estimate(Severity.NONE, 0.0)), shares=2)
    assert "(severity low, p" in summary(decision)
    assert "estimated without labels" in notes(decision)[0]
    assert not any("judged by input effect" in note for note in notes(decision))
    doubtful = replace(estimate(Severity.HIGH), doubts=(MethodsDisagree(0.2),))
    decision = decide_on_window(DRIFTED, predictions=replace(MOVED, estimated=doubtful), shares=2)
    assert any("judged by input effect" in note for note in notes(decision))


def test_labels_are_told_rather_than_the_estimate() -> None:
    known = replace(MOVED, estimated=estimate(Severity.HIGH), measured=measured(356), change=lost(356))
    said = "By the labels of 400 images its accuracy is 89.0%, against 90.0% in the baseline."
    assert said in summary(decide_on_window(DRIFTED, predictions=known))


def test_a_loss_without_drift_is_told() -> None:
    """Accuracy fell by ten points, and neither images nor answers show why."""
    fell = replace(SAME, measured=measured(320), change=lost(320))
    note = notes(decide_on_window(STILL, predictions=fell))[0]
    assert "accuracy 90.0% in the baseline, 80.0% in the window, 10.0 points less" in note
    assert "no drift explains" in note
    assert "no drift explains" in notes(decide_on_window(TOO_FEW, predictions=fell))[0]
    hardly = replace(SAME, measured=measured(356), change=lost(356))
    moved = replace(MOVED, measured=measured(320), change=lost(320))
    for other in (decide_on_window(STILL, predictions=hardly), decide_on_window(DRIFTED, predictions=moved)):
        assert not any("no drift explains" in note for note in notes(other))


@pytest.mark.parametrize("calibrated", [True, False])
def test_what_cannot_be_estimated_is_said_only_where_there_were_labels(calibrated: bool) -> None:
    unknown = EstimatedAccuracy(0, 0.9 if calibrated else None, doubts=(NoScores(),))
    sentences = prediction_sentences(replace(SAME, estimated=unknown))
    assert sentences == (
        ["Its accuracy cannot be estimated: No image of the window has a score."] if calibrated else []
    )
