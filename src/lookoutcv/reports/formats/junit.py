"""JUnit XML."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

from lookoutcv.reports.formats.base import RenderOptions, report_format
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.sections.headline import headline
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.findings.prediction_drift import PredictionDrift
from lookoutcv.results.severity import Severity

_MARK = r'<testsuites>\s*<testsuite name="drift of .*<testcase classname="lookoutcv\.window"'


@report_format("junit", suffixes=(".xml",), media_type="application/xml", mark=_MARK)
def junit(report: DriftReport, options: RenderOptions) -> bytes:
    """One test case for the window, each group and each metric, for the pages of a pipeline; drift is a failure."""
    suite = ElementTree.Element("testsuite", name=f"drift of {visible(report.window.name)}")
    timestamp = _timestamp(report.created)
    if timestamp:
        suite.set("timestamp", timestamp)
    suite.set("time", "0")  # some readers refuse a suite or a case without
    _window(suite, report)
    if report.outputs is not None:
        _predictions(suite, report.outputs)
    if report.accuracy is not None:
        _accuracy(suite, report.accuracy)
    for group in report.groups:
        _group(suite, group)
    for metric in report.metrics:
        _metric(suite, metric, tested=report.overall_drift_detected is not None)
    for count, tag in (("tests", "testcase"), ("failures", "testcase/failure"), ("skipped", "testcase/skipped")):
        suite.set(count, str(len(suite.findall(tag))))
    suite.set("errors", "0")
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _timestamp(created: str) -> str:
    """UTC as Ant writes it, without a zone: schemas of JUnit files take no other form. "" for what is no time."""
    try:
        return f"{datetime.fromisoformat(created).astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    except ValueError:
        return ""


def _window(suite: ElementTree.Element, report: DriftReport) -> None:
    case = _case(suite, "window", "the window as a whole")
    if report.overall_drift_detected is None:
        ElementTree.SubElement(case, "skipped", message=visible(headline(report)))
    elif report.overall_drift_detected:
        _failed(case, headline(report), report.severity, [report.summary, *report.notes])


def _predictions(suite: ElementTree.Element, drift: PredictionDrift) -> None:
    """Whether the model's predictions changed."""
    case = _case(suite, "model", "answers")
    if drift.drift_detected is None:
        ElementTree.SubElement(case, "skipped", message="too few images to say")
    elif drift.drift_detected:
        _failed(case, "the model answers otherwise than before", drift.severity, [])


def _accuracy(suite: ElementTree.Element, accuracy: ModelAccuracy) -> None:
    """Whether the model is right less often: by the estimate, and by labels."""
    if accuracy.estimated is not None:
        _estimate(suite, accuracy.estimated)
    if accuracy.change is not None:
        _change(suite, accuracy.change)
    elif accuracy.detection is not None:
        case = _case(suite, "model", "mAP by labels")
        ElementTree.SubElement(case, "skipped", message="too few marked images or objects to say")


def _estimate(suite: ElementTree.Element, estimated: AccuracyEstimate) -> None:
    case = _case(suite, "model", "accuracy")
    if estimated.impact is None or estimated.status != "reliable":
        ElementTree.SubElement(case, "skipped", message=visible(estimated.reason or "not estimated"))
    elif estimated.impact:
        _failed(case, "the model is probably right less often", estimated.severity, [])


def _change(suite: ElementTree.Element, change: AccuracyChange) -> None:
    """Whether its accuracy fell where images have labels, or its mAP where objects are marked."""
    case = _case(suite, "model", f"{change.measure} by labels")
    if change.fell:
        words = f"{change.measure} {change.before:.3f} -> {change.after:.3f}"
        _failed(case, f"the model's {change.measure} fell, by the labels", change.severity, [words])


def _group(suite: ElementTree.Element, group: GroupDrift) -> None:
    case = _case(suite, "group", group.name)
    if group.adjusted_p_value is None:
        ElementTree.SubElement(case, "skipped", message="too few images to say")
    elif group.severity >= Severity.LOW:
        _failed(case, f"drift of {group.severity} severity", group.severity, [group.text])


def _metric(suite: ElementTree.Element, metric: MetricDrift, tested: bool) -> None:
    case = _case(suite, "metric", metric.name)
    if not tested or metric.p_value is None:
        ElementTree.SubElement(case, "skipped", message="not tested")
    elif metric.severity >= Severity.LOW:
        words = f"{metric.statistic} {metric.before} -> {metric.after}, effect {metric.effect:+.2f}"
        _failed(case, metric.text, metric.severity, [words])


def _case(suite: ElementTree.Element, kind: str, name: str) -> ElementTree.Element:
    return ElementTree.SubElement(suite, "testcase", classname=f"lookoutcv.{kind}", name=visible(name), time="0")


def _failed(case: ElementTree.Element, message: str, severity: str, lines: list[str]) -> None:
    failure = ElementTree.SubElement(case, "failure", message=visible(message), type=severity)
    failure.text = "\n".join(map(visible, lines))
