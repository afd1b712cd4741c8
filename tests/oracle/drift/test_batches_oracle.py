"""The test against batches, beside its formulas written out slowly and SciPy's own distributions."""

import math

import numpy as np
import pytest
from scipy import stats

from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import batches_of


def slow(baseline: np.ndarray, window: np.ndarray, owner: np.ndarray, *, spread: bool) -> float:
    """One metric, value by value."""
    m = len(baseline)
    ranks = [(np.sum(baseline < x) + np.sum(baseline == x) / 2 + 0.5) / (m + 1) for x in [*baseline, *window]]
    u = np.array(ranks)
    parts = [u[:m][owner == b] for b in sorted(set(owner))] + [u[m:]]
    if spread:
        straightened = []
        for part in parts:
            aside = np.mean(part) - 0.5
            chance = np.var(part) / (len(part) - 1)
            straightened.append(np.abs(2 * part - 1) - 4 * aside * (part - np.mean(part)) - 2 * (aside**2 - chance))
        parts = straightened
    batches, last = parts[:-1], parts[-1]
    k, n = len(batches), len(last)
    f, last_f = (
        stats.norm.ppf([np.mean(part) for part in them]) / math.sqrt(2 * math.pi) for them in (batches, [last])
    )
    within = sum(np.sum((part - np.mean(part)) ** 2) for part in batches) / sum(len(part) - 1 for part in batches)
    size = k / sum(1 / len(part) for part in batches)
    between = max(0.0, np.var(f, ddof=1) - within / size)
    if n > size:
        between = max(between, np.var(f, ddof=1) * math.sqrt(2 / (k - 1)))
    variance = between * (1 + 1 / k) + within / n + within / (size * k)
    freedom = (k - 1) * min(1.0, variance / (np.var(f, ddof=1) * (1 + 1 / k)))
    t = (last_f[0] - np.mean(f)) / math.sqrt(variance)
    return float(2 * stats.t.sf(abs(t), freedom))


@pytest.mark.parametrize(("k", "n"), [(5, 30), (5, 400), (12, 60), (20, 500)])
@pytest.mark.parametrize("ties", [False, True])
def test_it_is_the_formula(k: int, n: int, ties: bool) -> None:
    rng = np.random.default_rng([k, n])
    sizes = rng.integers(15, 60, k)
    owner = np.repeat(np.arange(k), sizes)
    baseline = rng.normal(0, 0.5, k)[owner] + rng.normal(size=len(owner))
    window = rng.normal(0.4, 1.3, n)
    if ties:
        baseline, window = np.round(2 * baseline), np.round(2 * window)
    batches = batches_of([f"{b:02}" for b in owner])
    assert batches is not None
    found = batch_test(pool(baseline[:, None], window[:, None]), batches, minimum_values=10)
    (tests,) = found.tests.metrics
    expected = [slow(baseline, window, owner, spread=spread) for spread in (False, True)]
    np.testing.assert_allclose([tests.location, tests.dispersion], expected, rtol=1e-9)
    combined = 0.5 - math.atan(np.mean([math.tan((0.5 - min(p, 0.99)) * math.pi) for p in expected])) / math.pi
    assert found.tests.p_value == pytest.approx(combined)


def test_a_shifted_normal_batch_has_the_spread_that_the_straightening_takes_for_granted() -> None:
    """E|2U - 1| is near 1/2 + 2 d^2 for U the rank of a normal value moved so that E U = 1/2 + d."""
    grid = np.linspace(-8, 8, 20_001)
    for theta in (0.2, 0.5, 1.0, 3.0, 6.0):
        weights = stats.norm.pdf(grid - theta) * (grid[1] - grid[0])
        u = stats.norm.cdf(grid)
        aside = np.sum(weights * u) - 0.5
        assert np.sum(weights * np.abs(2 * u - 1)) == pytest.approx(0.5 + 2 * aside**2, abs=0.025)
