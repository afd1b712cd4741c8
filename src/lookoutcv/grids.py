"""Fixed grids on which metric values are counted, so that merging histograms is integer addition.

A grid is public API: changing one outdates every baseline that was made on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lookoutcv.errors import ConfigError

IntArray = np.ndarray[Any, np.dtype[np.int64]]
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


# Every baseline holds a count for each cell of each metric.
MOST_BINS = 100_000

# Below so many values a binary search is as fast as computing cells; so many at a time stay in a core's cache.
_FEW = 256
_AT_ONCE = 1 << 14

# Records hold values as float32.
_LARGEST = float(np.finfo(np.float32).max)
_SMALLEST = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True)
class Grid:
    """`bins` cells between `low` and `high`, with one open cell below and one above.

    Args:
        kind: "linear" for bounded values, "log" for positive values over several decades.
        low, high: Outer edges, low < high, both float32 numbers by size; both > 0 on a logarithmic grid.
        bins: Number of cells between the edges, 1 to `MOST_BINS`.
    Raises:
        ConfigError: The edges or the number of cells make no grid, or cells so narrow that their edges coincide.
    Example:
        >>> Grid("linear", 0.0, 1.0, 4).index(np.array([-1.0, 0.0, 0.3, 1.0, 2.0])).tolist()
        [0, 1, 2, 4, 5]
    """

    kind: Literal["linear", "log"]
    low: float
    high: float
    bins: int

    def __post_init__(self) -> None:
        if not (self._has_edges() and self._has_cells() and bool((np.diff(self.edges) > 0).all())):
            raise ConfigError(
                f"{self} is not a grid",
                f"Give low < high that float32 can hold, 1 to {MOST_BINS:,} cells, and low > 0 for 'log'.",
                key="grid",
            )

    def _has_edges(self) -> bool:
        floor = {"linear": -_LARGEST, "log": _SMALLEST}.get(self.kind, math.inf)
        return floor <= self.low < self.high <= _LARGEST

    def _has_cells(self) -> bool:
        return isinstance(self.bins, int) and 1 <= self.bins <= MOST_BINS

    @cached_property
    def edges(self) -> FloatArray:
        """The `bins + 1` cell edges, rising, shape (bins + 1,)."""
        if self.kind == "linear":
            return np.linspace(self.low, self.high, self.bins + 1)
        return np.geomspace(self.low, self.high, self.bins + 1)

    def index(self, values: npt.NDArray[np.floating[Any]]) -> IntArray:
        """The cell of each value: 0 below the grid, 1..bins inside (last edge included), bins + 1 above.

        Args:
            values: Numbers, any shape; not NaN. Infinite ones fall in the open cells.
        Returns:
            Whole numbers of the same shape.
        """
        numbers = np.asarray(values)
        flat = numbers.ravel()
        if flat.size < _FEW or not self._wide:
            cells = np.searchsorted(self.edges, flat, side="right")
        else:
            cells = np.concatenate([self._nearby(flat[i : i + _AT_ONCE]) for i in range(0, flat.size, _AT_ONCE)])
        # The upper outer edge belongs to the last cell, so that 1.0 is on a grid over [0, 1].
        cells[flat == self.high] = self.bins
        return cells.astype(np.int64, copy=False).reshape(numbers.shape)

    @cached_property
    def _width(self) -> float:
        span = math.log(self.high / self.low) if self.kind == "log" else self.high - self.low
        return span / self.bins

    @cached_property
    def _wide(self) -> bool:
        """Whether cells are so wide that rounding moves a computed cell by far less than one."""
        if self.kind == "log":
            return self._width > 1e-4 and self.high / self.low < math.inf
        return self._width > 1e-9 * max(abs(self.low), abs(self.high))

    def _nearby(self, values: npt.NDArray[np.floating[Any]]) -> IntArray:
        """What a binary search would find, from a computed cell that is at most one off: in a tenth of the time."""
        if self.kind == "log":
            # Logarithms of float32 numbers are exact enough for `_wide` cells, and four times as fast.
            scale = np.log(np.clip(values, self.low, self.high)) - math.log(self.low)
        else:
            scale = np.clip(values.astype(np.float64, copy=False), self.low, self.high) - self.low
        guess = np.minimum((scale / self._width).astype(np.int64), self.bins - 1)
        cells: IntArray = guess + 1 - (values < self.edges.take(guess)) + (values >= self.edges.take(guess + 1))
        return cells

    def to_dict(self) -> dict[str, Any]:
        """The grid as plain values, for files."""
        return {"kind": self.kind, "low": self.low, "high": self.high, "bins": self.bins}


def linear(low: float, high: float, bins: int) -> Grid:
    """Equal cells, for bounded values.

    Example:
        >>> linear(0, 1, 2).edges.tolist()
        [0.0, 0.5, 1.0]
    """
    return Grid("linear", float(low), float(high), bins)


def logarithmic(low: float, high: float, bins: int) -> Grid:
    """Cells of equal ratio, for positive values over several decades. Zero falls in the open cell below.

    Example:
        >>> logarithmic(1, 100, 2).edges.round(6).tolist()
        [1.0, 10.0, 100.0]
    """
    return Grid("log", float(low), float(high), bins)
