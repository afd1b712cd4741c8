"""The two-histogram chart as SVG.

Drawn here rather than by a chart library because the picture is two outlines and an axis: a page of eight takes a few
milliseconds (Vega in its own engine: over half a second), each is about 2 kB, and its classes take the page's colours,
light or dark. The colours written on the shapes hold where no style sheet applies, for example as PNG or in a PDF.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from lookoutcv.reports.charts.histogram_layout import Frame, Layout, frame, layout
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.parts.drawings import Histogram
from lookoutcv.reports.parts.numbers import compact, number, percent, quantity, unit_words

BEFORE_FILL, BEFORE_LINE, AFTER_FILL, AFTER_LINE = "#c9d1dc", "#7b8798", "#2563c9", "#1f57b5"
_INK, _RULE = "#4a5361", "#c3cad4"


def svg(chart: Histogram, key: str) -> str:
    """The chart as an SVG element.

    Args:
        chart: One that is `drawable`.
        key: Makes the ids in it unique on its page.
    Returns:
        Markup in which every string of the chart is escaped.
    """
    plan, size = layout(chart), frame(chart)
    title = escape(visible(chart.title))
    # Above a band the baseline is a line in it: filled, the two would hide each other.
    fill = "none" if plan.high else BEFORE_FILL
    return "".join(
        [
            f'<svg class="chart" viewBox="0 0 {size.width} {size.height}" role="img" ',
            f'aria-labelledby="{key}-t {key}-d" ',
            'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" font-size="11">',
            f'<title id="{key}-t">{title}</title><desc id="{key}-d">{escape(visible(_description(chart)))}</desc>',
            _band(plan, size),
            f'<path class="before{" hollow" if plan.high else ""}" d="{_outline(plan, plan.before, size)}" ',
            f'fill="{fill}" stroke="{BEFORE_LINE}"/>',
            f'<path class="after" d="{_outline(plan, plan.after, size)}" fill="{AFTER_FILL}" fill-opacity="0.14" ',
            f'stroke="{AFTER_LINE}" stroke-width="1.75" stroke-linejoin="round"/>',
            f'<path class="rule" d="M{size.left} {size.floor}.5H{size.right}" stroke="{_RULE}"/>',
            *(_tick(plan, value, chart.unit, size) for value in plan.ticks),
            _mark(plan, chart.before_mark, "before", size),
            _mark(plan, chart.after_mark, "after", size),
            _unit(chart.unit, size),
            "</svg>",
        ]
    )


def cell_words(chart: Histogram, index: int) -> tuple[str, str, str]:
    """Cell `index` in words: its values, and the share of each side in it."""
    low, high = chart.edges[index], chart.edges[index + 1]
    words = f"{number(low)} to {quantity(high, chart.unit)}"
    return words, percent(chart.before[index]), percent(chart.after[index])


def _description(chart: Histogram) -> str:
    if chart.before_mark is None or chart.after_mark is None:
        return chart.caption
    before, after = chart.names
    middle = f"Typical value {quantity(chart.before_mark, chart.unit)} in the {before}, "
    return f"{middle}{quantity(chart.after_mark, chart.unit)} in the {after}. Height shows the share of images."


def _outline(plan: Layout, heights: tuple[float, ...], size: Frame) -> str:
    places = [size.x(plan.place(edge)) for edge in plan.edges]
    return f"M{size.left} {size.floor}{_steps(heights, places[1:], size)}V{size.floor}"


def _steps(heights: Iterable[float], ends: Iterable[float], size: Frame) -> str:
    """Up or down to each height and along to the cell's end; cells of one height are drawn as one."""
    joined: list[tuple[float, float]] = []
    for height, end in zip((size.y(h) for h in heights), ends, strict=True):
        if joined and joined[-1][0] == height:
            joined.pop()
        joined.append((height, end))
    return "".join(f"V{height:g}H{end:g}" for height, end in joined)


def _band(plan: Layout, size: Frame) -> str:
    """The area between both ends: along the upper one, and back along the lower."""
    if not plan.high:
        return ""
    places = [size.x(plan.place(edge)) for edge in plan.edges]
    path = f"M{size.left} {size.y(plan.high[0]):g}{_steps(plan.high, places[1:], size)}"
    path += _steps(reversed(plan.low), reversed(places[:-1]), size)
    return f'<path class="band" d="{path}Z" fill="{BEFORE_FILL}"/>'


def _tick(plan: Layout, value: float, unit: str, size: Frame) -> str:
    x = size.x(plan.place(value))
    anchor = "start" if x < size.left + 14 else "end" if x > size.right - 14 else "middle"
    label = escape(quantity(value, unit) if unit == "bytes" else compact(value))
    return (
        f'<path class="rule" d="M{x:g} {size.floor}v4" stroke="{_RULE}"/>'
        f'<text class="ink" x="{x:g}" y="{size.floor + 16}" text-anchor="{anchor}" fill="{_INK}">{label}</text>'
    )


def _mark(plan: Layout, value: float | None, side: str, size: Frame) -> str:
    if value is None or not math.isfinite(value):
        return ""
    colour, dashes = (BEFORE_LINE, "2 3") if side == "before" else (AFTER_LINE, "5 3")
    return (
        f'<path class="{side}-mark" d="M{size.x(plan.place(value)):g} {size.top - 6}V{size.floor}" fill="none" '
        f'stroke="{colour}" stroke-width="1.25" stroke-dasharray="{dashes}"/>'
    )


def _unit(unit: str, size: Frame) -> str:
    words = escape(visible(unit_words(unit)))
    if not words or unit == "bytes":
        return ""
    y = size.floor + 29
    return f'<text class="ink" x="{size.right}" y="{y}" text-anchor="end" fill="{_INK}">{words}</text>'
