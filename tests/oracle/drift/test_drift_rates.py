"""False alarms and power, counted on windows whose truth is known."""

from collections.abc import Callable

import numpy as np
import pytest

from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.rules.verdict import Verdict, calibrated
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool

LOADINGS = np.random.default_rng(99).normal(size=(9, 3))
NAMES = [f"my.m{j}" for j in range(16)]


def images(rng: np.random.Generator, n: int) -> np.ndarray:
    """Metrics as images give them: correlated, skewed, tied, heavy-tailed, rare, constant, missing, doubled."""
    x = rng.normal(size=(n, 3)) @ LOADINGS.T + 0.5 * rng.normal(size=(n, 9))
    rare = np.stack([(rng.random(n) < 0.02) * rng.random(n), rng.random(n) < 0.002, rng.random(n) < 0.3], axis=1)
    gaps = x[:, :1] + rng.normal(size=(n, 1))
    gaps[rng.random(n) < 0.3] = np.nan
    tails = rng.standard_cauchy(size=(n, 1))
    return np.hstack(
        [x[:, :4], np.exp(x[:, 4:7]), np.round(x[:, 7:]), rare, gaps, tails, np.ones((n, 1)), x[:, :1] + 1e-3 * tails]
    )


def verdict_for(baseline: np.ndarray, window: np.ndarray) -> Verdict:
    columns = pool(baseline, window)
    return calibrated(NAMES, columns, [effects(c) for c in columns], DEFAULT)


def share(m: int, n: int, windows: int, seed: int, change: Callable[[np.ndarray], None] | None = None) -> float:
    rng = np.random.default_rng([seed, m, n])
    found = 0
    for _ in range(windows):
        window = images(rng, n)
        if change:
            change(window)
        found += bool(verdict_for(images(rng, m), window).drifted)
    return found / windows


@pytest.mark.parametrize(("m", "n"), [(30, 30), (100, 60), (60, 600), (1000, 100)])
def test_false_alarms_keep_to_their_nominal_share(m: int, n: int) -> None:
    windows = 500
    # 1.3% is the promise; three standard errors of the count come on top.
    assert share(m, n, windows, seed=1) <= 0.013 + 3 * np.sqrt(0.01 * 0.99 / windows)


def brighter(window: np.ndarray) -> None:
    window[:, 1] += 0.8 * np.std(window[:, 1])


def restless(window: np.ndarray) -> None:
    window[:, 1] *= 1.8


def flares(window: np.ndarray) -> None:
    window[:15, 10] = 1.0


@pytest.mark.parametrize(
    ("change", "at_least"),
    [(brighter, 0.95), (restless, 0.9), (flares, 0.95)],
)
def test_moderate_shifts_in_one_metric_are_found(change: Callable[[np.ndarray], None], at_least: float) -> None:
    assert share(1000, 100, 80, seed=2, change=change) >= at_least


def test_a_weak_shift_of_all_metrics_together_is_found() -> None:
    def all_a_little(window: np.ndarray) -> None:
        window[:, :9] += 0.3 * np.std(window[:, :9], axis=0) * (-1.0) ** np.arange(9)

    assert share(1000, 100, 80, seed=3, change=all_a_little) >= 0.95
