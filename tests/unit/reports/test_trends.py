from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from lookoutcv.errors import CorruptFile, NotOurFile, SourceNotFound, UsageError
from lookoutcv.reports.charts.trend_chart import drawable, svg
from lookoutcv.reports.index_page import index
from lookoutcv.reports.parts.drawings import Trend, TrendPoint, Trends
from lookoutcv.reports.parts.tables import Table
from lookoutcv.reports.rendering import render
from lookoutcv.reports.trends import LinkedReport, trends_document
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_detection import DetectionSide, TrueDetection
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT


def day(number: int, severity: Severity = Severity.NONE, effect: float = 0.1, **changes: object) -> DriftReport:
    window = replace(REPORT.window, name=f"day-{number}", last_time=f"2026-11-{number:02d}T20:00:00Z")
    drifted = None if severity == "insufficient" else severity != "none"
    held = replace(REPORT, window=window, severity=severity, overall_drift_detected=drifted, effect=effect)
    return replace(held, **changes)  # type: ignore[arg-type]


def trends(reports: list[DriftReport]) -> dict[str, Trend]:
    document = trends_document(map(LinkedReport, reports))
    blocks = [block for section in document.sections for block in section.blocks]
    return {trend.title: trend for block in blocks if isinstance(block, Trends) for trend in block.items}


def test_reports_stand_in_the_order_of_their_windows() -> None:
    points = trends([day(12, Severity.HIGH, 0.9), day(3), day(7)])["Largest effect"].points
    assert [point.name for point in points] == ["day-3", "day-7", "day-12"]
    assert points[0].day == "2026-11-03"
    assert points[2].at - points[0].at == 9 * 86400


def test_the_answer_is_that_of_the_latest_and_names_the_worst() -> None:
    verdict = trends_document(
        map(LinkedReport, [day(1), day(2, Severity.HIGH, 0.9), day(3, Severity.LOW, 0.2)])
    ).verdict
    assert verdict.level == "low"
    assert "2 of 3 windows drifted" in verdict.text
    assert "day-2: high" in verdict.text


def test_accuracy_is_drawn_with_its_interval_and_left_out_where_it_is_unreliable() -> None:
    sure = ModelAccuracy(AccuracyEstimate("reliable", None, 90, 0.9, 0.8, 0.7, 0.85))
    doubtful = ModelAccuracy(AccuracyEstimate("unreliable", "Few.", 90, 0.9, 0.2))
    found = trends([day(1, accuracy=sure), day(2, accuracy=doubtful), day(3)])["Estimated accuracy"]
    assert [point.value for point in found.points] == [0.8, None, None]
    assert (found.points[0].low, found.reference) == (0.7, 0.9)


def test_a_detector_has_its_mean_average_precision() -> None:
    window, baseline = DetectionSide(9, 30, 0.41, 0.6, 0.35, 0.47), DetectionSide(9, 30, 0.52, 0.7, 0.5, 0.54)
    marked = ModelAccuracy(detection=TrueDetection(window, baseline))
    found = trends([day(1, accuracy=marked), day(2, accuracy=ModelAccuracy()), day(3)])
    (point, *others) = found["mAP by marked objects"].points
    assert (point.value, point.low, point.high, point.text) == (0.41, 0.35, 0.47, "0.410")
    assert [one.value for one in others] == [None, None]
    assert found["mAP by marked objects"].reference == 0.52
    assert "Estimated accuracy" not in found


def test_a_metric_that_a_report_lacks_leaves_a_gap() -> None:
    bare = day(2, metrics=[one for one in REPORT.metrics if one.name != "exposure.brightness"])
    points = trends([day(1), bare, day(3)])["Exposure: brightness"].points
    assert [point.value is None for point in points] == [False, True, False]
    drawn = svg(Trend("x", "1", points), "k")
    assert drawn.count("<circle") == 2
    path = re.search(r'class="line" d="([^"]+)"', drawn)
    assert path
    assert path[1].count("M") == 2


def test_reports_without_times_stand_one_after_the_other() -> None:
    window = replace(REPORT.window, last_time=None, created=None)
    held = [replace(REPORT, window=replace(window, name=name), created="") for name in "ab"]
    assert [point.at for point in trends(held)["Largest effect"].points] == [0.0, 1.0]


@pytest.mark.parametrize("count", [1, 2, 50])
def test_the_drawing_is_whole_and_stays_in_its_frame(count: int) -> None:
    points = tuple(
        TrendPoint(f"<{i}>", float(i), i / 10, "a & b", "high", "2026-11-01", 0.0, 5.0) for i in range(count)
    )
    trend = Trend('t<"&', "px", points, reference=2.0)
    assert drawable(trend)
    root = ElementTree.fromstring(svg(trend, "k"))
    for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 <= float(circle.get("cx", "")) <= 320
        assert 0 <= float(circle.get("cy", "")) <= 132
    assert not drawable(Trend("none", "1", (TrendPoint("a", 0.0, None, ""),)))


def write(folder: Path) -> None:
    folder.mkdir()
    for number, severity in ((1, "none"), (2, "medium")):
        render(day(number, severity), folder / f"day #{number}.json")  # type: ignore[arg-type]
    (folder / "other.json").write_text("{}")


def test_an_index_links_the_pages_that_there_are(tmp_path: Path) -> None:
    write(tmp_path / "reports")
    render(day(2), tmp_path / "reports" / "day #2.html")
    page = index(tmp_path / "reports", tmp_path / "index.html").read_text("utf-8")
    assert re.findall(r'<a href="([^"]+)"', page) == ["./reports/day%20%232.html"]
    assert "day-<wbr>1" in page


def test_missing_pages_are_written_when_asked_for_and_old_ones_left(tmp_path: Path) -> None:
    write(tmp_path / "reports")
    (tmp_path / "reports" / "day #2.html").write_text("mine")
    index([tmp_path / "reports"], tmp_path / "index.html", pages=True, thumbnails=False)
    assert (tmp_path / "reports" / "day #2.html").read_text() == "mine"
    made = (tmp_path / "reports" / "day #1.html").read_text("utf-8")
    assert "<h1>Drift report</h1>" in made
    assert "data:image/jpeg" not in made


@pytest.mark.parametrize("suffix", [".html", ".pdf", ".md", ".txt"])
def test_an_index_has_the_forms_of_any_document(tmp_path: Path, suffix: str) -> None:
    path = index([day(1), day(2, Severity.HIGH, 0.9)], tmp_path / f"index{suffix}")
    assert path.stat().st_size > 300


def test_what_is_no_report_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / "reports")
    with pytest.raises(NotOurFile):
        index(tmp_path / "reports" / "other.json", tmp_path / "index.html")
    with pytest.raises(SourceNotFound):
        index(tmp_path / "nowhere", tmp_path / "index.html")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceNotFound, match="no report in"):
        index(tmp_path / "empty", tmp_path / "index.html")
    with pytest.raises(UsageError, match=r"\.html"):
        index(day(1), tmp_path / "index.json")
    (tmp_path / "reports" / "broken.json").write_text('{"format": "lookoutcv.report", "version": 1}')
    with pytest.raises(CorruptFile, match=r"broken\.json"):
        index(tmp_path / "reports", tmp_path / "index.html")
    assert not (tmp_path / "index.html").exists()


def test_the_latest_stand_first() -> None:
    document = trends_document(map(LinkedReport, [day(1), day(5), day(3)]))
    table = next(block for section in document.sections for block in section.blocks if isinstance(block, Table))
    assert [row[0] for row in table.rows] == ["day-5", "day-3", "day-1"]


def test_an_index_and_its_pages_wear_the_same_clothes(tmp_path: Path) -> None:
    Image.new("RGB", (300, 60), "teal").save(tmp_path / "logo.png")
    (tmp_path / "own.j2").write_text(
        '{% extends "report.html.j2" %}{% block footer %}Acme. {{ super() }}{% endblock %}'
    )
    write(tmp_path / "reports")
    index(
        tmp_path / "reports",
        tmp_path / "index.html",
        pages=True,
        logo=tmp_path / "logo.png",
        template=tmp_path / "own.j2",
    )
    for page in ("index.html", "reports/day #1.html"):
        text = (tmp_path / page).read_text("utf-8")
        assert "Acme." in text
        assert 'alt="Logo"' in text


def test_no_label_runs_out_of_the_drawing() -> None:
    points = tuple(TrendPoint(f"day {i}", i, value, "", day=f"0{i}") for i, value in ((1, 0.0042), (2, 0.0)))
    drawn = ElementTree.fromstring(svg(Trend("Clipping", "1", points, 0.0074), "t"))
    labels = [one for one in drawn.iter("{http://www.w3.org/2000/svg}text") if one.get("text-anchor") == "end"]
    at = [(float(one.get("x", 0)), one.text or "") for one in labels]
    assert max(len(text) for _, text in at) >= 6
    assert all(x >= 6.2 * len(text) for x, text in at)
