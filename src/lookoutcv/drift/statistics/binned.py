"""Counting a metric's values without sorting them, for samples of a million rows.

Sorting costs 30 times as much as counting. So the number line is cut into some 100,000 cells, narrow where values are
dense, and the values of one cell count as equal. A cell holds about one value in 100,000; where more of them crowd
together, they differ from each other only in the last digits that a float32 has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.drift.statistics.columns import CountedColumn, Values
from lookoutcv.grids import IntArray

# The cells that a sample is divided over. Effects move by some 1e-7 (docs/statistics.md); four times as many take twice
# the time.
_CELLS = 1 << 17
# The upper half of a float32 says which of these it belongs to: 128 to an octave. Each is then halved 0 to 16 times.
_COARSE = 1 << 16
_HALVINGS = 16
# Rows at a time, so that what is computed of them stays in a core's cache.
_ROWS = 1 << 16
# Rows of each side that say where values are dense.
_LOOKED_AT = 20_000

Keys = np.ndarray[Any, np.dtype[np.uint32]]

_SIGN = np.uint32(1 << 31)
_REST = np.int32(0x7FFFFFFF)
_INFINITE = np.int32(0x7F800000)


def count_column(baseline: Values, window: Values) -> CountedColumn:
    """Count one metric's values of both sides in cells.

    Args:
        baseline: (M,) float32, the rows in any order that has nothing to do with the values, such as a hash sample's;
            NaN and infinite values are missing.
        window: (N,) float32, the same.
    Returns:
        `distinct` holds one of the cell's values, or the next smaller one that the first 20,000 rows of a side hold.
    Example:
        >>> column = count_column(np.float32([1, 2, 2]), np.float32([2, np.nan]))
        >>> column.distinct.tolist(), column.sizes.tolist(), column.window_sizes.tolist()
        ([1.0, 2.0], [1, 3], [0, 1])
    """
    sides = [_rising(side) for side in (baseline, window)]
    looked_at = np.concatenate([keys[:_LOOKED_AT] for keys in sides])
    if not looked_at.size:
        return CountedColumn(len(baseline), len(window), np.empty(0, np.float32), *np.zeros((2, 0), np.int64))
    cells = _Cells.dense_where(looked_at)
    counts = [np.bincount(cells.of(keys), minlength=cells.count) for keys in sides]
    sizes = counts[0] + counts[1]
    used = np.flatnonzero(sizes)
    known = np.full(cells.count, -np.inf, np.float32)
    values = _values(looked_at)
    known[cells.of(looked_at)] = values
    distinct = np.maximum(np.maximum.accumulate(known), values.min())[used]
    return CountedColumn(len(baseline), len(window), distinct, sizes[used], counts[1][used])


@dataclass(frozen=True, eq=False)
class _Cells:
    """Where the number line is cut, as tables over the upper 16 bits of a key.

    Args:
        shifts: How far keys are shifted to the right, (65,536,).
        first: What is then added, (65,536,).
        count: Cells.
    """

    shifts: Keys
    first: IntArray
    count: int

    @classmethod
    def dense_where(cls, keys: Keys) -> _Cells:
        """Narrow cells where these keys are dense."""
        shares = np.bincount((keys ^ _SIGN) >> _HALVINGS, minlength=_COARSE) / len(keys)
        _, halvings = np.frexp(np.maximum(shares * _CELLS, 1))
        halvings = np.minimum(halvings.astype(np.int64) - 1, _HALVINGS)
        shifts, sizes = _HALVINGS - halvings, 1 << halvings
        starts = np.cumsum(sizes) - sizes
        coarse = np.arange(_COARSE, dtype=np.int64) << _HALVINGS
        return cls(shifts.astype(np.uint32), starts - (coarse >> shifts), int(sizes.sum()))

    def of(self, keys: Keys) -> IntArray:
        """The cell of each key, rising with it."""
        cells = np.empty(len(keys), np.int64)
        for start in range(0, len(keys), _ROWS):
            part, found = keys[start : start + _ROWS] ^ _SIGN, cells[start : start + _ROWS]
            upper = (part >> _HALVINGS).astype(np.intp)
            # No index is outside; "clip" spares the check.
            self.first.take(upper, out=found, mode="clip")
            part >>= self.shifts.take(upper, mode="clip")
            found += part
        return cells


def _rising(values: Values) -> Keys:
    """The bits of the present values, in an order of their own: as signed numbers they rise with the values."""
    bits = np.ascontiguousarray(values, np.float32).view(np.int32)
    if bits.size and (bits.min() < 0 or bits.max() >= _INFINITE):
        # Adding zero turns -0.0 into 0.0.
        bits = (values[np.isfinite(values)] + np.float32(0)).view(np.int32)
        bits = np.where(bits < 0, bits ^ _REST, bits)
    return bits.view(np.uint32)


def _values(keys: Keys) -> Values:
    bits = keys.view(np.int32)
    return np.where(bits < 0, bits ^ _REST, bits).view(np.float32)
