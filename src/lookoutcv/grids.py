"""Fixed grids on which metric values are counted, so that merging histograms is integer addition.

A grid is public API: changing one outdates every baseline that was made on it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from lookoutcv.errors import ConfigError

IntArray = np.ndarray[Any, np.dtype[np.int64]]
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


# Every baseline holds a count for each cell of each metric.
MOST_BINS = 100_000

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

    def index(self, values: FloatArray) -> IntArray:
        """The cell of each value: 0 below the grid, 1..bins inside (last edge included), bins + 1 above.

        Args:
            values: Numbers, any shape; not NaN. Infinite ones fall in the open cells.
        Returns:
            Whole numbers of the same shape.
        """
        cells = np.searchsorted(self.edges, values, side="right")
        # The upper outer edge belongs to the last cell, so that 1.0 is on a grid over [0, 1].
        return np.where(values == self.high, self.bins, cells).astype(np.int64)

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
