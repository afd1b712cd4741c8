"""How far a metric moved, in units that do not depend on the metric: Cliff's delta of place and of spread."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lookoutcv.drift.statistics.columns import CountedColumn, total
from lookoutcv.grids import FloatArray

# Standard deviation of Cliff's delta when nothing changed, over sqrt(1/N + 1/M): 2 sqrt(1/12), without ties.
NULL_SPREAD = 0.577


@dataclass(frozen=True)
class Effects:
    """The effects of one metric. Positive where the window's values are larger, or spread wider.

    Args:
        location: P(window value larger) - P(baseline value larger), in [-1, 1].
        dispersion: The same for the distance from the pooled median, in [-1, 1].
        missing: Share of missing values in the window less that in the baseline, in [-1, 1].
        present: Values that entered, on the baseline's and on the window's side.
    """

    location: float
    dispersion: float
    missing: float
    present: tuple[int, int]

    @property
    def strongest(self) -> float:
        """Location or dispersion, whichever is larger in size; location where they are equal."""
        return self.location if abs(self.location) >= abs(self.dispersion) else self.dispersion

    @property
    def size(self) -> float:
        """Size of the larger one, in [0, 1]."""
        return abs(self.strongest)


def effects(column: CountedColumn) -> Effects:
    """Both effects of one metric; 0 where a side has no values.

    Example:
        >>> import numpy as np
        >>> from lookoutcv.drift.statistics.ranks import pool_column
        >>> found = effects(pool_column(np.array([1.0, 2.0, 3.0]), np.array([2.0, 8.0, 9.0])))
        >>> round(found.location, 4), round(found.dispersion, 4)
        (0.6667, 0.3333)

    Source: Cliff, "Dominance statistics", Psychological Bulletin 114 (1993).
    """
    missing = _share_missing(column.window_present, column.window_rows)
    missing -= _share_missing(column.baseline_present, column.baseline_rows)
    present = (column.baseline_present, column.window_present)
    if not (column.baseline_present and column.window_present):
        return Effects(0.0, 0.0, missing, present)
    return Effects(_delta(column, column.location_ranks), _delta(column, column.dispersion_ranks), missing, present)


def effect_noise(baseline: int, window: int) -> float:
    """Standard deviation of an effect when nothing changed.

    Args:
        baseline, window: Values on each side, at least 1.
    Example:
        >>> round(effect_noise(1000, 1000), 4)
        0.0258
    """
    return NULL_SPREAD * math.sqrt(1 / window + 1 / baseline)


def _delta(column: CountedColumn, ranks: FloatArray) -> float:
    in_window = total(column.window_sizes, ranks) / column.window_present
    in_baseline = total(column.sizes_of(window=False), ranks) / column.baseline_present
    return min(max(2 * (in_window - in_baseline), -1.0), 1.0)


def _share_missing(present: int, rows: int) -> float:
    return (rows - present) / rows if rows else 0.0
