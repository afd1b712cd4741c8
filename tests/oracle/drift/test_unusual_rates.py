"""False alarms and power on data that break the usual assumptions: frames of a video, ties, gaps, lopsided sides."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.compare import compare
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.two_sample import two_sample
from lookoutcv.drift.variation.autocorrelation import Order
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import batches_of
from lookoutcv.profiles.profile import Profile, from_records

Images = Callable[[np.random.Generator, int], np.ndarray]
LETTERS = str.maketrans("0123456789", "abcdefghij")
LOADINGS = np.random.default_rng(5).normal(size=(3, 8))


def at_most(share: float, windows: int) -> float:
    """That share and three standard errors of the count."""
    return share + 3 * float(np.sqrt(share * (1 - share) / windows))


def frames(rng: np.random.Generator, n: int, autocorrelation: float) -> np.ndarray:
    """Metrics of n frames in a row, each (but for its noise) the one before with something new."""
    new = rng.normal(size=(n, 11)) * np.sqrt(1 - autocorrelation**2)
    seen = np.empty((n, 11))
    seen[0] = rng.normal(size=11)
    for i in range(1, n):
        seen[i] = autocorrelation * seen[i - 1] + new[i]
    x = seen[:, :3] @ LOADINGS + seen[:, 3:] + 0.3 * rng.normal(size=(n, 8))
    x[:, 0], x[:, 1] = np.exp(x[:, 0] / 2), np.round(x[:, 1])
    return x


def side(x: np.ndarray, first: int = 0, names: bool = True) -> Profile:
    ids = [f"line/{first + i:06}.jpg" if names else f"{i}".translate(LETTERS) for i in range(len(x))]
    return from_records(pa.table({"id": ids, **{f"my.m{j}": x[:, j].astype(np.float32) for j in range(x.shape[1])}}))


def video_alarms(
    autocorrelation: float, m: int, n: int, windows: int, *, change: float = 0.0, names: bool = True
) -> float:
    rng = np.random.default_rng([int(100 * autocorrelation), m, n])
    found = 0
    for _ in range(windows):
        window = frames(rng, n, autocorrelation)
        window[:, 2:4] += change
        before, after = side(frames(rng, m, autocorrelation), 0, names), side(window, m, names)
        found += bool(compare(before, after, example_count=0).overall_drift_detected)
    return found / windows


@pytest.mark.parametrize(("autocorrelation", "m", "n"), [(0.4, 1000, 100), (0.9, 1500, 60), (0.9, 2000, 400)])
def test_frames_of_one_video_are_no_drift(autocorrelation: float, m: int, n: int) -> None:
    assert video_alarms(autocorrelation, m, n, 50) <= at_most(0.02, 50)


def test_where_nothing_says_which_frames_are_neighbours_they_are() -> None:
    assert video_alarms(0.9, 1000, 100, 10, names=False) > 0.5


def test_a_video_that_changes_is_drift() -> None:
    assert video_alarms(0.9, 2000, 200, 20, change=8.0) >= 0.8


@pytest.mark.parametrize(("autocorrelation", "block", "n"), [(0.9, 200, 50), (0.9, 200, 150), (0.0, 100, 30)])
def test_a_window_shorter_than_the_batches_varies_more_than_they_do(autocorrelation: float, block: int, n: int) -> None:
    rng = np.random.default_rng([block, n])
    batches, rows = batches_of([f"{i // block:02}" for i in range(20 * block)]), np.arange(20 * block)
    assert batches is not None
    order = Order(rows, np.zeros(len(rows), dtype=np.int64), "name")
    found = 0
    for _ in range(60):
        columns = pool(frames(rng, len(rows), autocorrelation), frames(rng, n, autocorrelation))
        found += batch_test(columns, batches, minimum_values=10, order=order).tests.p_value <= 0.01
    assert found / 60 <= at_most(0.02, 60)


def mixed(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(size=(n, 3)) @ LOADINGS + 0.5 * rng.normal(size=(n, 8))


def rounded(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.round(mixed(rng, n) / 2)


def two_valued(rng: np.random.Generator, n: int) -> np.ndarray:
    return (mixed(rng, n) > 0.8).astype(np.float64)


def mostly_zero(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.where(rng.random((n, 1)) < 0.9, 0.0, mixed(rng, n))


def missing_together(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.where(rng.random((n, 1)) < 0.5, np.nan, mixed(rng, n))


def missing_where_large(rng: np.random.Generator, n: int) -> np.ndarray:
    x = mixed(rng, n)
    return np.where(x > 0.5, np.nan, x)


@pytest.mark.parametrize("images", [rounded, two_valued, mostly_zero, missing_together, missing_where_large])
@pytest.mark.parametrize(("m", "n"), [(30, 30), (500, 30), (30, 500)])
def test_ties_and_gaps_keep_the_level(images: Images, m: int, n: int) -> None:
    rng = np.random.default_rng([m, n])
    windows = 150
    found = sum(two_sample(pool(images(rng, m), images(rng, n)), minimum_values=10).p_value <= 0.01 for _ in range(150))
    assert found / windows <= at_most(0.013, windows)


def test_images_without_any_value_do_not_shift_the_others() -> None:
    rng = np.random.default_rng(8)
    baseline, window = mixed(rng, 400), mixed(rng, 30) + 0.15
    padded = np.vstack([baseline, np.full((400, 8), np.nan)])
    alone, more = (two_sample(pool(one, window), minimum_values=10).joint for one in (baseline, padded))
    assert alone is not None
    assert 1e-4 < alone < 0.5
    # The shrinkage of the correlation knows the number of rows.
    assert more == pytest.approx(alone, rel=0.2)


@pytest.mark.parametrize(("m", "n"), [(40, 10_000), (10_000, 40)])
def test_a_large_side_does_not_make_up_for_a_small_one(m: int, n: int) -> None:
    rng = np.random.default_rng([m, n])
    reports = [compare(side(mixed(rng, m), names=False), side(mixed(rng, n), names=False)) for _ in range(12)]
    assert sum(bool(report.overall_drift_detected) for report in reports) <= 1
    assert all(0.35 < (report.smallest_detectable_effect or 0) < 0.45 for report in reports)
