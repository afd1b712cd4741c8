from __future__ import annotations

import re
from dataclasses import replace

from lookoutcv.reports.charts.trend_chart import svg
from lookoutcv.reports.parts.drawings import Trend, Trends
from lookoutcv.reports.trends import LinkedReport, trends_document
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_detection import DetectionSide, TrueDetection
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity
from report_to_draw import REPORT, of_day


def trends(reports: list[DriftReport]) -> dict[str, Trend]:
    document = trends_document(map(LinkedReport, reports))
    blocks = [block for section in document.sections for block in section.blocks]
    return {trend.title: trend for block in blocks if isinstance(block, Trends) for trend in block.items}


def test_reports_stand_in_the_order_of_their_windows() -> None:
    points = trends([of_day(12, Severity.HIGH, 0.9), of_day(3), of_day(7)])["Largest effect"].points
    assert [point.name for point in points] == ["day-3", "day-7", "day-12"]
    assert points[0].day == "2026-11-03"
    assert points[2].at - points[0].at == 9 * 86400


def test_accuracy_is_drawn_with_its_interval_and_left_out_where_it_is_unreliable() -> None:
    sure = ModelAccuracy(AccuracyEstimate("reliable", None, 90, 0.9, 0.8, 0.7, 0.85))
    doubtful = ModelAccuracy(AccuracyEstimate("unreliable", "Few.", 90, 0.9, 0.2))
    found = trends([of_day(1, accuracy=sure), of_day(2, accuracy=doubtful), of_day(3)])["Estimated accuracy"]
    assert [point.value for point in found.points] == [0.8, None, None]
    assert (found.points[0].low, found.reference) == (0.7, 0.9)


def test_a_detector_has_its_mean_average_precision() -> None:
    window, baseline = DetectionSide(9, 30, 0.41, 0.6, 0.35, 0.47), DetectionSide(9, 30, 0.52, 0.7, 0.5, 0.54)
    marked = ModelAccuracy(detection=TrueDetection(window, baseline))
    found = trends([of_day(1, accuracy=marked), of_day(2, accuracy=ModelAccuracy()), of_day(3)])
    (point, *others) = found["mAP by marked objects"].points
    assert (point.value, point.low, point.high, point.text) == (0.41, 0.35, 0.47, "0.410")
    assert [one.value for one in others] == [None, None]
    assert found["mAP by marked objects"].reference == 0.52
    assert "Estimated accuracy" not in found


def test_a_metric_that_a_report_lacks_leaves_a_gap() -> None:
    bare = of_day(2, metrics=[one for one in REPORT.metrics if one.name != "exposure.brightness"])
    points = trends([of_day(1), bare, of_day(3)])["Exposure: brightness"].points
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
