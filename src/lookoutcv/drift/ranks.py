"""Ranks of both sides pooled: each metric is sorted once, and everything the tests need is read off that order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray, IntArray

BoolArray = np.ndarray[Any, np.dtype[np.bool_]]
Values = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class PooledColumn:
    """One metric's values on both sides, in rising order. Missing values (NaN) are left out.

    Rows are numbered baseline first, then window. Arrays below "per distinct value" have shape (k,), rising.

    Args:
        baseline_rows, window_rows: Images on each side, with and without a value.
        order: Row of each value, (n,) with n the values present.
        values: The values, rising, (n,).
        starts: Where each distinct value begins in `values`, (k,).
        sizes: How often each distinct value occurs, (k,).
        window_sizes: How often it occurs in the window, (k,).
    """

    baseline_rows: int
    window_rows: int
    order: IntArray
    values: Values
    starts: IntArray
    sizes: IntArray
    window_sizes: IntArray

    @property
    def present(self) -> int:
        """Values on both sides."""
        return len(self.order)

    @cached_property
    def window_present(self) -> int:
        """Values in the window."""
        return int(self.window_sizes.sum())

    @property
    def baseline_present(self) -> int:
        """Values in the baseline."""
        return self.present - self.window_present

    @property
    def constant(self) -> bool:
        """At most one distinct value."""
        return len(self.starts) <= 1

    @cached_property
    def off_mode(self) -> tuple[int, int]:
        """How many values of the baseline and of the window are not the most frequent pooled value."""
        if not self.present:
            return 0, 0
        mode = int(np.argmax(self.sizes))
        in_window = int(self.window_sizes[mode])
        in_baseline = int(self.sizes[mode]) - in_window
        return self.baseline_present - in_baseline, self.window_present - in_window

    @cached_property
    def location_ranks(self) -> FloatArray:
        """u: the pooled mid-rank of each distinct value over n, in (0, 1].

        Example:
            >>> pool_column(np.array([1.0, 5.0]), np.array([5.0, 9.0])).location_ranks.tolist()
            [0.25, 0.625, 1.0]
        """
        ranks: FloatArray = (self.starts + (self.sizes + 1) / 2) / max(self.present, 1)
        return ranks

    @cached_property
    def dispersion_ranks(self) -> FloatArray:
        """v: the pooled mid-rank over n of the distance |2u - 1| from the middle, per distinct value, in (0, 1].

        Without ties this is |2u - 1| itself up to 1/n. With ties it stays a rank, so that twice a difference of means
        is Cliff's delta of the distances, in [-1, 1]; the distance itself can differ by twice as much.

        Example:
            >>> pool_column(np.array([2.0, 3.0, 4.0]), np.array([1.0, 5.0])).dispersion_ranks.tolist()
            [0.9, 0.5, 0.2, 0.5, 0.9]
        """
        # Twice the distance of the mid-rank from the middle one: whole numbers, so that ties are exact.
        distance = np.abs(2 * self.starts + self.sizes - self.present)
        order = np.argsort(distance, kind="stable")  # two sorted runs: merged in one pass
        starts = _run_starts(distance[order])
        counts = np.add.reduceat(self.sizes[order], starts) if len(starts) else self.sizes
        middle = np.cumsum(counts) - counts + (counts + 1) / 2
        ranks = np.empty(len(distance))
        ranks[order] = np.repeat(middle, np.diff(starts, append=len(order)))
        return ranks / max(self.present, 1)

    def side(self, window: bool) -> Values:
        """The values of one side, rising."""
        values: Values = self.values[(self.order >= self.baseline_rows) == window]
        return values

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
        >>> column.values.tolist(), column.sizes.tolist(), column.window_sizes.tolist()
        ([1.0, 2.0, 2.0], [1, 2], [0, 1])
    """
    pooled = np.concatenate([baseline, window])
    order = np.argsort(pooled)
    values = pooled[order]
    present = len(values) - int(np.count_nonzero(np.isnan(values)))
    order, values = order[:present], values[:present]
    starts = _run_starts(values)
    ends = np.append(starts[1:], present)[: len(starts)]
    seen = np.concatenate([[0], np.cumsum(order >= len(baseline))])
    return PooledColumn(len(baseline), len(window), order, values, starts, ends - starts, seen[ends] - seen[starts])


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


def baseline_ranks(column: PooledColumn) -> FloatArray:
    """The rank of each distinct value among the baseline's values alone, as a probability, in (0, 1).

    (#{baseline below} + #{baseline equal} / 2 + 1/2) / (M + 1): 1/2 where the baseline is empty.

    Example:
        >>> baseline_ranks(pool_column(np.array([1.0, 2.0, 3.0]), np.array([0.0, 9.0]))).tolist()
        [0.125, 0.25, 0.5, 0.75, 0.875]
    """
    equal = column.sizes - column.window_sizes
    ranks: FloatArray = (np.cumsum(equal) - equal / 2 + 0.5) / (column.baseline_present + 1)
    return ranks


def _run_starts(ordered: Values) -> IntArray:
    """Where each run of equal values begins."""
    first = np.ones(len(ordered), dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return np.flatnonzero(first)
