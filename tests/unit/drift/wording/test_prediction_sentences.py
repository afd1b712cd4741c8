"""A model's answers in sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lookoutcv.drift.accuracy.drop import accuracy_change
from lookoutcv.drift.predictions.classes import class_drift
from lookoutcv.drift.predictions.compare_predictions import PredictionComparison
from lookoutcv.drift.wording.class_sentences import class_sentences
from lookoutcv.drift.wording.prediction_sentences import prediction_sentences, with_predictions
from lookoutcv.drift.wording.summary import INPUT_EFFECT
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.side import Side
from lookoutcv.results.severity import Severity

SIDE = Side("a", 400, 400)
SAID = "Drift: the window differs from the baseline (severity high, p < 0.0001; 400 images against 400)."
DRIFTED = DriftReport(True, Severity.HIGH, 1e-9, 0.9, 0.01, None, SAID, SIDE, SIDE, [], notes=[INPUT_EFFECT])
STILL = replace(
    DRIFTED, overall_drift_detected=False, severity=Severity.NONE, p_value=0.6, summary="No drift found.", notes=[]
)
SAME = PredictionComparison(False, 0.5, 0.0, Severity.NONE, [], None, None, None)
MOVED = replace(SAME, drifted=True, p_value=1e-6, effect=0.4, severity=Severity.MEDIUM)


def estimate(severity: Severity, drop: float = 0.1, **more: Any) -> AccuracyEstimate:
    return AccuracyEstimate(
        "reliable", None, 400, 0.9, 0.9 - drop, 0.88 - drop, 0.92 - drop, drop, 0.01, False, severity, **more
    )


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


def test_drift_of_the_answers_alone_is_drift() -> None:
    found = with_predictions(STILL, MOVED, 2)
    assert (found.overall_drift_detected, found.severity) == (True, "medium")
    assert found.summary.startswith("Drift of the model's answers; the images alone show none.")
    assert found.outputs is not None
    assert found.outputs.p_value == 2e-6
    assert with_predictions(STILL, SAME, 2).overall_drift_detected is False
    assert with_predictions(replace(STILL, overall_drift_detected=None), SAME, 1).overall_drift_detected is None


def test_severity_is_by_impact_where_that_is_known_and_the_summary_says_the_same() -> None:
    found = with_predictions(DRIFTED, replace(MOVED, accuracy=estimate(Severity.NONE, 0.0)), 2)
    assert found.severity == "low", "drift is never severity none"
    assert "(severity low, p" in found.summary
    assert "estimated without labels" in found.notes[0]
    assert INPUT_EFFECT not in found.notes
    doubtful = replace(estimate(Severity.HIGH), status="unreliable", reason="The methods disagree.")
    kept = with_predictions(DRIFTED, replace(MOVED, accuracy=doubtful), 2)
    assert kept.severity == "high"
    assert INPUT_EFFECT in kept.notes


def test_labels_count_more_than_the_estimate() -> None:
    known = replace(MOVED, accuracy=estimate(Severity.HIGH), truth=measured(356), drop=lost(356))
    assert known.impact is not None
    assert known.impact.measured
    found = with_predictions(DRIFTED, known, 2)
    assert found.severity == "low"
    assert "By the labels of 400 images its accuracy is 89.0%, against 90.0% in the baseline." in found.summary
    few = replace(known, truth=measured(30, images=40), drop=accuracy_change(BEFORE, measured(30, images=40), 100))
    assert few.impact is not None
    assert not few.impact.measured, "forty labels measure nothing"


def test_a_loss_without_drift_is_told() -> None:
    """Accuracy fell by ten points, and neither images nor answers show why."""
    found = with_predictions(STILL, replace(SAME, truth=measured(320), drop=lost(320)), 2)
    assert (found.overall_drift_detected, found.severity) == (False, "none")
    assert "accuracy 90.0% in the baseline, 80.0% in the window, 10.0 points less" in found.notes[0]
    assert "no drift explains" in found.notes[0]
    assert found.accuracy is not None
    assert found.accuracy.change is not None
    assert found.accuracy.change.fell is True
    for other in (with_predictions(STILL, replace(SAME, truth=measured(356), drop=lost(356)), 2), found_drifted()):
        assert not any("no drift explains" in note for note in other.notes)
    few = with_predictions(
        replace(STILL, overall_drift_detected=None), replace(SAME, truth=measured(320), drop=lost(320)), 2
    )
    assert "no drift explains" in few.notes[0]


def found_drifted() -> DriftReport:
    return with_predictions(DRIFTED, replace(MOVED, truth=measured(320), drop=lost(320)), 2)


@pytest.mark.parametrize("calibrated", [True, False])
def test_what_cannot_be_estimated_is_said_only_where_there_were_labels(calibrated: bool) -> None:
    found = AccuracyEstimate("unreliable", "Too few.", 40, 0.9 if calibrated else None)
    said = prediction_sentences(replace(SAME, accuracy=found))
    assert said == (["Its accuracy cannot be estimated: Too few."] if calibrated else [])
