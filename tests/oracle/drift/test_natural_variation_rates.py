"""False alarms and power where every batch differs by itself, counted on simulated days."""

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.compare import compare
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.two_sample import two_sample
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import batches_of
from lookoutcv.profiles.profile import Profile, from_records

LOADINGS = np.random.default_rng(5).normal(size=(3, 10))


def day(rng: np.random.Generator, n: int, change: float = 0.0) -> np.ndarray:
    place = rng.normal(0, 0.5, 3) + np.array([change, change, 0.0])
    x = (place + rng.normal(size=(n, 3)) * np.exp(rng.normal(0, 0.1, 3))) @ LOADINGS + rng.normal(size=(n, 10))
    rare = rng.random((n, 1)) < 0.03 * np.exp(rng.normal(0, 0.5))
    return np.hstack([np.exp(x[:, :3] / 2), np.round(x[:, 3:5]), x[:, 5:], rare])


def shares(k: int, block: int, n: int, windows: int, change: float = 0.0) -> tuple[float, float]:
    """Alarms with batches, and of the rule for one unordered baseline."""
    rng = np.random.default_rng([k, block, n])
    batches = batches_of([f"{i // block:03}" for i in range(k * block)])
    assert batches is not None
    found = np.zeros(2)
    for _ in range(windows):
        columns = pool(np.vstack([day(rng, block) for _ in range(k)]), day(rng, n, change))
        large = max(effects(column).size for column in columns) >= DEFAULT.min_effect
        found[0] += large and batch_test(columns, batches, minimum_values=10).tests.p_value <= DEFAULT.alpha
        found[1] += large and two_sample(columns, minimum_values=10).p_value <= DEFAULT.alpha
    return float(found[0] / windows), float(found[1] / windows)


@pytest.mark.parametrize(
    ("k", "block", "n"), [(5, 30, 30), (5, 200, 1000), (10, 50, 300), (10, 30, 1000), (20, 30, 200), (20, 100, 100)]
)
def test_ordinary_days_are_no_drift(k: int, block: int, n: int) -> None:
    windows = 150
    with_batches, without = shares(k, block, n, windows)
    assert with_batches <= 0.02 + 3 * np.sqrt(0.02 * 0.98 / windows)
    assert without > 0.3


@pytest.mark.parametrize(("k", "change", "at_least"), [(10, 4.0, 0.6), (20, 3.0, 0.8)])
def test_days_beyond_all_others_are_drift(k: int, change: float, at_least: float) -> None:
    assert shares(k, 100, 100, 60, change)[0] >= at_least


def side(rng: np.random.Generator, n: int, groups: int) -> Profile:
    place = rng.integers(0, groups, n)
    x = (rng.normal(size=(n, 3)) + np.arange(groups)[place][:, None]) @ LOADINGS + rng.normal(size=(n, 10))
    columns = {f"my.m{j}": pa.array(x[:, j], pa.float32()) for j in range(10)}
    ids = [f"cam{g}/{i}" for i, g in enumerate(place)]
    return from_records(pa.table({"id": ids, **columns}))


def test_groups_and_the_window_share_one_alpha() -> None:
    rng = np.random.default_rng(3)
    policy = type(DEFAULT)(alpha=0.05)
    windows = 120
    found = sum(
        bool(
            compare(
                side(rng, 400, 3), side(rng, 200, 3), policy, group_by="folder", example_count=0
            ).overall_drift_detected
        )
        for _ in range(windows)
    )
    assert found / windows <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / windows)
