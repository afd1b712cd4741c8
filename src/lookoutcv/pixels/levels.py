"""Mean, spread, extremes and percentiles of 8-bit channels, exactly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

IntArray = np.ndarray[Any, np.dtype[np.int64]]
FloatArray = np.ndarray[Any, np.dtype[np.float64]]


def mean_and_std(sums: Sequence[int], squares: Sequence[int], count: int) -> tuple[list[float], list[float]]:
    """Mean and population standard deviation of each channel, from exact sums.

    Args:
        sums, squares: Sums of the levels and of their squares, one a channel, as Python's whole numbers.
        count: How many pixels, at least 1.
    Returns:
        Two lists in grey levels, 0 to 255 and 0 to 127.5.
    Example:
        >>> mean_and_std([255], [255**2], 2)
        ([127.5], [127.5])
    """
    # In whole numbers: the difference of two large products would lose its digits in floating point.
    scatter = [count * q - s * s for s, q in zip(sums, squares, strict=True)]
    return [s / count for s in sums], [math.sqrt(v) / count for v in scatter]


def quantiles(histograms: IntArray, shares: Sequence[float]) -> FloatArray:
    """The smallest level that at least a share q of the pixels does not exceed (inverted distribution function).

    Args:
        histograms: (C, 256) counts, each row with at least one count.
        shares: k numbers in [0, 1]; 0 gives the minimum, 1 the maximum.
    Returns:
        (C, k) grey levels.
    Example:
        >>> quantiles(np.bincount([10, 20, 30], minlength=256)[None], [0, 0.5, 1]).tolist()
        [[10.0, 20.0, 30.0]]

    Source: Hyndman & Fan, "Sample quantiles in statistical packages", The American Statistician 1996, definition 1.
    """
    cumulative = histograms.cumsum(axis=1)
    total = cumulative[:, -1]
    # At least one pixel, so that a share of 0 is the minimum and not level 0.
    needed = np.maximum(np.ceil(np.multiply.outer(total, np.asarray(shares)) - 1e-9), 1)
    found = [np.searchsorted(row, need, side="left") for row, need in zip(cumulative, needed, strict=True)]
    return np.stack(found).astype(np.float64)
