"""The typical value and the spread of a metric on each side, for people to read beside the effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.drift.ranks import PooledColumn, Values


@dataclass(frozen=True)
class Middle:
    """The typical value on each side; None where a side has no values. `statistic` says which kind it is."""

    before: float | None
    after: float | None
    statistic: Literal["median", "mean"] = "median"


def middle(column: PooledColumn, means: tuple[float | None, float | None] = (None, None)) -> Middle:
    """The medians of both sides, or the means where the medians are equal.

    Args:
        column: The metric.
        means: Exact means of the baseline and the window where they are known; else those of the values are taken.
    Example:
        >>> from lookoutcv.drift.ranks import pool_column
        >>> middle(pool_column(np.array([0.0, 0.0, 0.0]), np.array([0.0, 0.0, 6.0])))
        Middle(before=0.0, after=2.0, statistic='mean')
    """
    before, after = _median(column.side(window=False)), _median(column.side(window=True))
    if before is None or after is None or before != after:
        return Middle(before, after)
    exact = [m if m is not None else _mean(column.side(window)) for m, window in zip(means, (False, True), strict=True)]
    return Middle(exact[0], exact[1], "mean")


def spread_ratio(column: PooledColumn) -> float | None:
    """How many times as widely the window spreads: ratio of interquartile ranges, or of standard deviations.

    Returns:
        None where a side has under two values or the baseline does not vary.
    Example:
        >>> from lookoutcv.drift.ranks import pool_column
        >>> spread_ratio(pool_column(np.arange(9.0), 3 * np.arange(9.0)))
        3.0
    """
    sides = column.side(window=False), column.side(window=True)
    if min(map(len, sides)) < 2:
        return None
    before, after = (float(np.subtract(*np.quantile(side, (0.75, 0.25)))) for side in sides)
    if not (before > 0 and after > 0):
        before, after = (float(np.std(side, dtype=np.float64)) for side in sides)
    return after / before if before > 0 else None


def _median(rising: Values) -> float | None:
    if not len(rising):
        return None
    return (float(rising[(len(rising) - 1) // 2]) + float(rising[len(rising) // 2])) / 2


def _mean(values: Values) -> float | None:
    return float(np.mean(values, dtype=np.float64)) if len(values) else None
