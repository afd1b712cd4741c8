"""The two-histogram chart: where everything stands, and the SVG drawn from that.

Drawn here rather than by a chart library because the picture is two outlines and an axis: a page of eight takes a few
milliseconds (Vega in its own engine: over half a second), each is about 2 kB, and its classes take the page's colours,
light or dark. The colours written on the shapes hold where no style sheet applies, for example as PNG or in a PDF.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from lookoutcv.reports.document import Histogram
from lookoutcv.reports.numbers import compact, number, percent, quantity, unit_words
from lookoutcv.reports.text import visible

WIDTH, HEIGHT = 320, 132
_LEFT, _RIGHT, _TOP, _FLOOR = 8, 312, 10, 100
BEFORE_FILL, BEFORE_LINE, AFTER_FILL, AFTER_LINE = "#c9d1dc", "#7b8798", "#2563c9", "#1f57b5"
BAND_FILL = "#7b8798"
_INK, _RULE = "#4a5361", "#c3cad4"


@dataclass(frozen=True)
class Layout:
    """A histogram on its axis.

    Args:
        edges: The cells that are drawn; empty ones at both ends are left out.
        before, after: Heights, 1 for the tallest cell; proportional to density on the axis.
        low, high: The band's, cut off at 1; empty for none.
        ticks: Round values on the axis.
        log: Logarithmic axis.
    """

    edges: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    ticks: tuple[float, ...]
    log: bool
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()

    def place(self, value: float) -> float:
        """Where a value stands on the axis, 0 at its left end and 1 at its right; clipped to that."""
        inside = min(max(value, self.edges[0]), self.edges[-1])
        low, high, at = (self._axis(v) for v in (self.edges[0], self.edges[-1], inside))
        return (at - low) / (high - low)

    def _axis(self, value: float) -> float:
        return math.log10(value) if self.log else value


def drawable(chart: Histogram) -> bool:
    """Whether there is anything to draw: rising edges, positive ones on a logarithmic axis, and a share somewhere."""
    edges = chart.edges
    fits = len(edges) >= 2 and len(chart.before) == len(chart.after) == len(edges) - 1
    rising = fits and all(map(math.isfinite, edges)) and all(a < b for a, b in pairwise(edges))
    shares = chart.before + chart.after
    sound = all(map(math.isfinite, shares)) and min(shares, default=0) >= 0
    return rising and sound and (not chart.log or edges[0] > 0) and any(shares)


def layout(chart: Histogram) -> Layout:
    """The drawn part of a histogram.

    Args:
        chart: One that is `drawable`.
    Example:
        >>> layout(Histogram("x", "1", (0, 1, 2, 3), (0.0, 0.5, 0.5), (0.0, 1.0, 0.0))).edges
        (1, 2, 3)
    """
    full = [i for i, shares in enumerate(zip(chart.before, chart.after, strict=True)) if max(shares) > 0]
    first, last = full[0], full[-1] + 1
    edges = chart.edges[first : last + 1]
    along = [math.log10(e) for e in edges] if chart.log else list(edges)
    widths = [b - a for a, b in pairwise(along)]
    # The outermost cells hold the tails and may be cut short: by their own width they would tower over the rest.
    usual = sorted(widths)[len(widths) // 2]
    widths = [max(width, usual) for width in widths]

    def heights(shares: tuple[float, ...]) -> list[float]:
        return [share / width for share, width in zip(shares[first:last], widths, strict=True)]

    before, after = heights(chart.before), heights(chart.after)
    tallest = max(before + after)
    band = [tuple(min(h / tallest, 1.0) for h in heights(end)) for end in (chart.low, chart.high) if _banded(chart)]
    return Layout(
        edges=edges,
        before=tuple(h / tallest for h in before),
        after=tuple(h / tallest for h in after),
        ticks=_log_ticks(edges[0], edges[-1]) if chart.log else linear_ticks(edges[0], edges[-1]),
        log=chart.log,
        low=band[0] if band else (),
        high=band[1] if band else (),
    )


def _banded(chart: Histogram) -> bool:
    """Whether there is a band that fits the cells."""
    ends = chart.low + chart.high
    return len(chart.low) == len(chart.high) == len(chart.before) and all(0 <= end < math.inf for end in ends)


def svg(chart: Histogram, key: str) -> str:
    """The chart as an SVG element.

    Args:
        chart: One that is `drawable`.
        key: Makes the ids in it unique on its page.
    Returns:
        Markup in which every string of the chart is escaped.
    """
    plan = layout(chart)
    title = escape(visible(chart.title))
    return "".join(
        [
            f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="{key}-t {key}-d" ',
            'xmlns="http://www.w3.org/2000/svg" font-family="system-ui, sans-serif" font-size="11">',
            f'<title id="{key}-t">{title}</title><desc id="{key}-d">{escape(visible(_description(chart)))}</desc>',
            f'<path class="before" d="{_outline(plan, plan.before)}" fill="{BEFORE_FILL}" stroke="{BEFORE_LINE}"/>',
            _band(plan),
            f'<path class="after" d="{_outline(plan, plan.after)}" fill="{AFTER_FILL}" fill-opacity="0.14" ',
            f'stroke="{AFTER_LINE}" stroke-width="1.75" stroke-linejoin="round"/>',
            f'<path class="rule" d="M{_LEFT} {_FLOOR}.5H{_RIGHT}" stroke="{_RULE}"/>',
            *(_tick(plan, value, chart.unit) for value in plan.ticks),
            _mark(plan, chart.before_mark, "before", BEFORE_LINE),
            _mark(plan, chart.after_mark, "after", AFTER_LINE),
            _unit(chart.unit),
            "</svg>",
        ]
    )


def cell_words(chart: Histogram, index: int) -> tuple[str, str, str]:
    """Cell `index` in words: its values, and the share of each side in it."""
    low, high = chart.edges[index], chart.edges[index + 1]
    words = f"{number(low)} to {quantity(high, chart.unit)}"
    return words, percent(chart.before[index]), percent(chart.after[index])


def _description(chart: Histogram) -> str:
    before, after = chart.names
    middle = f"Typical value {quantity(chart.before_mark, chart.unit)} in the {before}, "
    return f"{middle}{quantity(chart.after_mark, chart.unit)} in the {after}. Height shows the share of images."


def _x(plan: Layout, value: float) -> float:
    return round(_LEFT + plan.place(value) * (_RIGHT - _LEFT), 1)


def _outline(plan: Layout, heights: tuple[float, ...]) -> str:
    path = f"M{_x(plan, plan.edges[0]):g} {_FLOOR}"
    for height, right in zip(heights, plan.edges[1:], strict=True):
        path += f"V{_y(height):g}H{_x(plan, right):g}"
    return f"{path}V{_FLOOR}"


def _band(plan: Layout) -> str:
    """The area between both ends: along the upper one, and back along the lower."""
    if not plan.high:
        return ""
    up = [_y(height) for height in plan.high]
    path = f"M{_x(plan, plan.edges[0]):g} {up[0]:g}"
    for height, right in zip(up, plan.edges[1:], strict=True):
        path += f"V{height:g}H{_x(plan, right):g}"
    for height, left in zip(reversed(plan.low), reversed(plan.edges[:-1]), strict=True):
        path += f"V{_y(height):g}H{_x(plan, left):g}"
    return f'<path class="band" d="{path}Z" fill="{BAND_FILL}" fill-opacity="0.3"/>'


def _y(height: float) -> float:
    return round(_FLOOR - height * (_FLOOR - _TOP), 1)


def _tick(plan: Layout, value: float, unit: str) -> str:
    x = _x(plan, value)
    anchor = "start" if x < _LEFT + 14 else "end" if x > _RIGHT - 14 else "middle"
    label = escape(quantity(value, unit) if unit == "bytes" else compact(value))
    return (
        f'<path class="rule" d="M{x:g} {_FLOOR}v4" stroke="{_RULE}"/>'
        f'<text class="ink" x="{x:g}" y="{_FLOOR + 16}" text-anchor="{anchor}" fill="{_INK}">{label}</text>'
    )


def _mark(plan: Layout, value: float | None, side: str, colour: str) -> str:
    if value is None or not math.isfinite(value):
        return ""
    return (
        f'<path class="{side}-mark" d="M{_x(plan, value):g} {_TOP - 6}V{_FLOOR}" fill="none" stroke="{colour}" '
        f'stroke-width="1.25" stroke-dasharray="{"2 3" if side == "before" else "5 3"}"/>'
    )


def _unit(unit: str) -> str:
    words = escape(visible(unit_words(unit)))
    if not words or unit == "bytes":
        return ""
    return f'<text class="ink" x="{_RIGHT}" y="{_FLOOR + 29}" text-anchor="end" fill="{_INK}">{words}</text>'


def linear_ticks(low: float, high: float) -> tuple[float, ...]:
    """Round values between two ends, about four."""
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(float(f"{i * step:.12g}") for i in range(first, last + 1))


def _log_ticks(low: float, high: float) -> tuple[float, ...]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{s}e{p}") for p in powers for s in steps if low <= float(f"{s}e{p}") <= high]
        if len(ticks) <= 5:
            break
    else:
        ticks = ticks[:: math.ceil(len(ticks) / 5)]
    return tuple(ticks) if len(ticks) >= 2 else linear_ticks(low, high)
