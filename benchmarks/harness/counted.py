"""Shares that were counted, and how sure they are."""

from __future__ import annotations

from scipy.special import bdtr, betaincinv

_TAIL = 0.025


def interval(hits: int, trials: int) -> tuple[float, float]:
    """The 95% interval of the share that is behind a count.

    Example:
        >>> [round(end, 4) for end in interval(40, 4000)]
        [0.0072, 0.0136]

    Source: Clopper & Pearson, Biometrika 26 (1934).
    """
    low = float(betaincinv(hits, trials - hits + 1, _TAIL)) if hits else 0.0
    high = float(betaincinv(hits + 1, trials - hits, 1 - _TAIL)) if hits < trials else 1.0
    return low, high


def counts_at(share: float, trials: int) -> tuple[float, float]:
    """Between which observed shares 95% of counts lie where the true share is known.

    Example:
        >>> counts_at(0.01, 4000)
        (0.007, 0.01325)
    """
    counts = range(trials + 1)
    low = next(k for k in counts if bdtr(k, trials, share) >= _TAIL)
    high = next(k for k in counts if bdtr(k, trials, share) >= 1 - _TAIL)
    return low / trials, high / trials


def percent(hits: int, trials: int) -> str:
    """A count in words, with its interval.

    Example:
        >>> percent(40, 4000)
        '40 of 4,000, 95% interval 0.72 to 1.36%'
    """
    low, high = interval(hits, trials)
    return f"{hits:,} of {trials:,}, 95% interval {100 * low:.2f} to {100 * high:.2f}%"
