"""How often unchanged images are called drift, by the sizes of baseline and window.

The images are real with `--data`: photographs and views cut out of them, and CIFAR-10. Every window is a new random
division of a set into baseline, window and the rest, so that nothing differs but by chance, whatever the images are.
To the default metrics come rare and constant ones, ties and gaps. Beside the decision (p-value and effect) stands the
p-value alone.
"""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from harness.command import main
from harness.counted import counts_at, percent
from harness.decisions import Table, decide
from harness.figures import Benchmark, Figure, Goal, Option
from harness.photographs import photographs
from harness.views import measure_views, tested_metrics, with_rare_columns
from harness.workers import over
from lookoutcv.drift.rules.policy import DEFAULT

WINDOWS, BASELINES = (30, 100, 300, 1000), (50, 150, 500, 5000)
_GOAL = Goal(1.3)
_SEED = 31
# A task of so many windows: short enough that both cores end together.
_TOGETHER = 50

# Set, images in the baseline, images in the window, windows, seed.
Task = tuple[str, int, int, int, int]
Sets = Mapping[str, tuple[list[str], Table]]


def measure(settings: Namespace) -> Iterator[Figure]:
    """The worst cell, then every cell: the decision, and below it the p-value alone."""
    with photographs(settings) as found:
        sets = {name: _table(files) for name, files in found.items()}
    tasks = planned({name: len(table) for name, (_, table) in sets.items()}, settings.windows)
    windows: Counter[tuple[int, int]] = Counter()
    alarms: Counter[tuple[int, int]] = Counter()
    by_p_value: Counter[tuple[int, int]] = Counter()
    by_set: Counter[tuple[str, bool]] = Counter()
    for (name, m, n, count, _), (drifted, significant) in zip(tasks, over(counted, sets, tasks), strict=True):
        windows[m, n] += count
        alarms[m, n] += drifted
        by_p_value[m, n] += significant
        by_set.update({(name, True): drifted, (name, False): count})
    worst = max(windows, key=lambda cell: alarms[cell] / windows[cell])
    low, high = counts_at(DEFAULT.alpha, windows[worst])
    basis = (
        f"{len(windows)} cells of {settings.windows:,} windows; worst at M = {worst[0]}, N = {worst[1]}; "
        f"if the truth were 1%, 95% of cells would show {100 * low:.2f} to {100 * high:.2f}%"
    )
    yield Figure("false alarms, worst cell", 100 * alarms[worst] / windows[worst], "%", basis, _GOAL)
    every = percent(alarms.total(), windows.total())
    yield Figure("false alarms, mean of the cells", 100 * alarms.total() / windows.total(), "%", every, _GOAL)
    for name, (names, table) in sets.items():
        hits, count = by_set[name, True], by_set[name, False]
        basis = f"{len(table):,} images, {len(names)} metrics; {percent(hits, count)}"
        yield Figure(f"false alarms, {name}", 100 * hits / count, "%", basis, _GOAL)
    for m, n in windows:
        share, only = 100 * alarms[m, n] / windows[m, n], 100 * by_p_value[m, n] / windows[m, n]
        basis = f"{percent(alarms[m, n], windows[m, n])}; by the p-value alone {only:.2f}%"
        yield Figure(f"false alarms, M = {m}, N = {n}", share, "%", basis, _GOAL)


def planned(images: Mapping[str, int], windows: int) -> list[Task]:
    """Each cell's windows, shared evenly by the sets that are large enough for it; the longest tasks first.

    Args:
        images: How many each set has.
        windows: For a cell.
    """
    tasks = []
    for m in reversed(BASELINES):
        for n in reversed(WINDOWS):
            large = [name for name, count in images.items() if count >= m + n]
            for place, name in enumerate(large):
                share = windows // len(large) + (place < windows % len(large))
                for start in range(0, share, _TOGETHER):
                    tasks.append((name, m, n, min(_TOGETHER, share - start), start))
    return tasks


def counted(sets: Sets, task: Task) -> tuple[int, int]:
    """Of some windows of unchanged images: how many are called drift, and how many by the p-value alone."""
    name, m, n, count, start = task
    names, table = sets[name]
    random = np.random.default_rng([_SEED, *name.encode(), m, n, start])
    drifted = significant = 0
    for _ in range(count):
        rows = random.permutation(len(table))[: m + n]
        found = decide(names, _rows(table, rows[:m]), _rows(table, rows[m:]))
        drifted += found.drifted
        significant += found.significant
    return drifted, significant


def _rows(table: Table, rows: np.ndarray[Any, np.dtype[np.int64]]) -> Table:
    """With each metric's values side by side, as `drift.samples` has them."""
    return table.T[:, rows].T


def _table(files: list[Path]) -> tuple[list[str], Table]:
    each = max(1, -(-(max(WINDOWS) + max(BASELINES)) // len(files))) if len(files) < 1500 else 1
    return with_rare_columns([metric.name for metric in tested_metrics()], measure_views(files, each, _SEED))


BENCHMARK = Benchmark(
    "false alarms on unchanged images",
    measure,
    [Option("--windows", 400, "windows a cell; 4,000 for figures to rely on, about ten minutes of two cores")],
)

if __name__ == "__main__":
    main(BENCHMARK)
