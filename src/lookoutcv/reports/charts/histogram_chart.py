"""The two-histogram chart: where everything stands, and the SVG drawn from that.

Drawn here rather than by a chart library because the picture is two outlines and an axis: a page of eight takes a few
milliseconds (Vega in its own engine: over half a second), each is about 2 kB, and its classes take the page's colours,
light or dark. The colours written on the shapes hold where no style sheet applies, for example as PNG or in a PDF.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from lookoutcv.reports.parts.display_text import visible
from lookoutcv.reports.parts.document import Histogram
from lookoutcv.reports.parts.numbers import compact, number, percent, quantity, unit_words

WIDTH, HEIGHT = 320, 132
BEFORE_FILL, BEFORE_LINE, AFTER_FILL, AFTER_LINE = "#c9d1dc", "#7b8798", "#2563c9", "#1f57b5"
_INK, _RULE = "#4a5361", "#c3cad4"


@dataclass(frozen=True)
class Frame:
    """The size of a chart, and where its area lies in it, in CSS pixels; about `ticks` values are written."""

    width: int
    height: int
    left: int
    right: int
    top: int
    floor: int
    ticks: int

    def x(self, share: float) -> float:
        """Across: 0 at the left end of the axis, 1 at the right."""
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, height: float) -> float:
        """Up: 0 on the axis, 1 as high as the tallest cell."""
        return round(self.floor - height * (self.floor - self.top), 1)


_LARGE = Frame(WIDTH, HEIGHT, 8, 312, 10, 100, ticks=4)
# As wide as it is shown, so that its letters are as large as those of others.
_SMALL = Frame(200, 92, 5, 195, 6, 62, ticks=2)


def frame(chart: Histogram) -> Frame:
    """The frame that a chart is drawn in."""
    return _SMALL if chart.small else _LARGE


@dataclass(frozen=True)
class Layout:
    """A histogram on its axis.

    Args:
        edges: The cells that are drawn; empty ones at both ends are left out, except in small charts, which share an
            axis with their neighbours.
        before, after: Heights, 1 for the tallest cell or end of the band; proportional to density on the axis.
        low, high: Those of the band; empty for none.
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
    first, last = (0, len(chart.before)) if chart.small else (full[0], full[-1] + 1)
    edges = chart.edges[first : last + 1]
    along = [math.log10(e) for e in edges] if chart.log else list(edges)
    widths = [b - a for a, b in pairwise(along)]
    # The outermost cells hold the tails and may be cut short: by their own width they would tower over the rest.
    usual = sorted(widths)[len(widths) // 2]
    widths = [max(width, usual) for width in widths]

    def heights(shares: tuple[float, ...]) -> list[float]:
        return [share / width for share, width in zip(shares[first:last], widths, strict=True)]

    before, after = heights(chart.before), heights(chart.after)
    low, high = (heights(end) if _banded(chart) else [] for end in (chart.low, chart.high))
    tallest = max(before + after + high)
    ticks = frame(chart).ticks
    return Layout(
        edges=edges,
        before=tuple(h / tallest for h in before),
        after=tuple(h / tallest for h in after),
        ticks=_log_ticks(edges[0], edges[-1], ticks) if chart.log else linear_ticks(edges[0], edges[-1], ticks),
        log=chart.log,
        low=tuple(h / tallest for h in low),
        high=tuple(h / tallest for h in high),
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


def linear_ticks(low: float, high: float, about: int = 4) -> tuple[float, ...]:
    """Round values between two ends, about so many."""
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(float(f"{i * step:.12g}") for i in range(first, last + 1))


def _log_ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    most = about + 1
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [float(f"{s}e{p}") for p in powers for s in steps if low <= float(f"{s}e{p}") <= high]
        if len(ticks) <= most:
            break
    else:
        ticks = ticks[:: math.ceil(len(ticks) / most)]
    return tuple(ticks) if len(ticks) >= 2 else linear_ticks(low, high, about)
