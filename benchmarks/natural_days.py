"""False alarms and power where ordinary days differ, on real images: each day under its own light and sensor.

A day is a set of photographs under mild conditions that all of them share: exposure, contrast, white balance, gamma,
sensor noise and focus. Some hundred days are measured; a window is a day that its baseline of K other days does not
hold. Beside each share of false alarms stands that of the rule that takes the baseline for one unordered set.
`natural_variation.py` does the same on simulated metrics, with a new law of days for every window.
"""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from harness.command import main
from harness.conditions import Conditions
from harness.corrupted import copy_of, loaded, values_of
from harness.decisions import Table, decide
from harness.figures import Benchmark, Figure, Goal, Option
from harness.photographs import photographs
from harness.views import tested_metrics
from harness.workers import over
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.rules.verdict import decide as verdict_of
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.variation.batch_test import batch_test
from lookoutcv.drift.variation.batches import Batches
from lookoutcv.pixels.view import Pixels

BATCHES, BLOCKS, WINDOWS = (5, 10, 20), (30, 50, 100, 200), (30, 100, 200)
SEVERITIES = (2, 3, 4)
_IMAGES_A_DAY = 200
_FAULTY_DAYS = 6
_SEED = 35
_TOGETHER = 25


@dataclass(frozen=True)
class Day:
    """A day of a set of images; with `fault`, a corruption and its severity, on all of its images."""

    name: str
    number: int
    fault: tuple[str, int] | None = None


@dataclass(frozen=True)
class Cell:
    """Windows of one kind: K days of `block` images, a window of `images`; `severity` 0 for ordinary ones."""

    name: str
    batches: int
    block: int
    images: int
    severity: int
    first: int
    count: int


Days = Mapping[tuple[str, int], Sequence[Table]]


def measure(settings: Namespace) -> Iterator[Figure]:
    """Each set: the worst cell and the mean for each K, then power against faults."""
    days: dict[tuple[str, int], list[Table]] = defaultdict(list)
    with photographs(settings) as found:
        for name, files in found.items():
            _measure_days(name, files, settings, days)
    cells = [
        Cell(name, k, block, n, 0, 0, settings.windows)
        for name in found
        for k in BATCHES
        for block in BLOCKS
        for n in WINDOWS
    ]
    faults = [
        Cell(name, k, 100, 100, severity, 0, settings.windows)
        for name in found
        for k in BATCHES
        for severity in SEVERITIES
    ]
    counts = _counted(days, [*cells, *faults])
    for name in found:
        for k in BATCHES:
            mine = [cell for cell in cells if (cell.name, cell.batches) == (name, k)]
            yield from _false_alarms(f"K = {k}, {name}", mine, counts, settings)
    for cell in faults:
        title = f"power, severity {cell.severity}, K = {cell.batches}, {cell.name}"
        basis = f"blocks of 100, N = 100; {len(CORRUPTIONS)} corruptions on days of their own"
        yield Figure(title, counts[cell][0] / cell.count, "", basis)


def _false_alarms(
    title: str, cells: Sequence[Cell], counts: Mapping[Cell, Any], settings: Namespace
) -> Iterator[Figure]:
    shares = {cell: 100 * counts[cell] / cell.count for cell in cells}
    worst = max(cells, key=lambda cell: float(shares[cell][0]))
    days = f"{settings.days} days"
    basis = (
        f"{len(cells)} cells of {worst.count:,} windows, {days}; worst at blocks of {worst.block}, N = {worst.images}"
    )
    yield Figure(f"false alarms, {title}, worst cell", float(shares[worst][0]), "%", basis, Goal(2))
    ours, alone = np.mean(list(shares.values()), axis=0)
    yield Figure(f"false alarms, {title}, mean", float(ours), "%", f"{len(cells)} cells", Goal(2))
    yield Figure(f"the same without batches, {title}, mean", float(alone), "%", "the same windows")
    if settings.verbose:
        for cell, (share, _) in shares.items():
            yield Figure(f"{title}, blocks of {cell.block}, N = {cell.images}", float(share), "%", days, Goal(2))


def _measure_days(
    name: str, files: Sequence[Path], settings: Namespace, days: dict[tuple[str, int], list[Table]]
) -> None:
    random = np.random.default_rng(_SEED)
    pictures = [loaded(path, settings.short_side, random) for path in files]
    plan = [Day(name, number) for number in range(settings.days)]
    faults = [(kind, severity) for severity in SEVERITIES for kind in CORRUPTIONS]
    plan += [Day(name, settings.days + number, fault) for number, fault in enumerate(faults * _FAULTY_DAYS)]
    for day, table in zip(plan, over(measured_day, pictures, plan), strict=True):
        days[name, day.fault[1] if day.fault else 0].append(table)


def measured_day(pictures: Sequence[Pixels], day: Day) -> Table:
    """Metrics of one day's images, (images, m)."""
    cv2.setNumThreads(1)
    random = np.random.default_rng([_SEED, *day.name.encode(), day.number])
    conditions = Conditions.drawn(random)
    names = [metric.name for metric in tested_metrics()]
    rows = []
    for picture in random.choice(len(pictures), min(_IMAGES_A_DAY, len(pictures)), replace=False):
        pixels = conditions.applied(pictures[picture], random)
        if day.fault is not None:
            pixels = copy_of(*day.fault, pixels, random)
        rows.append(values_of(pixels, names))
    return np.array(rows, dtype=np.float32)


def _counted(days: Days, cells: Sequence[Cell]) -> dict[Cell, Any]:
    pieces = [
        Cell(c.name, c.batches, c.block, c.images, c.severity, first, min(_TOGETHER, c.count - first))
        for c in cells
        for first in range(0, c.count, _TOGETHER)
    ]
    totals: dict[Cell, Any] = {cell: np.zeros(2) for cell in cells}
    owner = {(c.name, c.batches, c.block, c.images, c.severity): c for c in cells}
    for piece, found in zip(pieces, over(alarms, dict(days), pieces), strict=True):
        totals[owner[piece.name, piece.batches, piece.block, piece.images, piece.severity]] += found
    return totals


def alarms(days: Days, cell: Cell) -> tuple[int, int]:
    """Of some windows: how many are called drift against their batches, and against the same images without them."""
    names = [metric.name for metric in tested_metrics()]
    owner = Batches(np.repeat(np.arange(cell.batches), cell.block), cell.batches)
    ordinary, faulty = days[cell.name, 0], days.get((cell.name, cell.severity), ())
    ours = alone = 0
    for number in range(cell.first, cell.first + cell.count):
        key = [_SEED, *cell.name.encode(), cell.batches, cell.block, cell.images, cell.severity, number]
        random = np.random.default_rng(key)
        chosen = random.permutation(len(ordinary))
        window = faulty[number % len(faulty)] if cell.severity else ordinary[chosen[-1]]
        baseline = np.concatenate([_some(ordinary[d], cell.block, random) for d in chosen[: cell.batches]])
        window = _some(window, cell.images, random)
        columns = pool(baseline, window)
        tested = batch_test(columns, owner, minimum_values=DEFAULT.minimum_values).tests
        sizes = (len(baseline), len(window))
        ours += verdict_of(names, tested, [effects(column) for column in columns], sizes, DEFAULT).drifted is True
        alone += decide(names, baseline, window).drifted
    return ours, alone


def _some(table: Table, count: int, random: np.random.Generator) -> Table:
    return table[random.permutation(len(table))[:count]]


BENCHMARK = Benchmark(
    "natural variation: days of real images",
    measure,
    [
        Option("--windows", 100, "windows a cell"),
        Option("--days", 200, "ordinary days that are measured; windows and baselines are drawn among them"),
        Option("--short-side", 96, "photographs are reduced to it, in pixels"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
