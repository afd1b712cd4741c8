from dataclasses import replace
from typing import Any

import pytest

from lookoutcv.drift.wording.metric_sentences import metrics_summary
from lookoutcv.reports.parts.content_blocks import Answer
from lookoutcv.reports.sections.four_questions import SINCE_WHEN, WHAT_CHANGED, WHAT_TO_DO, four_questions
from lookoutcv.reports.sections.impact_answer import DOES_IT_HURT
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.onset import Onset
from lookoutcv.results.findings.prediction_drift import PredictionDrift
from lookoutcv.results.findings.probable_cause import ProbableCause
from lookoutcv.results.severity import Severity
from report_to_draw import NO_DRIFT, REPORT, TOO_FEW

OUTPUTS = PredictionDrift(False, Severity.NONE, 0.5, 0.01, 0.0)
SAME = replace(NO_DRIFT, onset=None, cause=None)


def answers(report: Any) -> dict[str, Answer]:
    items = four_questions(report).items
    assert [item.question for item in items] == [WHAT_CHANGED, DOES_IT_HURT, SINCE_WHEN, WHAT_TO_DO]
    assert all(item.answer for item in items)
    return {item.question: item for item in items}


def test_a_drift_is_told_in_four_answers() -> None:
    found = answers(REPORT)
    assert found[WHAT_CHANGED].answer == REPORT.metrics[0].text
    assert found[WHAT_CHANGED].level == "high"
    assert found[DOES_IT_HURT].answer == "Not known."
    assert "Give model=MODEL, or" in found[DOES_IT_HURT].text
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
    found = answers(TOO_FEW)
    assert "Too few" in found[WHAT_CHANGED].answer
    assert found[DOES_IT_HURT].answer == found[SINCE_WHEN].answer == "Not known."
    assert "more images" in found[WHAT_TO_DO].answer


def test_the_cause_says_what_to_check() -> None:
    recorded = ["The camera changed: 'A' before (100%), 'B' now (95%)."]
    cause = ProbableCause("noise", "Noise.", 0.9, metadata_changes=recorded)
    found = answers(replace(REPORT, cause=cause))[WHAT_TO_DO]
    assert found.answer.startswith("Check the light, the gain")
    assert "The camera changed" in found.text


def test_a_class_that_the_baseline_never_had_is_named() -> None:
    labels = replace(REPORT.window, labels={"ok": 9, "dent": 5})
    said = "Never seen in the baseline: crack."
    classes = ClassDrift(1e-9, 0.1, new={"crack": 7}, changes={"crack": 0.1}, before={"crack": 0.0}, text=said)
    outputs = replace(OUTPUTS, drift_detected=True, classes=classes)
    report = replace(REPORT, window=labels, baseline=replace(REPORT.baseline, labels={"ok": 99}), outputs=outputs)
    assert "dent, crack" in answers(report)[WHAT_TO_DO].text + answers(report)[WHAT_TO_DO].answer
    assert said in answers(report)[WHAT_CHANGED].text


def test_a_group_alone_is_named() -> None:
    group = GroupDrift("cam-7", 90, Severity.HIGH, 0.001, 0.002, 0.9, "Images are 40% darker.")
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


def test_the_summary_of_the_report_tells_the_same_metrics() -> None:
    first = replace(REPORT.metrics[0], severity=Severity.HIGH, effect=0.9)
    ranked = [
        replace(first, name=name, text=f"Told of {name}.", effect=effect, related=related)
        for name, effect, related in (("a.x", -0.9, ["d.x"]), ("b.x", 0.8, []), ("c.x", 0.4, []), ("d.x", 0.4, []))
    ]
    found = answers(replace(REPORT, metrics=ranked, groups=[], outputs=None))[WHAT_CHANGED]
    assert f"{found.answer} {found.text}".endswith(metrics_summary(ranked))
    assert metrics_summary(ranked) == "Told of a.x. Told of b.x. 2 further metrics moved."
