"""A metric's histograms on a few common cells, for drawing both sides on one axis."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lookoutcv.drift.describe.band import band
from lookoutcv.drift.statistics.columns import Values
from lookoutcv.drift.variation.batches import Batches
from lookoutcv.grids import FloatArray, IntArray
from lookoutcv.profiles.histogram import Histogram
from lookoutcv.results.findings.metric_drift import Distribution

# As many bars as a small chart shows clearly.
_CELLS = 40
# Shares beyond this at either end are drawn in the outermost cells, so that one outlier does not squeeze the rest.
_TAIL = 0.001


@dataclass(frozen=True, eq=False)
class Spread:
    """What a band is told from.

    Args:
        values: (M,) the baseline's sample of the metric; NaN = missing.
        images: Of the window.
        batches: The baseline's, that the window was tested against; None for one unordered baseline.
    """

    values: Values
    images: int
    batches: Batches | None = None


def distribution(before: Histogram, after: Histogram, spread: Spread | None = None) -> Distribution | None:
    """Shares of the images per cell, on at most 40 cells of the metric's grid that hold nearly all values.

    Args:
        before, after: The baseline's and the window's counts of one metric.
        spread: What the baseline's band is told from; None for no band.
    Returns:
        None where neither side has values, or the two lie on different grids and cannot share an axis.
    Example:
        >>> from lookoutcv.grids import linear
        >>> one = Histogram.of(linear(0, 1, 100), np.array([0.105, 0.115]))
        >>> drawn = distribution(one, Histogram.of(linear(0, 1, 100), np.array([0.125])))
        >>> [round(e, 2) for e in drawn.edges], drawn.before, drawn.after
        ([0.1, 0.11, 0.12, 0.13], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0])
    """
    if before.grid != after.grid or not before.count + after.count:
        return None
    low, high = _occupied(_shares(before.counts) + _shares(after.counts), before.grid.bins)
    width = -(-(high - low) // _CELLS)
    bounds = np.append(np.arange(low, high, width), high)
    edges = before.grid.edges[bounds]
    shares = _regrouped(before.counts, bounds)
    drawn = Distribution(
        edges=[float(f"{e:.9g}") for e in edges],
        before=shares.tolist(),
        after=_regrouped(after.counts, bounds).tolist(),
        log=before.grid.kind == "log",
    )
    if spread is None or not before.count or not spread.images:
        return drawn
    least, most = band(shares, spread.values, edges, spread.images, spread.batches)
    return replace(
        drawn,
        low=[float(f"{share:.4g}") for share in least],
        high=[float(f"{share:.4g}") for share in most],
        band="sampling" if spread.batches is None else "batches",
    )


def on_edges(values: Values, edges: FloatArray) -> FloatArray:
    """Shares of values between edges, those beyond in the outermost cells; all 0 where there are none.

    Args:
        values: (n,); NaN = missing.
        edges: (k + 1,) rising.
    Example:
        >>> on_edges(np.array([-5, 0.1, 0.9, np.nan], np.float32), np.array([0, 0.5, 1])).round(2).tolist()
        [0.67, 0.33]
    """
    present = values[np.isfinite(values)]
    counts = np.bincount(np.searchsorted(edges[1:-1], present, side="right"), minlength=len(edges) - 1)
    shares: FloatArray = counts / max(len(present), 1)
    return shares


def _occupied(shares: FloatArray, bins: int) -> tuple[int, int]:
    """The edges, as positions on the grid, between which nearly all values lie: 0 <= low < high <= bins."""
    below = np.cumsum(shares)
    total = below[-1]
    first = int(np.searchsorted(below, _TAIL * total, side="right"))
    last = int(np.searchsorted(below, (1 - _TAIL) * total, side="left"))
    # Cell c of the counts lies between edges c - 1 and c; the open cells join their neighbours.
    low = min(max(first - 1, 0), bins - 1)
    return low, min(max(last, low + 1), bins)


def _regrouped(counts: IntArray, bounds: IntArray) -> FloatArray:
    up_to = np.cumsum(counts)[bounds]
    up_to[0], up_to[-1] = 0, counts.sum()
    grouped: FloatArray = np.diff(up_to) / max(int(counts.sum()), 1)
    return grouped


def _shares(counts: IntArray) -> FloatArray:
    shares: FloatArray = counts / max(int(counts.sum()), 1)
    return shares
