"""Two lines on the same axes, as SVG: how a network learnt, or how often its confidence was right.

As in `histogram_chart`, the page's style sheet colours it, and the colours on the shapes hold where there is none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from lookoutcv.reports.charts.axis_ticks import linear_ticks
from lookoutcv.reports.charts.histogram_layout import HEIGHT, WIDTH
from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.parts.drawings import Curve
from lookoutcv.reports.parts.numbers import compact, number, percent

_RIGHT, _TOP, _FLOOR = 310, 10, 100
# Of a digit at this size, by how much a percent sign is wider, and what stands between a label and the axis.
_DIGIT_PX, _PERCENT_PX, _GAP_PX = 6.6, 5, 5
_BEFORE, _AFTER, _INK, _RULE = "#7b8798", "#1f57b5", "#4a5361", "#c3cad4"
_MOST_DOTS = 30
Points = tuple[tuple[float, float], ...]


def drawable(curve: Curve) -> bool:
    """Whether there is a point to draw."""
    return bool(_finite(curve.before) or _finite(curve.after))


def svg(curve: Curve, key: str) -> str:
    """The curve as an SVG element.

    Args:
        curve: One that is `drawable`.
        key: Makes the ids in it unique on its page.
    Returns:
        Markup in which every string of the curve is escaped.
    """
    axes = _Axes(curve)
    return "".join(
        [
            f'<svg class="chart curve" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{key}-t {key}-d" ',
            'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" font-size="11">',
            f'<title id="{key}-t">{escape(visible(curve.title))}</title>',
            f'<desc id="{key}-d">{escape(visible(_description(curve)))}</desc>',
            *(_level(axes, tick, words) for tick, words in axes.levels),
            *(_place(axes, tick) for tick in axes.places),
            f'<text class="ink" x="{_RIGHT}" y="{_FLOOR + 29}" text-anchor="end" fill="{_INK}">',
            f"{escape(visible(curve.along))}</text>",
            _mark(axes, curve.mark),
            _line(axes, curve.before, "before", _BEFORE, "4 3"),
            _line(axes, curve.after, "after", _AFTER, ""),
            "</svg>",
        ]
    )


class _Axes:
    """Where values and places stand."""

    def __init__(self, curve: Curve) -> None:
        points = _finite(curve.before) + _finite(curve.after)
        values, places = [y for _, y in points], [x for x, _ in points]
        low, high = min(values), max(values)
        space = (high - low) * 0.08 or max(abs(high) * 0.1, 0.05)
        inside = curve.range or (-math.inf, math.inf)
        self.low, self.high = max(low - space, inside[0]), min(high + space, inside[1])
        if self.high <= self.low:
            self.low, self.high = self.low - space, self.high + space
        self.levels = _told(linear_ticks(self.low, self.high, 3), curve.unit)
        longest = max((len(words) for _, words in self.levels), default=0)
        self.left = math.ceil(longest * _DIGIT_PX + (_PERCENT_PX if curve.unit == "%" else 0)) + _GAP_PX
        self.start, self.end = min(places), max(places)
        ticks = linear_ticks(self.start, self.end) if self.end > self.start else (self.start,)
        # Between whole places, as epochs are, there is none.
        whole = all(float(place).is_integer() for place in places)
        self.places = tuple(tick for tick in ticks if not whole or tick.is_integer())

    def x(self, place: float) -> float:
        """Across."""
        share = (place - self.start) / (self.end - self.start) if self.end > self.start else 0.5
        return round(self.left + 6 + share * (_RIGHT - self.left - 12), 1)

    def y(self, value: float) -> float:
        """Up."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return round(_FLOOR - share * (_FLOOR - _TOP), 1)


def _told(ticks: Sequence[float], unit: str) -> tuple[tuple[float, str], ...]:
    """Values and their words, with more digits where two would have the same."""
    words = [_words(tick, unit) for tick in ticks]
    if len(set(words)) < len(words):
        words = [f"{100 * tick:.6g}%" if unit == "%" else f"{tick:.6g}" for tick in ticks]
    return tuple(zip(ticks, words, strict=True))


def _finite(points: Points) -> Points:
    return tuple((x, y) for x, y in points if math.isfinite(x) and math.isfinite(y))


def _description(curve: Curve) -> str:
    ends = []
    for name, points in (("first line", _finite(curve.before)), ("second line", _finite(curve.after))):
        if points:
            first, last = (_words(points[i][1], curve.unit) for i in (0, -1))
            ends.append(f"{name}: {first} to {last}")
    return f"{'; '.join(ends)}."


def _line(axes: _Axes, points: Points, side: str, colour: str, dashes: str) -> str:
    known = _finite(points)
    if not known:
        return ""
    path = "L".join(f"{axes.x(x):g} {axes.y(y):g}" for x, y in known)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    drawn = (
        f'<path class="{side} hollow" d="M{path}" fill="none" stroke="{colour}" stroke-width="1.75" '
        f'stroke-linejoin="round"{dashed}/>'
    )
    if len(known) > _MOST_DOTS:
        return drawn
    dots = (f'<circle cx="{axes.x(x):g}" cy="{axes.y(y):g}" r="2.2"/>' for x, y in known)
    return f'{drawn}<g class="{side}-dots" fill="{colour}">{"".join(dots)}</g>'


def _level(axes: _Axes, value: float, words: str) -> str:
    y = axes.y(value)
    return (
        f'<path class="rule" d="M{axes.left} {y:g}H{_RIGHT}" stroke="{_RULE}" stroke-opacity="0.6"/>'
        f'<text class="ink" x="{axes.left - _GAP_PX}" y="{y + 3.5:g}" text-anchor="end" fill="{_INK}">'
        f"{escape(words)}</text>"
    )


def _place(axes: _Axes, value: float) -> str:
    words = escape(compact(value))
    return (
        f'<text class="ink" x="{axes.x(value):g}" y="{_FLOOR + 16}" text-anchor="middle" fill="{_INK}">{words}</text>'
    )


def _mark(axes: _Axes, place: float | None) -> str:
    if place is None or not axes.start <= place <= axes.end:
        return ""
    line = f"M{axes.x(place):g} {_TOP - 4}V{_FLOOR}"
    return f'<path class="mark" d="{line}" fill="none" stroke="{_INK}" stroke-width="1" stroke-dasharray="1 3"/>'


def _words(value: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * value:.0f}%" if abs(round(100 * value) - 100 * value) < 1e-9 else percent(value)
    return number(value, 2) if value != int(value) else compact(value)
