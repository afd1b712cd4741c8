"""JUnit XML."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from lookoutcv.reports.formats.base import RenderOptions, report_format
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.parts.values import is_number, object_of
from lookoutcv.reports.sections.headline import headline
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.severity import Severity


@report_format("junit", suffixes=(".xml",), media_type="application/xml")
def junit(report: DriftReport, options: RenderOptions) -> bytes:
    """One test case for the window, each group and each metric, for the pages of a pipeline; drift is a failure."""
    suite = ElementTree.Element("testsuite", name=f"drift of {visible(report.window.name)}")
    timestamp = _timestamp(report.created)
    if timestamp:
        suite.set("timestamp", timestamp)
    suite.set("time", "0")  # some readers refuse a suite or a case without
    _window(suite, report)
    _answers(suite, report)
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


def _answers(suite: ElementTree.Element, report: DriftReport) -> None:
    """Of a model that was asked: whether it answers otherwise, and whether it is right less often."""
    outputs = None if report.outputs is None else report.outputs.to_dict()
    known: Mapping[str, Any] = {} if report.accuracy is None else report.accuracy.to_dict()
    accuracy = known.get("estimated")
    if isinstance(outputs, dict):
        case, drifted = _case(suite, "model", "answers"), outputs.get("drift_detected")
        if drifted is None:
            ElementTree.SubElement(case, "skipped", message="too few images to say")
        elif drifted:
            _failed(case, "the model answers otherwise than before", str(outputs.get("severity")), [])
    if isinstance(accuracy, dict):
        case = _case(suite, "model", "accuracy")
        if accuracy.get("impact") is None or accuracy.get("status") != "reliable":
            ElementTree.SubElement(case, "skipped", message=visible(str(accuracy.get("reason") or "not estimated")))
        elif accuracy["impact"]:
            _failed(case, "the model is probably right less often", str(accuracy.get("severity")), [])
    _by_labels(suite, object_of(known.get("change")), marked=bool(object_of(known.get("detection"))))


def _by_labels(suite: ElementTree.Element, change: Mapping[str, Any], *, marked: bool) -> None:
    """Whether its accuracy fell where images have labels, or its mAP where objects are marked."""
    sides = change.get("before"), change.get("after")
    if is_number(sides[0]) and is_number(sides[1]):
        measure = str(change.get("measure"))
        case = _case(suite, "model", f"{measure} by labels")
        if change.get("fell"):
            words = f"{measure} {sides[0]:.3f} -> {sides[1]:.3f}"
            _failed(case, f"the model's {measure} fell, by the labels", str(change.get("severity")), [words])
    elif marked:
        case = _case(suite, "model", "mAP by labels")
        ElementTree.SubElement(case, "skipped", message="too few marked images or objects to say")


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
