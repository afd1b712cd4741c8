"""The two-histogram chart as a Vega-Lite specification, and the script that draws such specifications in a browser."""

from __future__ import annotations

from typing import Any

from lookoutcv.reports.charts import AFTER_LINE, BEFORE_LINE, cell_words, layout
from lookoutcv.reports.document import Histogram
from lookoutcv.reports.numbers import unit_words
from lookoutcv.reports.text import visible


def specification(chart: Histogram) -> dict[str, Any]:
    """The chart for Vega-Lite 5 or 6, with a tooltip on every cell; names no version, so as to name no address.

    Args:
        chart: One that `charts.drawable` accepts.
    """
    plan = layout(chart)
    first = chart.edges.index(plan.edges[0])
    before_name, after_name = (visible(name).capitalize() for name in chart.names)
    rows = []
    for i, heights in enumerate(zip(plan.before, plan.after, strict=True)):
        words, *shares = cell_words(chart, first + i)
        sides = dict(zip(("before_share", "after_share"), shares, strict=True))
        cell = {"low": plan.edges[i], "high": plan.edges[i + 1], "cell": words, **sides}
        rows.append({**cell, "before": heights[0], "after": heights[1], "top": 1})
    x = {
        "field": "low",
        "type": "quantitative",
        "scale": {"type": "log" if plan.log else "linear", "domain": [plan.edges[0], plan.edges[-1]], "nice": False},
        "axis": {"values": list(plan.ticks), "format": ",.3~r", "title": visible(unit_words(chart.unit)) or None},
    }
    return {
        "width": "container",
        "height": 100,
        "background": None,
        "data": {"values": rows},
        "encoding": {"x": x, "x2": {"field": "high"}},
        "layer": [
            _bars("before", {"color": BEFORE_LINE, "opacity": 0.45}),
            _bars("after", {"color": AFTER_LINE, "opacity": 0.5}),
            _hover(before_name, after_name),
        ],
        "config": {"font": "system-ui", "view": {"stroke": None}, "axis": {"grid": False, "titleFontWeight": "normal"}},
    }


def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script (0.9 MB), from the installed vl-convert."""
    import vl_convert  # noqa: PLC0415 - only an interactive page needs it

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _bars(side: str, mark: dict[str, Any]) -> dict[str, Any]:
    y = {"field": side, "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}, "stack": None}
    return {"mark": {"type": "bar", "binSpacing": 0, **mark}, "encoding": {"y": y, "y2": {"datum": 0}}}


def _hover(before_name: str, after_name: str) -> dict[str, Any]:
    tips = (("cell", "Values"), ("before_share", before_name), ("after_share", after_name))
    return {
        "mark": {"type": "bar", "binSpacing": 0, "opacity": 0},
        "encoding": {
            "y": {"field": "top", "type": "quantitative", "axis": None, "stack": None},
            "y2": {"datum": 0},
            "tooltip": [{"field": field, "type": "nominal", "title": title} for field, title in tips],
        },
    }
