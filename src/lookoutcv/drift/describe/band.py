"""The baseline's band of a histogram: between which shares a window's cells would lie if nothing had changed."""

from __future__ import annotations

import numpy as np

from lookoutcv.drift.statistics.columns import Values
from lookoutcv.drift.statistics.ranks import BoolArray
from lookoutcv.drift.variation.batches import Batches, harmonic_mean
from lookoutcv.grids import FloatArray

# Two-sided 90%: of 20 cells two lie outside by chance.
_QUANTILE = 1.645


def band(
    shares: FloatArray, values: Values, edges: FloatArray, images: int, batches: Batches | None = None
) -> tuple[FloatArray, FloatArray]:
    """Between which shares each cell lies in nine of ten windows that are like the baseline.

    The variance of a cell's share is that of drawing, p (1 - p) (1/N + 1/M). Where the baseline has K batches, what
    their shares vary by beyond the drawing of their own images, times 1 + 1/K, comes on top. The band is p plus and
    minus 1.645 standard deviations and half an image, p being (p M + 1/2) / (M + 1), so that a cell that is empty in
    the baseline may hold an image or two.

    Args:
        shares: (k,) of the baseline.
        values: (M,) the baseline's sample; NaN = missing.
        edges: (k + 1,) rising; values beyond belong to the outermost cells.
        images: Of the window, N, at least 1.
        batches: Of the sample's rows; None where it has none.
    Returns:
        Low and high, (k,) each, in [0, 1].
    Example:
        >>> low, high = band(np.array([0.5, 0.5]), np.tile([0.2, 0.8], 50), np.array([0, 0.5, 1.0]), images=100)
        >>> low.round(2).tolist(), high.round(2).tolist()
        ([0.38, 0.38], [0.62, 0.62])
    """
    known = np.isfinite(values)
    rows = max(int(known.sum()), 1)
    expected = (shares * rows + 0.5) / (rows + 1)
    variance = expected * (1 - expected) * (1 / images + 1 / rows)
    if batches is not None and batches.enough:
        variance = variance + _between(values, known, edges, batches) * (1 + 1 / batches.count)
    reach = _QUANTILE * np.sqrt(variance) + 0.5 / images
    return np.clip(expected - reach, 0.0, 1.0), np.clip(expected + reach, 0.0, 1.0)


def _between(values: Values, known: BoolArray, edges: FloatArray, batches: Batches) -> FloatArray:
    """How much the batches' shares vary beyond the drawing of their images, cell by cell."""
    cells = len(edges) - 1
    inside = known & (batches.owner >= 0)
    cell = np.searchsorted(edges[1:-1], values[inside], side="right")
    counts = np.bincount(batches.owner[inside] * cells + cell, minlength=batches.count * cells)
    table = counts.reshape(batches.count, cells)
    sizes = table.sum(axis=1)
    table, sizes = table[sizes > 0], sizes[sizes > 0]
    if len(sizes) < 2:
        return np.zeros(cells)
    by_batch = table / sizes[:, None]
    mean = by_batch.mean(axis=0)
    beyond: FloatArray = np.maximum(by_batch.var(axis=0, ddof=1) - mean * (1 - mean) / harmonic_mean(sizes), 0.0)
    return beyond
