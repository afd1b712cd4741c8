"""The line of one value over several reports: where everything stands, and the SVG drawn from that.

As in `histogram_chart`, the page's style sheet colours it, and the colours on the shapes hold where there is none.
"""

from __future__ import annotations

import math
from html import escape

from lookoutcv.reports.charts.axis_ticks import linear_ticks
from lookoutcv.reports.charts.histogram_layout import HEIGHT, WIDTH
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.parts.drawings import Trend, TrendPoint
from lookoutcv.reports.parts.numbers import compact, quantity
from lookoutcv.results.severity import Severity

_LEFT, _RIGHT, _TOP, _FLOOR = 40, 310, 10, 100
# Of a digit at this size, in the widest of the usual fonts; what stands between a label and the axis.
_DIGIT_PX, _GAP_PX = 6.6, 5
_LINE, _BAND, _INK, _RULE, _REFERENCE = "#1f57b5", "#2563c9", "#4a5361", "#c3cad4", "#7b8798"
_SHADES = {
    Severity.NONE: "#1f8a4c",
    Severity.LOW: "#c79a0c",
    Severity.MEDIUM: "#d9650f",
    Severity.HIGH: "#c4232d",
    Severity.INSUFFICIENT: "#6b7583",
}


def drawable(trend: Trend) -> bool:
    """Whether there is a value to draw."""
    return any(_known(point.value) for point in trend.points)


def svg(trend: Trend, key: str) -> str:
    """The trend as an SVG element.

    Args:
        trend: One that is `drawable`.
        key: Makes the ids in it unique on its page.
    Returns:
        Markup in which every string of the trend is escaped.
    """
    frame = _Frame(trend)
    return "".join(
        [
            f'<svg class="chart trend" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{key}-t {key}-d" ',
            'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" font-size="11">',
            f'<title id="{key}-t">{escape(visible(trend.title))}</title>',
            f'<desc id="{key}-d">{escape(visible(_description(trend)))}</desc>',
            *(_tick(frame, tick, trend.unit) for tick in frame.ticks),
            _band(frame, trend.points),
            _reference(frame, trend.reference),
            f'<path class="line" d="{_path(frame, trend.points)}" fill="none" stroke="{_LINE}" stroke-width="1.75" ',
            'stroke-linejoin="round"/>',
            *(_dot(frame, point) for point in trend.points if _known(point.value)),
            *_ends(frame, trend.points),
            "</svg>",
        ]
    )


class _Frame:
    """The axes of a trend."""

    def __init__(self, trend: Trend) -> None:
        known = [v for p in trend.points for v in (p.value, p.low, p.high) if _known(v)]
        values = [float(v) for v in (*known, trend.reference) if v is not None and math.isfinite(v)]
        low, high = min(values), max(values)
        space = (high - low) * 0.08 or max(abs(high) * 0.1, 0.05)
        inside = trend.range or (-math.inf, math.inf)
        self.low, self.high = max(low - space, inside[0]), min(high + space, inside[1])
        if self.high <= self.low:
            self.low, self.high = self.low - space, self.high + space
        self.ticks = linear_ticks(self.low, self.high)
        longest = max((len(_label(tick, trend.unit)) for tick in self.ticks), default=0)
        self.left = max(_LEFT, math.ceil(longest * _DIGIT_PX) + _GAP_PX)
        places = [point.at for point in trend.points]
        self.start, self.span = min(places), (max(places) - min(places)) or 1.0
        self.single = len(set(places)) == 1

    def x(self, at: float) -> float:
        """Of a time."""
        share = 0.5 if self.single else (at - self.start) / self.span
        return round(self.left + 6 + share * (_RIGHT - self.left - 12), 1)

    def y(self, value: float) -> float:
        """Of a value."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(_FLOOR - share * (_FLOOR - _TOP), 1)


def _known(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _description(trend: Trend) -> str:
    known = [point for point in trend.points if _known(point.value)]
    first, last = known[0], known[-1]
    words = f"{quantity(first.value, trend.unit)} in {first.name}, {quantity(last.value, trend.unit)} in {last.name}"
    return f"{len(known)} values: {words}."


def _path(frame: _Frame, points: tuple[TrendPoint, ...]) -> str:
    path, pen = "", "M"
    for point in points:
        if not _known(point.value):
            pen = "M"  # a gap stays a gap
            continue
        path += f"{pen}{frame.x(point.at):g} {frame.y(float(point.value or 0)):g}"
        pen = "L"
    return path


def _band(frame: _Frame, points: tuple[TrendPoint, ...]) -> str:
    intervals = [(p.at, float(p.low), float(p.high)) for p in points if p.low is not None and p.high is not None]
    if len(intervals) == 1:
        at, low, high = intervals[0]
        whisker = f"M{frame.x(at):g} {frame.y(low):g}V{frame.y(high):g}"
        return f'<path class="whisker" d="{whisker}" stroke="{_BAND}" stroke-width="5" stroke-opacity="0.2"/>'
    upper = [f"{frame.x(at):g} {frame.y(high):g}" for at, _, high in intervals]
    lower = [f"{frame.x(at):g} {frame.y(low):g}" for at, low, _ in reversed(intervals)]
    area = "L".join([*upper, *lower])
    return f'<path class="area" d="M{area}Z" fill="{_BAND}" fill-opacity="0.14"/>' if intervals else ""


def _reference(frame: _Frame, value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return ""
    line = f"M{frame.left} {frame.y(value):g}H{_RIGHT}"
    return f'<path class="before-mark" d="{line}" fill="none" stroke="{_REFERENCE}" stroke-dasharray="2 3"/>'


def _dot(frame: _Frame, point: TrendPoint) -> str:
    words = escape(visible(f"{point.name}: {point.text}"))
    at, level = f'cx="{frame.x(point.at):g}" cy="{frame.y(float(point.value or 0)):g}"', point.level
    shade = _SHADES[level]
    return f'<circle class="dot {level}" {at} r="3.5" fill="{shade}"><title>{words}</title></circle>'


def _tick(frame: _Frame, value: float, unit: str) -> str:
    y = frame.y(value)
    words = escape(_label(value, unit))
    return (
        f'<path class="rule" d="M{frame.left} {y:g}H{_RIGHT}" stroke="{_RULE}" stroke-opacity="0.6"/>'
        f'<text class="ink" x="{frame.left - _GAP_PX}" y="{y + 3.5:g}" text-anchor="end" fill="{_INK}">{words}</text>'
    )


def _label(value: float, unit: str) -> str:
    return quantity(value, unit, 2) if unit == "bytes" else compact(value)


def _ends(frame: _Frame, points: tuple[TrendPoint, ...]) -> list[str]:
    ends = [(points[0].day, frame.left, "start"), (points[-1].day, _RIGHT, "end")]
    return [
        f'<text class="ink" x="{x}" y="{_FLOOR + 18}" text-anchor="{anchor}" fill="{_INK}">{escape(words)}</text>'
        for words, x, anchor in (ends if not frame.single else ends[:1])
        if words
    ]
