"""The typical value and the spread of a metric on each side, for people to read beside the effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.drift.statistics.columns import CountedColumn, total
from lookoutcv.grids import FloatArray, IntArray


@dataclass(frozen=True)
class Centre:
    """The typical value on each side; None where a side has no values. `statistic` says which kind it is."""

    before: float | None
    after: float | None
    statistic: Literal["median", "mean"] = "median"


def centre(
    column: CountedColumn, means: tuple[float | None, float | None] = (None, None), *, averaged: bool = False
) -> Centre:
    """The medians of both sides, or the means where the medians are equal or means are wanted.

    Args:
        column: The metric.
        means: Exact means of the baseline and the window where they are known; else those of the values are taken.
        averaged: Take the means.
    Example:
        >>> from lookoutcv.drift.statistics.ranks import pool_column
        >>> centre(pool_column(np.array([0.0, 0.0, 0.0]), np.array([0.0, 0.0, 6.0])))
        Centre(before=0.0, after=2.0, statistic='mean')
    """
    sides = column.sizes_of(window=False), column.sizes_of(window=True)
    before, after = (float(_quantiles(column, side, (0.5,))[0]) if side.any() else None for side in sides)
    if before is None or after is None or (before != after and not averaged):
        return Centre(before, after)
    exact = [m if m is not None else _mean(column, side) for m, side in zip(means, sides, strict=True)]
    return Centre(exact[0], exact[1], "mean")


def spread_ratio(column: CountedColumn) -> float | None:
    """How many times as widely the window spreads: ratio of interquartile ranges, or of standard deviations.

    Returns:
        None where a side has under two values or the baseline does not vary.
    Example:
        >>> from lookoutcv.drift.statistics.ranks import pool_column
        >>> spread_ratio(pool_column(np.arange(9.0), 3 * np.arange(9.0)))
        3.0
    """
    sides = column.sizes_of(window=False), column.sizes_of(window=True)
    if min(column.baseline_present, column.window_present) < 2:
        return None
    before, after = (float(np.subtract(*_quantiles(column, side, (0.75, 0.25)))) for side in sides)
    if not (before > 0 and after > 0):
        before, after = (_deviation(column, side) for side in sides)
    return after / before if before > 0 else None


def _quantiles(column: CountedColumn, sizes: IntArray, shares: tuple[float, ...]) -> FloatArray:
    """Quantiles of a side that has values, between two neighbours by linear interpolation."""
    reached = np.cumsum(sizes)
    place = (reached[-1] - 1) * np.array(shares)
    low = np.floor(place)
    values = [
        column.distinct[np.searchsorted(reached, rank, side="right")].astype(np.float64)
        for rank in (low, np.minimum(low + 1, reached[-1] - 1))
    ]
    quantiles: FloatArray = values[0] + (place - low) * (values[1] - values[0])
    return quantiles


def _mean(column: CountedColumn, sizes: IntArray) -> float:
    return total(sizes, column.distinct.astype(np.float64)) / int(sizes.sum())


def _deviation(column: CountedColumn, sizes: IntArray) -> float:
    off = column.distinct.astype(np.float64) - _mean(column, sizes)
    return float((total(sizes, off**2) / int(sizes.sum())) ** 0.5)
