"""The two-histogram chart as a Vega-Lite specification, and the script that draws such specifications in a browser."""

from __future__ import annotations

import math
from typing import Any

from lookoutcv.reports.charts.histogram_chart import cell_words
from lookoutcv.reports.charts.histogram_layout import layout
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.parts.drawings import Histogram
from lookoutcv.reports.parts.numbers import unit_words

# Between those of the light and the dark page: a specification cannot follow the page's style.
_BEFORE, _AFTER = "#7f8b9b", "#3b78dc"


def specification(chart: Histogram) -> dict[str, Any]:
    """The chart for Vega-Lite 5 or 6, with a tooltip on every cell; names no version, so as to name no address.

    Args:
        chart: One that `histogram_layout.drawable` accepts.
    """
    plan = layout(chart)
    axis = {"values": list(plan.ticks), "format": ",.3~r", "title": visible(unit_words(chart.unit)) or None}
    scale = {"type": "log" if plan.log else "linear", "domain": [plan.edges[0], plan.edges[-1]], "nice": False}
    x = {"type": "quantitative", "scale": scale, "axis": axis}
    layers = [
        _bars(x, "before", {"color": _BEFORE, "opacity": 0.5}, []),
        _bars(x, "after", {"color": _AFTER, "opacity": 0.5}, []),
        _mark(x, chart.before_mark, {"color": _BEFORE, "strokeDash": [2, 3]}),
        _mark(x, chart.after_mark, {"color": _AFTER, "strokeDash": [5, 3]}),
        _bars(x, "top", {"opacity": 0}, _tips(chart)),
    ]
    return {
        "width": "container",
        "height": 100,
        "background": None,
        "data": {"values": _rows(chart)},
        "layer": [layer for layer in layers if layer],
        "config": {"font": "system-ui", "view": {"stroke": None}, "axis": {"grid": False, "titleFontWeight": "normal"}},
    }


def library() -> str:
    """Vega, Vega-Lite and Vega-Embed as one script (0.9 MB), from the installed vl-convert."""
    import vl_convert  # noqa: PLC0415 - only an interactive page needs it

    return str(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;"))


def _rows(chart: Histogram) -> list[dict[str, Any]]:
    plan = layout(chart)
    first = chart.edges.index(plan.edges[0])
    rows = []
    for i, heights in enumerate(zip(plan.before, plan.after, strict=True)):
        words, before_share, after_share = cell_words(chart, first + i)
        drawn = {"low": plan.edges[i], "high": plan.edges[i + 1], "before": heights[0], "after": heights[1], "top": 1}
        rows.append({**drawn, "cell": words, "before_share": before_share, "after_share": after_share})
    return rows


def _bars(x: dict[str, Any], side: str, mark: dict[str, Any], tips: list[dict[str, str]]) -> dict[str, Any]:
    y = {"field": side, "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}, "stack": None}
    places = {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y, "y2": {"datum": 0}}
    return {"mark": {"type": "bar", "binSpacing": 0, **mark}, "encoding": {**places, "tooltip": tips or None}}


def _mark(x: dict[str, Any], value: float | None, mark: dict[str, Any]) -> dict[str, Any] | None:
    if value is None or not math.isfinite(value):
        return None
    low, high = x["scale"]["domain"]
    place = {"field": "value", **x}
    return {
        "data": {"values": [{"value": min(max(value, low), high)}]},
        "mark": {"type": "rule", **mark},
        "encoding": {"x": place},
    }


def _tips(chart: Histogram) -> list[dict[str, str]]:
    before, after = (visible(name).capitalize() for name in chart.names)
    fields = (("cell", "Values"), ("before_share", before), ("after_share", after))
    return [{"field": field, "type": "nominal", "title": title} for field, title in fields]
