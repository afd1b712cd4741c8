from __future__ import annotations

from xml.etree import ElementTree

import pytest

from lookoutcv.reports.charts.trend_chart import drawable, svg
from lookoutcv.reports.parts.drawings import Trend, TrendPoint
from lookoutcv.results.severity import Severity


@pytest.mark.parametrize("count", [1, 2, 50])
def test_the_drawing_is_whole_and_stays_in_its_frame(count: int) -> None:
    points = tuple(
        TrendPoint(f"<{i}>", float(i), i / 10, "a & b", Severity.HIGH, "2026-11-01", 0.0, 5.0) for i in range(count)
    )
    trend = Trend('t<"&', "px", points, reference=2.0)
    assert drawable(trend)
    root = ElementTree.fromstring(svg(trend, "k"))
    for circle in root.iter("{http://www.w3.org/2000/svg}circle"):
        assert 0 <= float(circle.get("cx", "")) <= 320
        assert 0 <= float(circle.get("cy", "")) <= 132
    assert not drawable(Trend("none", "1", (TrendPoint("a", 0.0, None, ""),)))


def test_no_label_runs_out_of_the_drawing() -> None:
    points = tuple(TrendPoint(f"day {i}", i, value, "", day=f"0{i}") for i, value in ((1, 0.0042), (2, 0.0)))
    drawn = ElementTree.fromstring(svg(Trend("Clipping", "1", points, 0.0074), "t"))
    labels = [one for one in drawn.iter("{http://www.w3.org/2000/svg}text") if one.get("text-anchor") == "end"]
    at = [(float(one.get("x", 0)), one.text or "") for one in labels]
    assert max(len(text) for _, text in at) >= 6
    assert all(x >= 6.2 * len(text) for x, text in at)
