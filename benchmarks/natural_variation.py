"""False alarms and power where ordinary days differ, against a baseline of several batches.

Simulated metrics: four hidden conditions (light, focus, scene, sensor), which every image varies and every day moves,
drive eighteen correlated metrics, some of them skewed, rounded, rare or partly missing. Each window is a day of its own
against a baseline of its own, so figures are over days and baselines alike. Beside each share of false alarms stands
that of the rule that takes the baseline for one unordered set, on the same windows.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import numpy as np

from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.two_sample import two_sample
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import batches_of

Matrix = np.ndarray[Any, np.dtype[np.float64]]

BATCHES, BLOCKS, WINDOWS = (5, 10, 20), (30, 50, 100, 200), (30, 100, 300, 1000)
_CONDITIONS, _METRICS = 4, 18
# How far a day moves a condition, in standard deviations of the images of one day.
_DAY = 0.4
# A change of light and focus worth finding: these many such deviations.
_CHANGES = (1.0, 2.0)
_LOADINGS = np.random.default_rng(7).normal(size=(_CONDITIONS, _METRICS))


def day(random: np.random.Generator, images: int, change: float = 0.0) -> Matrix:
    """The metrics of one day's images, (images, 18)."""
    place = random.normal(0, _DAY, _CONDITIONS)
    place[:2] += change
    hidden = place + random.normal(size=(images, _CONDITIONS)) * np.exp(random.normal(0, 0.1, _CONDITIONS))
    seen = hidden @ _LOADINGS + random.normal(size=(images, _METRICS))
    seen[:, 3:6] = np.exp(seen[:, 3:6] / 2)
    seen[:, 6:9] = np.round(seen[:, 6:9])
    seen[:, 9] = random.random(images) < 0.02 * np.exp(random.normal(0, 0.5))
    seen[:, 10] = random.random(images) < 0.002
    seen[random.random(images) < 0.2, 11] = np.nan
    return seen


def alarms(batches: int, block: int, images: int, windows: int, change: float = 0.0) -> tuple[float, float]:
    """Shares of windows called drift, with batches and without."""
    random = np.random.default_rng([batches, block, images, int(10 * change)])
    found = np.zeros(2)
    owner = batches_of([f"{row // block:04d}" for row in range(batches * block)])
    if owner is None:
        raise RuntimeError("no batches")
    for _ in range(windows):
        baseline = np.vstack([day(random, block) for _ in range(batches)])
        columns = pool(baseline, day(random, images, change))
        if max(effects(column).size for column in columns) < DEFAULT.min_effect:
            continue
        tested = batch_test(columns, owner, minimum_values=DEFAULT.minimum_values).tests.p_value
        alone = two_sample(columns, minimum_values=DEFAULT.minimum_values).p_value
        found += [tested <= DEFAULT.alpha, alone <= DEFAULT.alpha]
    return float(found[0] / windows), float(found[1] / windows)


def measure(settings: Namespace) -> Iterator[Figure]:
    """The worst cell and the mean for each K, then power; every cell with --verbose."""
    windows = settings.windows
    for count in BATCHES:
        cells = {(block, n): alarms(count, block, n, windows) for block in BLOCKS for n in WINDOWS}
        rates = np.array(list(cells.values()))
        worst = max(cells, key=lambda cell: cells[cell][0])
        about = f"{len(cells)} cells, {windows:,} windows each; worst at blocks of {worst[0]}, N = {worst[1]}"
        yield Figure(f"false alarms, K = {count}, worst cell", 100 * rates[:, 0].max(), "%", about, Goal(2))
        yield Figure(f"false alarms, K = {count}, mean", 100 * rates[:, 0].mean(), "%", about, Goal(2))
        basis = f"the same windows; {100 * rates[:, 1].min():.0f} to {100 * rates[:, 1].max():.0f}%"
        yield Figure("the same without batches, mean", 100 * rates[:, 1].mean(), "%", basis)
        if settings.verbose:
            for (block, n), (share, _) in cells.items():
                yield Figure(
                    f"K = {count}, blocks of {block}, N = {n}", 100 * share, "%", f"{windows:,} windows", Goal(2)
                )
    for count in BATCHES:
        for change in _CHANGES:
            share, _ = alarms(count, 100, 100, max(windows // 5, 1), change)
            name = f"found, K = {count}, two conditions moved by {change:g} sd"
            yield Figure(name, 100 * share, "%", "blocks of 100, N = 100")


BENCHMARK = Benchmark(
    "natural variation: false alarms against batches",
    measure,
    [Option("--windows", 100, "windows a cell; 1,000 and more for figures to rely on")],
)

if __name__ == "__main__":
    main(BENCHMARK)
