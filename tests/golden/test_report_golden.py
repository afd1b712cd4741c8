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


def test_the_json_reads_back_into_the_same_report(report: DriftReport) -> None:
    text = render(report, format="json")
    assert isinstance(text, str)
    assert text.endswith("}\n")
    assert DriftReport.from_dict(json.loads(text)) == report
    # What was written by version 1: one key was dropped, one renamed, and two came later.
    written = json.loads((DATA / "report-to-draw.json").read_text("utf-8"))
    assert (written.pop("version"), written.pop("alerts")) == (1, None)
    written["onset"] = written.pop("since")
    assert json.loads(text) == written | {"version": 2, "groups": [], "settings_file": None}
