from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from lookoutcv.reports.rendering import render
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_detection import DetectionSide, TrueDetection
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.prediction_drift import PredictionDrift
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT


def suite_of(report: DriftReport) -> ElementTree.Element:
    suite = ElementTree.fromstring(str(render(report, format="junit"))).find("testsuite")
    assert suite is not None
    return suite


def outcome(suite: ElementTree.Element, name: str) -> str:
    case = next(case for case in suite.iter("testcase") if case.get("name") == name)
    return next((child.tag for child in case), "passed")


def test_counts_are_those_of_the_cases() -> None:
    suite = suite_of(REPORT)
    assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
    assert suite.get("failures") == str(len(list(suite.iter("failure"))))
    assert suite.get("skipped") == str(len(list(suite.iter("skipped"))))


def test_drift_is_a_failure_and_what_moved_says_how() -> None:
    suite = suite_of(REPORT)
    assert outcome(suite, "the window as a whole") == "failure"
    assert outcome(suite, "exposure.brightness") == "failure"
    assert outcome(suite, "file.bytes") == "passed"
    assert outcome(suite, "geometry.width") == "skipped"


def test_no_drift_is_a_pass_and_too_few_images_are_skipped() -> None:
    calm = [replace(metric, severity=Severity.NONE) for metric in REPORT.metrics]
    passed = suite_of(replace(REPORT, overall_drift_detected=False, severity=Severity.NONE, metrics=calm))
    assert passed.get("failures") == "0"
    few = suite_of(replace(REPORT, overall_drift_detected=None, severity=Severity.INSUFFICIENT, metrics=calm))
    assert few.get("skipped") == few.get("tests")


def test_groups_and_a_model_are_cases_too() -> None:
    groups = [
        GroupDrift("cam-1", 200, Severity.NONE, 0.5, 1.0, 0.05, "No drift."),
        GroupDrift("cam-2", 200, Severity.HIGH, 1e-9, 1e-8, 0.9, "Darker."),
        GroupDrift("cam-3", 5, Severity.INSUFFICIENT, None, None, 0.0, "Too few."),
    ]
    accuracy = ModelAccuracy(AccuracyEstimate("reliable", None, 90, impact=True, severity=Severity.MEDIUM))
    outputs = PredictionDrift(False, Severity.NONE, 0.5, 0.01, 0.0)
    suite = suite_of(replace(REPORT, groups=groups, outputs=outputs, accuracy=accuracy))
    assert [outcome(suite, f"cam-{i}") for i in (1, 2, 3)] == ["passed", "failure", "skipped"]
    assert outcome(suite, "answers") == "passed"
    assert outcome(suite, "accuracy") == "failure"


def test_an_estimate_that_is_not_relied_on_fails_nothing() -> None:
    accuracy = ModelAccuracy(AccuracyEstimate("unreliable", "Other classes.", 90, impact=True))
    assert outcome(suite_of(replace(REPORT, accuracy=accuracy)), "accuracy") == "skipped"


def test_a_loss_by_labels_is_a_failure() -> None:
    """Of a classifier, or a detector whose objects are marked: also where nothing drifted."""
    marked = TrueDetection(DetectionSide(9, 30, 0.31, 0.5, 0.2, 0.4))
    fell = AccuracyChange("mAP", 0.52, 0.31, 0.21, 0.2, 0.22, fell=True, severity=Severity.HIGH)
    suite = suite_of(replace(REPORT, accuracy=ModelAccuracy(detection=marked, change=fell)))
    failure = next(case.find("failure") for case in suite.iter("testcase") if case.get("name") == "mAP by labels")
    assert failure is not None
    assert (failure.get("type"), failure.text) == ("high", "mAP 0.520 -> 0.310")
    held = AccuracyChange("accuracy", 0.9, 0.89, 0.01, -0.1, 0.1, fell=False, severity=Severity.NONE)
    assert outcome(suite_of(replace(REPORT, accuracy=ModelAccuracy(change=held))), "accuracy by labels") == "passed"
    few = replace(REPORT, accuracy=ModelAccuracy(detection=marked))
    assert outcome(suite_of(few), "mAP by labels") == "skipped"


# What readers of such files (Jenkins, GitLab, GitHub actions, Azure) take, after what Ant writes: per element its
# attributes, those it must have first, and its children.
_FORM = {
    "testsuites": ((), (), ("testsuite",)),
    "testsuite": (("name", "tests", "failures", "errors", "time"), ("skipped", "timestamp"), ("testcase",)),
    "testcase": (("name", "classname", "time"), (), ("failure", "skipped")),
    "failure": (("message", "type"), (), ()),
    "skipped": (("message",), (), ()),
}


def test_it_has_the_form_that_readers_take() -> None:
    root = ElementTree.fromstring(str(render(replace(REPORT, created="2026-11-21T09:00:00.5+02:00"), format="junit")))
    for element in root.iter():
        must, may, children = _FORM[element.tag]
        assert set(must) <= set(element.attrib) <= {*must, *may}
        assert {child.tag for child in element} <= set(children)
        assert len(element) <= 1 or element.tag in ("testsuites", "testsuite")
    suite = root[0]
    assert suite.get("timestamp") == "2026-11-21T07:00:00"
    assert all(suite.get(count, "").isdecimal() for count in ("tests", "failures", "skipped", "errors"))
    assert len({(case.get("classname"), case.get("name")) for case in suite}) == len(suite)
    assert "timestamp" not in suite_of(replace(REPORT, created="yesterday")).attrib
