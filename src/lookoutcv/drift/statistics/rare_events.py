"""Are rare events more or less frequent in the window? Exact for counts too small for ranks."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln

from lookoutcv.grids import FloatArray

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
    events = baseline_events + window_events
    low, high = max(0, events - baseline_total), min(events, window_total)
    possible = np.arange(low, high + 1)
    log_weights = _log_choose(window_total, possible) + _log_choose(baseline_total, events - possible)
    log_weights -= log_weights.max()
    weights = np.exp(log_weights)
    relative = log_weights - log_weights[window_events - low]
    equal = np.abs(relative) <= _TOLERANCE
    rarer = (relative < 0) & ~equal
    total = float(weights.sum())
    p = (float(weights[rarer].sum()) + 0.5 * float(weights[equal].sum())) / total
    # Far out everything underflows; the smallest double still says "essentially impossible".
    return max(p, math.ulp(0.0))


def _log_choose(n: int, k: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> FloatArray:
    chosen: FloatArray = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)
    return chosen
