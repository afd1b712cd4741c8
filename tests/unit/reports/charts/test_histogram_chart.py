from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from lookoutcv.reports.charts.histogram_chart import HEIGHT, WIDTH, cell_words, drawable, layout, svg
from lookoutcv.reports.parts.document import Histogram

CHART = Histogram("Brightness", "1", (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.5, 0.5, 0.0), (0.25, 0.75, 0.0, 0.0))
LOG = replace(CHART, edges=(1.0, 10.0, 100.0, 1000.0, 10000.0), log=True)


def test_empty_cells_at_the_ends_are_left_out() -> None:
    plan = layout(CHART)
    assert plan.edges == (0.0, 0.25, 0.5, 0.75)
    assert plan.before == pytest.approx((0, 2 / 3, 2 / 3))
    assert plan.after == pytest.approx((1 / 3, 1, 0))


def test_heights_are_densities() -> None:
    plan = layout(replace(CHART, edges=(0.0, 0.25, 0.5, 0.75, 1.75), before=(0.25,) * 4, after=(0.0,) * 4))
    assert plan.before == pytest.approx((1, 1, 1, 0.25))


def test_a_cell_that_was_cut_short_does_not_tower() -> None:
    plan = layout(replace(CHART, edges=(0.0, 0.25, 0.5, 0.75, 0.76), before=(0.25,) * 4, after=(0.0,) * 4))
    assert plan.before == pytest.approx((1, 1, 1, 1))


def test_places_are_clipped_to_the_axis() -> None:
    plan = layout(CHART)
    assert [plan.place(v) for v in (-9, 0, 0.375, 0.75, 9)] == [0, 0, 0.5, 1, 1]


def test_a_logarithmic_axis() -> None:
    plan = layout(LOG)
    assert plan.edges == (1.0, 10.0, 100.0, 1000.0)
    assert plan.ticks == (1, 10, 100, 1000)
    assert plan.place(0) == 0
    assert plan.place(10) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("low", "high", "log"),
    [
        (0, 1, False),
        (-0.013, 0.17, False),
        (0, 255, False),
        (640, 1920, False),
        (1e-9, 2e-9, False),
        (1e9, 4e9, False),
        (0.3, 30, True),
        (5, 20000, True),
        (1e-6, 1e6, True),
        (90, 110, True),
        (1.1, 1.3, True),
    ],
)
def test_ticks_are_few_round_and_on_the_axis(low: float, high: float, log: bool) -> None:
    ticks = layout(Histogram("x", "1", (low, high), (1.0,), (1.0,), log)).ticks
    assert 2 <= len(ticks) <= 7
    assert all(low * (1 - 1e-9) - 1e-12 <= t <= high * (1 + 1e-9) for t in ticks)
    assert all(float(f"{t:.3g}") == t for t in ticks)


@pytest.mark.parametrize(
    "chart",
    [
        replace(CHART, before=(0.0,) * 4, after=(0.0,) * 4),
        replace(CHART, edges=(0.0, 1.0)),
        replace(CHART, edges=(0.0, 0.5, 0.25, 0.75, 1.0)),
        replace(CHART, edges=(0.0, 0.25, 0.5, 0.75, math.inf)),
        replace(CHART, before=(0.0, math.nan, 0.0, 0.0)),
        replace(CHART, after=(-1.0, 2.0, 0.0, 0.0)),
        replace(CHART, log=True),
        Histogram("x", "1", (), (), ()),
    ],
)
def test_what_cannot_be_drawn_is_known_beforehand(chart: Histogram) -> None:
    assert not drawable(chart)


def test_one_side_alone_can_be_drawn() -> None:
    assert drawable(replace(CHART, before=(0.0,) * 4))


def test_the_picture_is_sound_xml_within_its_frame() -> None:
    root = ET.fromstring(svg(replace(CHART, title="<&>\x00", unit="<px>", before_mark=0.4, after_mark=99.0), "k"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.find(f"{space}title").text == "<&>\\x00"  # type: ignore[union-attr]
    assert "Typical value 0.400 <px> in the baseline" in root.find(f"{space}desc").text  # type: ignore[union-attr,operator]
    assert root.get("aria-labelledby") == "k-t k-d"
    assert len(root.findall(f"{space}path[@class='before-mark']")) == 1
    for text in root.iter(f"{space}text"):
        assert 0 <= float(text.get("x", "nan")) <= WIDTH
        assert 0 <= float(text.get("y", "nan")) <= HEIGHT


def test_the_outline_rises_to_the_top_and_returns_to_the_floor() -> None:
    root = ET.fromstring(svg(CHART, "k"))
    outline = next(p for p in root.iter("{http://www.w3.org/2000/svg}path") if p.get("class") == "after")
    assert outline.get("d") == "M8 100V70H109.3V10H210.7V100H312V100"


def test_a_picture_is_small() -> None:
    cells = 60
    edges = tuple(i / cells for i in range(cells + 1))
    assert len(svg(Histogram("x", "px", edges, (1 / cells,) * cells, (1 / cells,) * cells), "k")) < 5000


def test_bytes_are_labelled_in_kilobytes() -> None:
    assert ">100 kB</text>" in svg(Histogram("x", "bytes", (50e3, 200e3), (1.0,), (1.0,)), "k")


def test_cells_in_words() -> None:
    assert cell_words(replace(CHART, unit="px"), 1) == ("0.250 to 0.500 px", "50.0%", "75.0%")
