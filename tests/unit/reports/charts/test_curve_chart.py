"""Two lines on the same axes."""

from __future__ import annotations

import math
from xml.etree import ElementTree

import pytest

from lookoutcv.reports.charts.curve_chart import drawable, svg
from lookoutcv.reports.parts.drawings import Curve

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("count", [1, 2, 300])
def test_the_drawing_is_whole_and_stays_in_its_frame(count: int) -> None:
    points = tuple((float(i), 1000.0 * (-1) ** i) for i in range(count))
    curve = Curve('t<"&', "", "epoch <", points, ((0.0, 3.0),), mark=0.0)
    root = ElementTree.fromstring(svg(curve, "k"))
    for dot in root.iter(f"{SVG}circle"):
        assert 0 <= float(dot.get("cx", "")) <= 320
        assert 0 <= float(dot.get("cy", "")) <= 132
    assert len(list(root.iter(f"{SVG}circle"))) == 1 + (count if count < 30 else 0)


def test_what_is_no_number_is_left_out_and_with_no_point_nothing_is_drawn() -> None:
    curve = Curve("loss", "", "epoch", ((0.0, math.nan), (1.0, 2.0)), ((0.0, math.inf),))
    assert drawable(curve)
    assert "nan" not in svg(curve, "k")
    assert "inf" not in svg(curve, "k")
    assert not drawable(Curve("loss", "", "epoch", ((0.0, math.nan),), ()))


def test_no_label_runs_out_of_the_drawing() -> None:
    curve = Curve("accuracy", "%", "epoch", ((0.0, 0.0), (1.0, 1.0)), (), range=(0.0, 1.0))
    labels = [
        one for one in ElementTree.fromstring(svg(curve, "k")).iter(f"{SVG}text") if one.get("text-anchor") == "end"
    ]
    assert "100%" in [one.text for one in labels]
    assert all(float(one.get("x", 0)) >= 6.6 * len(one.text or "") for one in labels)


def test_no_two_labels_are_the_same_and_between_whole_places_there_is_none() -> None:
    curve = Curve("loss", "", "epoch", ((1.0, 1.04), (2.0, 1.08), (3.0, 1.12)), ())
    texts = [one.text or "" for one in ElementTree.fromstring(svg(curve, "k")).iter(f"{SVG}text")]
    numbers = [text for text in texts if text[:1].isdigit()]
    assert len(set(numbers)) == len(numbers)
    assert {"1.05", "1.1", "1", "2", "3"} == set(numbers)
