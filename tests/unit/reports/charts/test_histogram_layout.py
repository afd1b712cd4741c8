from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lookoutcv.reports.charts.histogram_layout import drawable, layout
from lookoutcv.reports.parts.drawings import Histogram

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
