"""Is a window different from one baseline? Rank tests on every metric, and on all of them together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import kolmogorov, ndtr

from lookoutcv.drift.statistics.columns import CountedColumn, total
from lookoutcv.drift.statistics.combination import cauchy
from lookoutcv.drift.statistics.joint import hotelling_p
from lookoutcv.drift.statistics.ranks import PooledColumn
from lookoutcv.drift.statistics.rare_events import fisher_mid_p
from lookoutcv.grids import FloatArray

# With fewer events expected in the smaller side, sums of ranks are not yet normal.
RARE_EVENTS = 5


@dataclass(frozen=True)
class MetricTests:
    """The p-values of one metric; None where a test does not apply.

    Args:
        location: Are the values larger or smaller?
        dispersion: Do they spread wider or narrower?
        distribution: Kolmogorov-Smirnov: do they differ in any way?
        rare_events: In place of the three above where nearly all values are equal: are the others more or less
            frequent?
        missing: Are values missing more or less often?
    """

    location: float | None = None
    dispersion: float | None = None
    distribution: float | None = None
    rare_events: float | None = None
    missing: float | None = None

    @property
    def all(self) -> list[float]:
        """Those that apply."""
        p_values = (self.location, self.dispersion, self.distribution, self.rare_events, self.missing)
        return [p for p in p_values if p is not None]

    @property
    def p_value(self) -> float | None:
        """Their Cauchy combination; None where no test applies."""
        return cauchy(self.all) if self.all else None


@dataclass(frozen=True)
class TwoSample:
    """The outcome of the tests.

    Args:
        p_value: Of the window as a whole.
        marginal: Combination of every test of a single metric.
        joint: Of all metrics together; None where no metric enters it.
        metrics: One for each column, in order.
    """

    p_value: float
    marginal: float
    joint: float | None
    metrics: tuple[MetricTests, ...]


def two_sample(
    columns: Sequence[CountedColumn], *, minimum_values: int, first: Sequence[PooledColumn] | None = None
) -> TwoSample:
    """Test a window against one baseline.

    The p-value holds if the images of both sides are independent draws; see the reports' note on day-to-day variation.

    Args:
        columns: The metrics, from `ranks.pool` or `cells.count_column`.
        minimum_values: A metric with fewer values on a side is not tested, but for its missing values.
        first: The same metrics of some of the rows, from which their correlation is taken; `columns` unless given.
    Returns:
        p_value 1 where nothing varies.
    Example:
        >>> from lookoutcv.drift.statistics.ranks import pool
        >>> rng = np.random.default_rng(1)
        >>> two_sample(pool(rng.normal(size=(300, 3)), rng.normal(0.7, 1, (60, 3))), minimum_values=10).p_value < 1e-6
        True
    """
    tests: list[MetricTests] = []
    shifts: list[float] = []
    scores: list[FloatArray] = []
    known = [column for column in columns if isinstance(column, PooledColumn)] if first is None else first
    for column, rows in zip(columns, known, strict=True):
        of_metric, rank_shifts = _test(column, minimum_values)
        tests.append(of_metric)
        shifts.extend(shift for shift in rank_shifts if shift is not None)
        if rank_shifts:
            both = zip(rank_shifts, (rows.location_ranks, rows.dispersion_ranks), strict=True)
            scores.extend(_scores(rows, ranks) for shift, ranks in both if shift is not None)
    single = [p for of_metric in tests for p in of_metric.all]
    if not single:
        return TwoSample(1.0, 1.0, None, tuple(tests))
    marginal = cauchy(single)
    joint = None
    if scores:
        stacked = np.stack(scores)
        correlation = stacked @ stacked.T / (stacked.shape[1] - 1)
        np.fill_diagonal(correlation, 1.0)
        joint = hotelling_p(np.array(shifts), correlation, columns[0].baseline_rows + columns[0].window_rows)
    overall = marginal if joint is None else cauchy([marginal, joint])
    return TwoSample(overall, marginal, joint, tuple(tests))


def ks_distance(column: CountedColumn) -> float:
    """Largest difference of the two distribution functions, in [0, 1]; both sides need a value.

    Example:
        >>> from lookoutcv.drift.statistics.ranks import pool_column
        >>> ks_distance(pool_column(np.array([1.0, 2.0]), np.array([2.0, 3.0])))
        0.5
    """
    in_window = np.cumsum(column.window_sizes) / column.window_present
    in_baseline = np.cumsum(column.sizes - column.window_sizes) / column.baseline_present
    return float(np.max(np.abs(in_window - in_baseline)))


def _test(column: CountedColumn, minimum_values: int) -> tuple[MetricTests, tuple[float | None, ...]]:
    """The tests of one metric, and how far its u and v moved, in standard deviations, for the joint test."""
    missing = _missing_p(column)
    if min(column.baseline_present, column.window_present) < minimum_values or column.constant:
        return MetricTests(missing=missing), ()
    off_baseline, off_window = column.off_mode
    smaller = min(column.baseline_present, column.window_present)
    if (off_baseline + off_window) * smaller / column.present < RARE_EVENTS:
        rare_events = fisher_mid_p(off_baseline, column.baseline_present, off_window, column.window_present)
        return MetricTests(rare_events=rare_events, missing=missing), ()
    location, shift = _rank_test(column, column.location_ranks)
    dispersion, widening = _rank_test(column, column.dispersion_ranks)
    return MetricTests(location, dispersion, _ks_p(column), missing=missing), (shift, widening)


def _missing_p(column: CountedColumn) -> float | None:
    # A metric without any value on a side was not measured there: that is no change of the images.
    if not (column.baseline_present and column.window_present):
        return None
    baseline = column.baseline_rows - column.baseline_present
    window = column.window_rows - column.window_present
    return fisher_mid_p(baseline, column.baseline_rows, window, column.window_rows) if baseline + window else None


def _rank_test(column: CountedColumn, ranks: FloatArray) -> tuple[float | None, float | None]:
    """Permutation z-test on ranks: its p-value and w.

    w is that of the values present: where metrics miss together, a shift over all rows would vary with how many of the
    window's images have values, and the joint test would find 2% of windows at a nominal 1%.
    """
    centred, squares = _centred(column, ranks)
    if not squares:
        return None, None
    n, window = column.present, column.window_present
    w = total(column.window_sizes, centred) / window / math.sqrt(squares / (n - 1) * (n - window) / (window * n))
    return float(2 * ndtr(-abs(w))), float(w)


def _scores(column: PooledColumn, ranks: FloatArray) -> FloatArray:
    """Ranks row by row, with mean 0 and variance 1 over all rows, the missing ones at the mean."""
    centred, squares = _centred(column, ranks)
    rows = column.baseline_rows + column.window_rows
    return column.spread(centred * math.sqrt((rows - 1) / squares) if squares else centred, missing=0.0)


def _centred(column: CountedColumn, ranks: FloatArray) -> tuple[FloatArray, float]:
    """Ranks less their mean, and the sum of their squares over all values; 0 where they do not vary."""
    n = max(column.present, 1)
    centred: FloatArray = ranks - total(column.sizes, ranks) / n
    squares = total(column.sizes, centred**2)
    return centred, squares if squares > n * 1e-18 else 0.0


def _ks_p(column: CountedColumn) -> float:
    """Asymptotic two-sided p-value with Stephens' correction for small samples (JRSS B 32, 1970)."""
    root = math.sqrt(column.window_present * column.baseline_present / column.present)
    return float(kolmogorov((root + 0.12 + 0.11 / root) * ks_distance(column)))
