from dataclasses import replace
from typing import Any

import pytest

from lookoutcv.reports.parts.document import Answer
from lookoutcv.reports.sections.four_questions import DOES_IT_HURT, SINCE_WHEN, WHAT_CHANGED, WHAT_TO_DO, four_questions
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.onset import Onset
from lookoutcv.results.findings.prediction_drift import PredictionDrift
from lookoutcv.results.findings.probable_cause import ProbableCause
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT

OUTPUTS = PredictionDrift(False, Severity.NONE, 0.5, 0.01, 0.0)
FEW = replace(REPORT, overall_drift_detected=None, severity=Severity.INSUFFICIENT, p_value=None)
SAME = replace(REPORT, overall_drift_detected=False, severity=Severity.NONE, p_value=0.4, onset=None, cause=None)


def answers(report: Any) -> dict[str, Answer]:
    found = four_questions(report).items
    assert [one.question for one in found] == [WHAT_CHANGED, DOES_IT_HURT, SINCE_WHEN, WHAT_TO_DO]
    assert all(one.answer for one in found)
    return {one.question: one for one in found}


def test_a_drift_is_told_in_four_answers() -> None:
    found = answers(REPORT)
    assert found[WHAT_CHANGED].answer == REPORT.metrics[0].text
    assert found[WHAT_CHANGED].level == "high"
    assert found[DOES_IT_HURT].answer == "Not known."
    assert "--model" in found[DOES_IT_HURT].text
    assert found[SINCE_WHEN].answer == "Since 20 Nov 2026."
    assert "make a new baseline" in found[WHAT_TO_DO].text


def test_where_nothing_changed_nothing_is_to_be_done() -> None:
    found = answers(SAME)
    assert (found[WHAT_CHANGED].answer, found[SINCE_WHEN].answer, found[WHAT_TO_DO].answer) == (
        "Nothing that was found.",
        "Nothing to date.",
        "Nothing.",
    )
    assert "0.17" in found[WHAT_CHANGED].text
    assert [one.level for one in found.values()] == ["none", "none", None, None]
    assert answers(replace(SAME, p_value=1e-9))[WHAT_CHANGED].answer == "Nothing that counts."


def test_too_few_images_say_nothing_and_ask_for_more() -> None:
    found = answers(FEW)
    assert "Too few" in found[WHAT_CHANGED].answer
    assert found[DOES_IT_HURT].answer == found[SINCE_WHEN].answer == "Not known."
    assert "more images" in found[WHAT_TO_DO].answer


def estimated(**values: Any) -> ModelAccuracy:
    known = AccuracyEstimate("reliable", None, 400, 0.9, 0.7, 0.65, 0.75, impact=True)
    return ModelAccuracy(replace(known, **values))


def measured(accuracy: float, images: int) -> ModelAccuracy:
    return replace(estimated(), measured=TrueAccuracy(images, accuracy))


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
        (measured(0.6, 200), "Yes: 30.0 points of accuracy."),
        (measured(0.86, 50), "Perhaps: within chance."),
        (measured(0.91, 200), "No."),
        (change("mAP", 0.1, fell=True), "Yes: 10.0 points of mAP."),
        (change("accuracy", 0.1, fell=True), "Yes: 10.0 points of accuracy."),
        (change("mAP", 0.1, fell=False), "Perhaps: within chance."),
        (change("mAP", -0.1, fell=False), "No."),
        (ModelAccuracy(), "Not known."),
    ],
)
def test_whether_it_hurts(accuracy: ModelAccuracy, answer: str) -> None:
    assert answers(replace(REPORT, accuracy=accuracy, outputs=OUTPUTS))[DOES_IT_HURT].answer == answer


def test_an_accuracy_that_fell_is_bad_however_little_the_images_differ() -> None:
    assert (
        answers(replace(REPORT, severity=Severity.LOW, accuracy=estimated(), outputs=OUTPUTS))[DOES_IT_HURT].level
        == "medium"
    )


def test_the_cause_says_what_to_check() -> None:
    recorded = ["The camera changed: 'A' before (100%), 'B' now (95%)."]
    cause = ProbableCause("noise", "Noise.", 0.9, metadata_changes=recorded)
    found = answers(replace(REPORT, cause=cause))[WHAT_TO_DO]
    assert found.answer.startswith("Check the light, the gain")
    assert "The camera changed" in found.text


def test_a_class_that_the_baseline_never_had_is_named() -> None:
    labels = replace(REPORT.window, labels={"ok": 9, "dent": 5})
    classes = ClassDrift(1e-9, 0.1, new={"crack": 7}, changes={"crack": 0.1}, before={"crack": 0.0})
    outputs = replace(OUTPUTS, drift_detected=True, classes=classes)
    report = replace(REPORT, window=labels, baseline=replace(REPORT.baseline, labels={"ok": 99}), outputs=outputs)
    assert "dent, crack" in answers(report)[WHAT_TO_DO].text + answers(report)[WHAT_TO_DO].answer
    assert "Never seen in the baseline: crack." in answers(report)[WHAT_CHANGED].text


def test_a_group_alone_is_named() -> None:
    group = GroupDrift("cam-7", 90, "high", 0.001, 0.002, 0.9, "Images are 40% darker.")
    still = [replace(metric, severity=Severity.NONE) for metric in REPORT.metrics]
    found = answers(replace(REPORT, groups=[group, replace(group, name="cam-9", effect=0.3)], metrics=still))
    assert found[WHAT_CHANGED].answer == "Only in cam-7: Images are 40% darker."
    assert found[WHAT_CHANGED].text == "Also in cam-9."


@pytest.mark.parametrize(
    ("onset", "answer"),
    [
        (None, "Not known."),
        (Onset("unknown", "No times."), "Not known."),
        (Onset("throughout", "It began before.", "2026-11-18"), "From the first image of this window on."),
        (Onset("part", "Shifted are ..."), "In a part of the window only."),
    ],
)
def test_since_when(onset: Onset | None, answer: str) -> None:
    assert answers(replace(REPORT, onset=onset))[SINCE_WHEN].answer == answer
