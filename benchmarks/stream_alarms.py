"""How often a stream of unchanged images raises an alarm, and how soon a change raises one.

Metrics are simulated: correlated, skewed, rounded and mostly zero, as those of images are.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from lookoutcv.drift.sequential.image_stream import RULES, ImageStream

Rows = np.ndarray[Any, np.dtype[np.float32]]

_METRICS = 20
_LOADINGS = np.random.default_rng(98).normal(size=(_METRICS, 5)) / 2
_SIZES = (30, 100, 300, 1000, 2000, 5000)
_CLEAN = 300
_PATIENCE = 3000


def images(random: np.random.Generator, count: int) -> Rows:
    """Metrics of unchanged images."""
    rows = random.normal(size=(count, 5)) @ _LOADINGS.T + 0.7 * random.normal(size=(count, _METRICS))
    rows[:, 4::5] = np.exp(rows[:, 4::5])
    rows[:, 3::5] = np.round(rows[:, 3::5] * 2) / 2
    rows[:, 9::10] = np.where(random.random((count, 2)) < 0.9, 0.0, rows[:, 9::10])
    return np.asarray(rows, dtype=np.float32)


def measure(settings: Namespace) -> Iterator[Figure]:
    """False alarms by the size of the baseline, then delays by size of baseline and of change."""
    for size in _SIZES:
        alarms = sum(_false_alarm(size, seed) for seed in range(settings.streams))
        basis = f"{settings.streams} streams of {RULES.horizon:,} images, {_METRICS} metrics, baseline {size:,}"
        name = f"streams with a false alarm, baseline {size:,}"
        yield Figure(name, alarms / settings.streams, "", basis, Goal(RULES.alpha))
    for size in _SIZES:
        for title, change, goal in _CHANGES:
            delays = [_delay(size, seed, change) for seed in range(settings.delays)]
            missed = sum(delay >= _PATIENCE for delay in delays)
            basis = (
                f"{len(delays)} streams, {_CLEAN} unchanged images first; {missed} not found in {_PATIENCE:,} images"
            )
            yield Figure(f"median delay, {title}, baseline {size:,}", float(np.median(delays)), "images", basis, goal)


def _false_alarm(size: int, seed: int) -> bool:
    random = np.random.default_rng([seed, size, 1])
    return bool(ImageStream(images(random, size)).update_many(images(random, RULES.horizon)))


def _delay(size: int, seed: int, change: Callable[[Rows], None]) -> int:
    random = np.random.default_rng([seed, size, 2])
    stream = ImageStream(images(random, size))
    stream.update_many(images(random, _CLEAN))
    rows = images(random, _PATIENCE)
    change(rows)
    alarms = (number for number, row in enumerate(rows, 1) if stream.update(row) is not None)
    return next(alarms, _PATIENCE)


def _moderate(rows: Rows) -> None:
    rows[:, :4] += 0.8 * rows[:, :4].std(axis=0)


def _slight(rows: Rows) -> None:
    rows[:, :2] += 0.5 * rows[:, :2].std(axis=0)


_CHANGES: list[tuple[str, Callable[[Rows], None], Goal | None]] = [
    ("moderate change (0.8 SD of 4 in 20 metrics)", _moderate, Goal(110)),
    ("slight change (0.5 SD of 2 in 20 metrics)", _slight, None),
]

BENCHMARK = Benchmark(
    "alarms in streams",
    measure,
    [
        Option("--streams", 60, "unchanged streams for each size of the baseline"),
        Option("--delays", 21, "changed streams for each size of the baseline and change"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
