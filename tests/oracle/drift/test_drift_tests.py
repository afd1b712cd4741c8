"""The tests against scipy.stats, which the package itself does not import."""

import numpy as np
import pytest
from scipy import stats

from lookoutcv.drift.describe.shifted import normal_scores
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.joint import joint_p
from lookoutcv.drift.statistics.ranks import pool_column
from lookoutcv.drift.statistics.rare_events import fisher_mid_p, fisher_mid_p_more
from lookoutcv.drift.statistics.two_sample import ks_distance, two_sample


def pairs(rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    found = []
    for m, n, shift in [(30, 30, 0.0), (200, 45, 0.4), (60, 500, -0.2), (1000, 100, 1.0)]:
        x, y = rng.normal(size=m), rng.normal(size=n) + shift
        found += [(x, y), (np.round(2 * x), np.round(2 * y))]
    return found


PAIRS = pairs(np.random.default_rng(17))


@pytest.mark.parametrize(("x", "y"), PAIRS)
def test_pooled_ranks(x: np.ndarray, y: np.ndarray) -> None:
    column = pool_column(x, y)
    ranks = stats.rankdata(np.concatenate([x, y]))
    np.testing.assert_allclose(column.spread(column.location_ranks), ranks / len(ranks))
    distance = np.abs(2 * ranks - len(ranks) - 1)
    np.testing.assert_allclose(column.spread(column.dispersion_ranks), stats.rankdata(distance) / len(ranks))


@pytest.mark.parametrize(("x", "y"), PAIRS)
def test_effects_are_cliffs_delta(x: np.ndarray, y: np.ndarray) -> None:
    found = effects(pool_column(x, y))
    assert found.location == pytest.approx(np.sign(y[:, None] - x).mean(), abs=1e-12)
    assert found.location == pytest.approx(2 * stats.mannwhitneyu(y, x).statistic / (len(x) * len(y)) - 1, abs=1e-12)
    ranks = stats.rankdata(np.concatenate([x, y]))
    distance = np.abs(2 * ranks - len(ranks) - 1)
    expected = np.sign(distance[len(x) :, None] - distance[: len(x)]).mean()
    assert found.dispersion == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("x", "y"), PAIRS)
def test_location_is_the_rank_sum_test(x: np.ndarray, y: np.ndarray) -> None:
    found = two_sample([pool_column(x, y)], minimum_values=10).metrics[0]
    expected = stats.mannwhitneyu(y, x, method="asymptotic", use_continuity=False).pvalue
    assert found.location == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("x", "y"), PAIRS)
def test_the_distribution_test_is_kolmogorov_smirnov(x: np.ndarray, y: np.ndarray) -> None:
    column = pool_column(x, y)
    expected = stats.ks_2samp(x, y, method="asymp")
    assert ks_distance(column) == pytest.approx(expected.statistic)
    found = two_sample([column], minimum_values=10).metrics[0].distribution
    root = np.sqrt(len(x) * len(y) / (len(x) + len(y)))
    stephens = stats.kstwobign.sf((root + 0.12 + 0.11 / root) * expected.statistic)
    assert found == pytest.approx(stephens, rel=1e-9)


def mid_p(a: int, m: int, b: int, n: int) -> float:
    """Written a second time: every table of the hypergeometric distribution, one by one."""
    law = stats.hypergeom(m + n, a + b, n)
    seen = law.pmf(b)
    total = 0.0
    for k in range(max(0, a + b - m), min(n, a + b) + 1):
        chance = law.pmf(k)
        if np.isclose(chance, seen, rtol=1e-7):
            total += chance / 2
        elif chance < seen:
            total += chance
    return total


@pytest.mark.parametrize(
    ("a", "m", "b", "n"),
    [(0, 1000, 5, 100), (3, 30, 9, 30), (7, 40, 0, 300), (1, 50, 1, 50), (120, 5000, 30, 900), (2, 2, 9, 400)],
)
def test_fisher_mid_p(a: int, m: int, b: int, n: int) -> None:
    assert fisher_mid_p(a, m, b, n) == pytest.approx(mid_p(a, m, b, n), rel=1e-6)
    # The usual two-sided p-value counts the tables as probable as the one seen whole.
    assert fisher_mid_p(a, m, b, n) < stats.fisher_exact([[a, m - a], [b, n - b]]).pvalue


@pytest.mark.parametrize(
    ("a", "m", "b", "n"),
    [(100, 1000, 12, 40), (3, 30, 9, 30), (7, 40, 0, 300), (1, 50, 1, 50), (120, 5000, 30, 99), (0, 20, 0, 20)],
)
def test_one_sided_fisher_mid_p(a: int, m: int, b: int, n: int) -> None:
    exact = stats.fisher_exact([[b, n - b], [a, m - a]], alternative="greater").pvalue
    expected = exact - stats.hypergeom(m + n, a + b, n).pmf(b) / 2
    assert fisher_mid_p_more(a, m, b, n) == pytest.approx(expected, rel=1e-6)


def test_the_joint_test_nears_hotelling_with_many_rows(rng: np.random.Generator) -> None:
    x = rng.multivariate_normal([0, 0, 0], [[1, 0.6, 0], [0.6, 1, 0.3], [0, 0.3, 1]], size=6000)
    x[4500:, 2] += 0.06
    z = ((x - x.mean(axis=0)) / x.std(axis=0, ddof=1)).T
    w = z[:, 4500:].sum(axis=1) * np.sqrt(6000 / (4500 * 1500))
    hotelling = stats.chi2.sf(w @ np.linalg.solve(np.corrcoef(z), w), 3)
    assert joint_p(z, 1500) == pytest.approx(hotelling, rel=0.2)


def test_normal_scores_are_those_of_the_baselines_ranks(rng: np.random.Generator) -> None:
    x, y = rng.normal(size=80), rng.normal(size=20)
    u = np.array([(np.sum(x < v) + np.sum(x == v) / 2 + 0.5) / 81 for v in np.concatenate([x, y])])
    z = stats.norm.ppf(u)
    expected = (z - z[:80].mean()) / z[:80].std(ddof=1)
    np.testing.assert_allclose(normal_scores([pool_column(x, y)])[:, 0], expected)
