"""Counting in cells against scipy.stats on the values themselves, and against sorting all of them."""

import numpy as np
import pytest
from scipy import stats

from lookoutcv.drift.statistics.binned import count_column
from lookoutcv.drift.statistics.centre import centre, spread_ratio
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool, pool_column
from lookoutcv.drift.statistics.two_sample import ks_distance, two_sample

M, N = 3_000, 120_000


def drawn(rng: np.random.Generator, rows: int, shift: float) -> dict[str, np.ndarray]:
    normal = rng.normal(shift, 1, rows)
    columns = {
        "normal": normal,
        "skewed": np.exp(normal),
        "far apart": np.exp(12 * normal),
        "rounded": np.round(normal, 1),
        "mostly zero": np.where(rng.random(rows) < 0.9, 0.0, np.abs(normal)),
        "partly missing": np.where(rng.random(rows) < 0.2, np.nan, normal),
        "a cluster and outliers": np.where(rng.random(rows) < 0.99, 100 + normal / 100, 1e6 * normal),
        "constant": np.full(rows, 0.25),
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}


BASELINE, WINDOW = drawn(np.random.default_rng(29), M, 0.0), drawn(np.random.default_rng(30), N, 0.05)


@pytest.mark.parametrize("name", [name for name in BASELINE if name != "constant"])
def test_many_rows(name: str) -> None:
    x, y = BASELINE[name], WINDOW[name]
    column = count_column(x, y)
    known = [side[~np.isnan(side)].astype(np.float64) for side in (x, y)]
    found = effects(column)
    u = stats.mannwhitneyu(known[1], known[0], method="asymptotic", use_continuity=False)
    assert found.location == pytest.approx(2 * u.statistic / (len(known[0]) * len(known[1])) - 1, abs=1e-5)
    assert found.dispersion == pytest.approx(effects(pool_column(x, y)).dispersion, abs=1e-5)
    tests = two_sample([column], minimum_values=10, first=[pool_column(x[:1000], y[:1000])]).metrics[0]
    assert tests.location == pytest.approx(u.pvalue, abs=3e-4)
    distance = stats.ks_2samp(*known, method="asymp").statistic
    # Within a cell the distance may rise by as much as the baseline has there.
    assert distance - 1e-3 <= ks_distance(column) <= distance + 1e-12
    typical = centre(column)
    if typical.statistic == "median":
        assert (typical.before, typical.after) == pytest.approx([np.median(side) for side in known], rel=5e-3, abs=1e-3)
    assert spread_ratio(column) == pytest.approx(spread_ratio(pool_column(x, y)), rel=5e-3)


def test_a_constant_metric_stays_untested() -> None:
    column = count_column(BASELINE["constant"], WINDOW["constant"])
    assert column.constant
    assert two_sample([column], minimum_values=10, first=pool(np.ones((5, 1)), np.ones((5, 1)))).p_value == 1


def test_all_metrics_together() -> None:
    names = [name for name in BASELINE if name != "constant"]
    counted = [count_column(BASELINE[name], WINDOW[name]) for name in names]
    first = [pool_column(BASELINE[name], WINDOW[name][:5000]) for name in names]
    found = two_sample(counted, minimum_values=10, first=first)
    everything = two_sample([pool_column(BASELINE[name], WINDOW[name]) for name in names], minimum_values=10)
    assert found.marginal == pytest.approx(everything.marginal, rel=0.01)
    assert found.joint == pytest.approx(everything.joint, rel=0.25)
