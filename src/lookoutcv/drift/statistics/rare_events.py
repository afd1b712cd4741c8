"""Are rare events more or less frequent in the window? Exact for counts too small for ranks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from lookoutcv.drift.statistics.ranks import BoolArray
from lookoutcv.grids import FloatArray, IntArray

# Counts of equal probability differ by rounding only; log-gamma of some 1e5 is exact to about 1e-10.
_TOLERANCE = 1e-7


def fisher_mid_p(baseline_events: int, baseline_total: int, window_events: int, window_total: int) -> float:
    """Two-sided mid-p value of Fisher's exact test on a 2x2 table.

    Given the number of events, how many fall in the window is hypergeometric if both sides are alike. Tables less
    probable than the one seen count whole, equally probable ones half.

    Args:
        baseline_events, window_events: Events on each side, >= 0.
        baseline_total, window_total: Images on each side, at least the events.
    Returns:
        In (0, 1]; .5 where there is only one possible table.
    Example:
        >>> round(fisher_mid_p(0, 1000, 5, 100), 8)
        2.83e-06

    Source: Fisher, "Statistical Methods for Research Workers", 5th ed. 1934; mid-p: Lancaster, JASA 56 (1961).
    """
    table = _Tables.of(baseline_events, baseline_total, window_events, window_total)
    equal = np.abs(table.relative) <= _TOLERANCE
    return table.share((table.relative < 0) & ~equal, equal)


def fisher_mid_p_more(baseline_events: int, baseline_total: int, window_events: int, window_total: int) -> float:
    """One-sided mid-p value of Fisher's exact test: the chance of so many events in the window, or more.

    Tables with more events in the window count whole, the one seen half.

    Args:
        baseline_events, baseline_total, window_events, window_total: As in `fisher_mid_p`.
    Returns:
        In (0, 1); .5 where there is only one possible table.
    Example:
        >>> round(fisher_mid_p_more(100, 1000, 12, 40), 5)
        0.00034
    """
    table = _Tables.of(baseline_events, baseline_total, window_events, window_total)
    return table.share(table.possible > window_events, table.possible == window_events)


@dataclass(frozen=True, eq=False)
class _Tables:
    """Every possible number of events in the window, and the log probability of each less that of the one seen."""

    possible: IntArray
    relative: FloatArray

    @classmethod
    def of(cls, baseline_events: int, baseline_total: int, window_events: int, window_total: int) -> _Tables:
        events = baseline_events + window_events
        low, high = max(0, events - baseline_total), min(events, window_total)
        possible = np.arange(low, high + 1)
        log_weights = _log_choose(window_total, possible) + _log_choose(baseline_total, events - possible)
        return cls(possible, log_weights - log_weights[window_events - low])

    def share(self, whole: BoolArray, half: BoolArray) -> float:
        """The probability of some tables, and half of that of others."""
        weights = np.exp(self.relative - self.relative.max())
        total = float(weights.sum())
        p = (float(weights[whole].sum()) + 0.5 * float(weights[half].sum())) / total
        # Far out everything underflows; the smallest double still says "essentially impossible".
        return max(p, math.ulp(0.0))


def _log_choose(n: int, k: IntArray) -> FloatArray:
    chosen: FloatArray = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return chosen
