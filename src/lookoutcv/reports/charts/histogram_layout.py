"""Where everything of the two-histogram chart stands, whoever draws it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from lookoutcv.reports.charts.axis_ticks import linear_ticks, log_ticks
from lookoutcv.reports.parts.drawings import Histogram

WIDTH, HEIGHT = 320, 132


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
        ticks=log_ticks(edges[0], edges[-1], ticks) if chart.log else linear_ticks(edges[0], edges[-1], ticks),
        log=chart.log,
        low=tuple(h / tallest for h in low),
        high=tuple(h / tallest for h in high),
    )


def _banded(chart: Histogram) -> bool:
    """Whether there is a band that fits the cells."""
    ends = chart.low + chart.high
    return len(chart.low) == len(chart.high) == len(chart.before) and all(0 <= end < math.inf for end in ends)
