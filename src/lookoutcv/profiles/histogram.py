"""A metric's values counted on its fixed grid: what is left of a million numbers, and adds up exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from lookoutcv.errors import ConfigError, IncompatibleProfiles
from lookoutcv.grids import Grid, IntArray

# Every finite float32 is a whole multiple of 2**-149, so a sum kept in that unit is exact whatever the order.
UNIT_BITS = 149


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts on a grid, with the exact sum and range of the values. Never changed once made.

    Values are taken as float32, the type in which records hold them. NaN and infinite values count as missing.

    Args:
        grid: The cells.
        counts: Values in each cell, the open cells first and last, (bins + 2,) int64.
        missing: Rows without a value.
        exact_sum: Sum of the values in units of 2**-149: an integer, so that merging in any order gives the same.
        minimum, maximum: Smallest and largest value; None where there is none.
    Example:
        >>> from lookoutcv.grids import linear
        >>> h = Histogram.of(linear(0, 1, 4), np.array([0.25, 0.5, np.nan]))
        >>> h.counts.tolist(), h.missing, h.count, h.mean
        ([0, 0, 1, 1, 0, 0], 1, 2, 0.375)
    """

    grid: Grid
    counts: IntArray
    missing: int = 0
    exact_sum: int = 0
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        self.counts.setflags(write=False)

    @classmethod
    def empty(cls, grid: Grid, missing: int = 0) -> Histogram:
        """No values, and `missing` rows without one."""
        return cls(grid, np.zeros(grid.bins + 2, np.int64), missing)

    @classmethod
    def of(cls, grid: Grid, values: npt.ArrayLike) -> Histogram:
        """The histogram of an array.

        Args:
            grid: The cells.
            values: Any shape; NaN and infinite values count as missing.
        """
        everything = np.asarray(values)
        with np.errstate(over="ignore"):
            rounded = everything.astype(np.float32, copy=False).ravel()
        known = np.isfinite(rounded)
        known_values = rounded if known.all() else rounded[known]
        if not known_values.size:
            return cls.empty(grid, rounded.size)
        return cls(
            grid,
            np.bincount(grid.index(known_values), minlength=grid.bins + 2).astype(np.int64, copy=False),
            int(rounded.size - known_values.size),
            exact_sum(known_values),
            # Adding zero turns -0.0 into 0.0, whose order among minima would otherwise depend on the order of the rows.
            float(known_values.min()) + 0.0,
            float(known_values.max()) + 0.0,
        )

    @cached_property
    def count(self) -> int:
        """Values counted: rows that are not missing."""
        return int(self.counts.sum())

    @property
    def mean(self) -> float | None:
        """Exact mean of the values, rounded once; None where there is none."""
        return self.exact_sum / (self.count << UNIT_BITS) if self.count else None

    def add(self, values: npt.ArrayLike) -> Histogram:
        """A new histogram that counts these values too."""
        return self.merge(Histogram.of(self.grid, values))

    def merge(self, other: Histogram) -> Histogram:
        """A new histogram of the values of both.

        Raises:
            IncompatibleProfiles: The grids differ.
        """
        if self.grid != other.grid:
            raise IncompatibleProfiles(
                f"two histograms lie on different grids: {self.grid} and {other.grid}",
                "Measure both sides again with the same version of the metric.",
                reason="grids differ",
            )
        return Histogram(
            self.grid,
            self.counts + other.counts,
            self.missing + other.missing,
            self.exact_sum + other.exact_sum,
            min((m for m in (self.minimum, other.minimum) if m is not None), default=None),
            max((m for m in (self.maximum, other.maximum) if m is not None), default=None),
        )

    def quantile(self, q: float) -> float | None:
        """The value below which a share `q` of the values lies, interpolated within its cell.

        Exact at 0 and 1; elsewhere off by less than the width of the cell. In the open cells the smallest and the
        largest value take the place of the missing edge.

        Args:
            q: In [0, 1].
        Returns:
            None where there are no values.
        Raises:
            ConfigError: q is not in [0, 1].
        Example:
            >>> from lookoutcv.grids import linear
            >>> Histogram.of(linear(0, 10, 10), np.arange(1, 10)).quantile(0.5)
            5.5
        """
        if not 0 <= q <= 1:
            raise ConfigError(f"{q} is no quantile", "Give a number from 0 to 1.", key="q")
        if self.minimum is None or self.maximum is None:
            return None
        bounds = np.clip(np.concatenate([[-np.inf], self.grid.edges, [np.inf]]), self.minimum, self.maximum)
        reached = np.cumsum(self.counts)
        target = q * self.count
        cell = int(np.searchsorted(reached, target, side="left")) if q else int(np.flatnonzero(self.counts)[0])
        share = (target - (reached[cell] - self.counts[cell])) / self.counts[cell]
        low, high = float(bounds[cell]), float(bounds[cell + 1])
        geometric = self.grid.kind == "log" and low > 0
        inside = low * (high / low) ** share if geometric else low + (high - low) * share
        return float(min(max(inside, low), high))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Histogram)
            and self.grid == other.grid
            and np.array_equal(self.counts, other.counts)
            and (self.missing, self.exact_sum) == (other.missing, other.exact_sum)
            and (self.minimum, self.maximum) == (other.minimum, other.maximum)
        )

    def __hash__(self) -> int:
        return hash((self.grid, self.count, self.missing, self.exact_sum))


def exact_sum(values: npt.NDArray[np.float32]) -> int:
    """The sum of float32 numbers without rounding, in units of 2**-149.

    A number is a whole mantissa below 2**24 times a power of two, so the sums of mantissas by exponent are exact in
    float64 for up to 2**29 values.

    Args:
        values: Finite, (n,), n at most 2**29.
    Example:
        >>> exact_sum(np.array([0.5, -0.5, 2.0**-149], np.float32))
        1

    Source: the layout of a float32, IEEE 754-2019.
    """
    bits = values.view(np.uint32)
    # Sign and exponent, 9 bits; the lowest exponent, of subnormal numbers, has the unit of the next one.
    powers = (bits >> 23).astype(np.intp)
    fractions = np.bincount(powers, weights=bits & np.uint32((1 << 23) - 1))
    counts = np.bincount(powers)
    exact = 0
    for power in np.flatnonzero(counts).tolist():
        exponent = power & 255
        mantissas = int(fractions[power]) + (int(counts[power]) << 23 if exponent else 0)
        exact += (mantissas << max(exponent - 1, 0)) * (-1 if power >> 8 else 1)
    return exact
