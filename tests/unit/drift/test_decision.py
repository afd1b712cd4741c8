"""One decision on a window, from all its parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lookoutcv.drift.accuracy.doubts import MethodsDisagree
from lookoutcv.drift.accuracy.drop import measured_change
from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy
from lookoutcv.drift.decision import decide_on_window
from lookoutcv.drift.describe.groups import GroupComparison, Grouping
from lookoutcv.drift.predictions.prediction_comparison import PredictionComparison
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.results.severity import Severity

DRIFTED = Verdict(True, Severity.HIGH, 0.9, (), 1e-9)
STILL = Verdict(False, Severity.NONE, 0.1, (), 0.6)
TOO_FEW = Verdict(None, Severity.INSUFFICIENT, 0.2, ())
SAME = PredictionComparison(False, 0.5, 0.0, Severity.NONE, [], None, None, None)
MOVED = replace(SAME, drifted=True, p_value=1e-6, effect=0.4, severity=Severity.MEDIUM)
ESTIMATE = EstimatedAccuracy(400, 0.9, 0.8, 0.78, 0.82, 0.1, 0.01, True, Severity.HIGH)


def grouping(*severities: Severity) -> Grouping:
    groups = [
        GroupComparison(f"cam-{i}", 90, Verdict(True, severity, 0.5, ()), 1e-9, 1e-8, True, "group")
        for i, severity in enumerate(severities)
    ]
    return Grouping("camera", tuple(groups))


def test_drift_of_any_part_is_drift() -> None:
    assert decide_on_window(STILL).drifted is False
    assert decide_on_window(TOO_FEW).drifted is None
    assert decide_on_window(STILL, predictions=MOVED).drifted is True
    assert decide_on_window(TOO_FEW, predictions=SAME).drifted is None
    assert decide_on_window(STILL, grouping(Severity.LOW)).drifted is True
    assert decide_on_window(STILL, grouping(Severity.NONE)).drifted is False


def test_the_worst_part_is_the_severity_by_input_effect() -> None:
    assert decide_on_window(STILL, predictions=MOVED).severity is Severity.MEDIUM
    assert decide_on_window(DRIFTED, predictions=MOVED).severity is Severity.HIGH
    low = replace(DRIFTED, severity=Severity.LOW)
    assert decide_on_window(low, grouping(Severity.HIGH)).severity is Severity.HIGH
    assert decide_on_window(TOO_FEW, grouping(Severity.LOW)).severity is Severity.LOW
    assert decide_on_window(TOO_FEW, predictions=SAME).severity is Severity.INSUFFICIENT


def test_where_no_image_was_compared_the_predictions_decide() -> None:
    decision = decide_on_window(None, predictions=MOVED)
    assert (decision.drifted, decision.severity, decision.p_value, decision.effect) == (True, "medium", 1e-6, 0.4)
    assert decide_on_window(None, predictions=SAME).severity is Severity.NONE


def test_severity_is_by_impact_where_that_is_known() -> None:
    harmless = replace(MOVED, estimated=replace(ESTIMATE, severity=Severity.NONE))
    decision = decide_on_window(DRIFTED, predictions=harmless)
    assert decision.severity is Severity.LOW, "drift is never severity none"
    assert decision.input_severity is Severity.HIGH
    doubtful = replace(MOVED, estimated=replace(ESTIMATE, doubts=(MethodsDisagree(0.2),)))
    assert decide_on_window(DRIFTED, predictions=doubtful).severity is Severity.HIGH


def test_labels_count_more_than_the_estimate() -> None:
    known = replace(MOVED, estimated=ESTIMATE, change=measured_change("accuracy", (0.9, 0.9), 0.01, 400))
    decision = decide_on_window(DRIFTED, predictions=known)
    assert decision.impact is not None
    assert decision.impact.measured is known.change
    assert decision.severity is Severity.LOW


@pytest.mark.parametrize("images", [STILL, TOO_FEW])
def test_without_drift_a_loss_changes_no_severity(images: Verdict) -> None:
    fell = replace(SAME, change=measured_change("accuracy", (0.9, 0.6), 0.01, 400))
    decision = decide_on_window(images, predictions=fell)
    assert (decision.severity, decision.impact) == (images.severity, None)
