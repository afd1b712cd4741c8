"""Ranks of both sides pooled: each metric is sorted once, and everything the tests need is read off that order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.drift.statistics.columns import CountedColumn, Values, run_starts
from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray, IntArray

BoolArray = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class PooledColumn(CountedColumn):
    """A metric's counted values, and which row has which.

    Rows are numbered baseline first, then window.

    Args:
        order: Row of each value, the values rising, (n,) with n the values present.
    """

    order: IntArray

    def spread(self, per_distinct: FloatArray, missing: float = np.nan) -> FloatArray:
        """A number per distinct value as a number per row, (baseline_rows + window_rows,)."""
        rows = np.full(self.baseline_rows + self.window_rows, missing)
        rows[self.order] = np.repeat(per_distinct, self.sizes)
        return rows


def pool_column(baseline: Values, window: Values) -> PooledColumn:
    """Sort one metric's values of both sides together.

    Args:
        baseline: (M,) float; NaN = missing.
        window: (N,) float; NaN = missing.
    Example:
        >>> column = pool_column(np.array([1.0, 2.0]), np.array([2.0, np.nan]))
        >>> column.distinct.tolist(), column.sizes.tolist(), column.window_sizes.tolist()
        ([1.0, 2.0], [1, 2], [0, 1])
    """
    pooled = np.concatenate([baseline, window])
    order = np.argsort(pooled)
    values = pooled[order]
    present = len(values) - int(np.count_nonzero(np.isnan(values)))
    order, values = order[:present], values[:present]
    starts = run_starts(values)
    ends = np.append(starts[1:], present)[: len(starts)]
    seen = np.concatenate([[0], np.cumsum(order >= len(baseline))])
    sizes, in_window = ends - starts, seen[ends] - seen[starts]
    return PooledColumn(len(baseline), len(window), values[starts], sizes, in_window, order)


def pool(baseline: Values, window: Values) -> list[PooledColumn]:
    """Sort every metric's values of both sides together.

    Args:
        baseline: (M, m) float, a column a metric; NaN = missing.
        window: (N, m) float.
    Raises:
        ShapeMismatch: Not two matrices with the same number of columns.
    Example:
        >>> [c.window_present for c in pool(np.zeros((3, 2)), np.array([[1.0, np.nan]]))]
        [1, 0]
    """
    if baseline.ndim != 2 or window.ndim != 2 or baseline.shape[1] != window.shape[1]:
        raise ShapeMismatch(
            f"samples of shape {baseline.shape} and {window.shape} cannot be compared",
            "Give two matrices with a row per image and the same metrics as columns.",
            shape=window.shape,
            dtype=str(window.dtype),
        )
    return [pool_column(baseline[:, j], window[:, j]) for j in range(baseline.shape[1])]


def baseline_ranks(column: CountedColumn) -> FloatArray:
    """The rank of each distinct value among the baseline's values alone, as a probability, in (0, 1).

    (#{baseline below} + #{baseline equal} / 2 + 1/2) / (M + 1): 1/2 where the baseline is empty.

    Example:
        >>> baseline_ranks(pool_column(np.array([1.0, 2.0, 3.0]), np.array([0.0, 9.0]))).tolist()
        [0.125, 0.25, 0.5, 0.75, 0.875]
    """
    equal = column.sizes - column.window_sizes
    ranks: FloatArray = (np.cumsum(equal) - equal / 2 + 0.5) / (column.baseline_present + 1)
    return ranks
