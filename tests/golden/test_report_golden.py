"""The page, the text and the JSON of one fixed report stay as they are until someone means to change them.

After a change that is meant: LOOKOUTCV_WRITE_GOLDEN=1 pytest tests/golden/test_report_golden.py, and read the diff.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from lookoutcv.reports.rendering import render
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="module")
def report() -> DriftReport:
    return DriftReport.from_dict(json.loads((DATA / "report-to-draw.json").read_text("utf-8")))


def agrees(name: str, drawn: str) -> bool:
    path = DATA / name
    if os.environ.get("LOOKOUTCV_WRITE_GOLDEN"):
        path.write_text(drawn, "utf-8", newline="\n")
    return drawn == path.read_text("utf-8")


def test_the_page(report: DriftReport) -> None:
    page = render(report, format="html")
    assert isinstance(page, str)
    page = re.sub(r"<style>.*?</style>", "<style></style>", page, flags=re.DOTALL)
    page = re.sub(r'<svg class="chart".*?</svg>', '<svg class="chart"></svg>', page, flags=re.DOTALL)
    assert agrees("report-drawn.html", re.sub(r"base64,[^\"]+", "base64,", page))


def test_one_chart(report: DriftReport) -> None:
    page = render(report, format="html")
    assert isinstance(page, str)
    chart = re.search(r'<svg class="chart".*?</svg>', page, flags=re.DOTALL)
    assert chart is not None
    assert agrees("chart-drawn.svg", chart[0].replace("><", ">\n<") + "\n")


def test_the_text(report: DriftReport) -> None:
    text = render(report, format="terminal", width=90, colour=False)
    assert isinstance(text, str)
    assert agrees("report-drawn.txt", text)


def test_what_version_1_held_of_a_model_reads_under_the_names_of_now() -> None:
    """Written by the version before, but for most of its metrics."""
    written = json.loads((DATA / "report-with-model-v1.json").read_text("utf-8"))
    report = DriftReport.from_dict(written)
    assert (written["version"], report.to_dict()["version"]) == (1, 2)
    assert report.onset is not None
    assert report.onset.text == written["since"]["text"]
    assert report.cause is not None
    assert report.cause.metadata_changes == written["cause"]["recorded"]
    assert report.outputs is not None
    assert report.outputs.classes is not None
    assert report.outputs.classes.new == written["outputs"]["classes"]["unseen"]
    assert report.outputs.classes.absent == written["outputs"]["classes"]["gone"]
    assert report.accuracy is not None
    assert report.accuracy.estimated is not None
    estimate = written["accuracy"]["estimated"]
    assert report.accuracy.estimated.impact is estimate["harm"] is True
    assert report.accuracy.estimated.nearest_corruption == estimate["rehearsed"] == "darken 2"
    assert report.accuracy.measured is not None
    classes = written["accuracy"]["measured"]["classes"]
    assert [one.predicted for one in report.accuracy.measured.classes] == [one["answers"] for one in classes]
    assert report.accuracy.change is not None
    assert report.accuracy.change.severity is Severity.HIGH
    assert DriftReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_the_json_reads_back_into_the_same_report(report: DriftReport) -> None:
    text = render(report, format="json")
    assert isinstance(text, str)
    assert text.endswith("}\n")
    assert DriftReport.from_dict(json.loads(text)) == report
    # What was written by version 1: one key was dropped, one renamed, and three came later. A policy names every rule.
    written = json.loads((DATA / "report-to-draw.json").read_text("utf-8"))
    assert (written.pop("version"), written.pop("alerts")) == (1, None)
    written["onset"] = written.pop("since")
    written["policy"] = dict.fromkeys(report.policy.to_dict()) | written["policy"]
    later = {"groups": [], "measured_examples": [], "settings_file": None}
    assert json.loads(text) == written | {"version": 2} | later
