"""Two changes that tests alone or means alone get wrong: one too small to matter, and a spread that doubles.

Rows are drawn with replacement from the metrics of real images, so that both sides are independent draws of one law, as
many as wanted. Then the window is changed by a known amount, and the whole comparison is made, from profiles to report.
The small shift is one of light and colour, whose values are spread evenly enough: 0.05 standard deviations of a metric
with few far values, or mostly zeros, is a large shift of the ordinary ones.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.command import main
from harness.counted import percent
from harness.decisions import Table, smallest_ks_p
from harness.figures import Benchmark, Figure, Goal, Option
from harness.photographs import photographs
from harness.sides import profile_of
from harness.views import measure_views, tested_metrics
from harness.workers import over
from lookoutcv.drift.compare import compare
from lookoutcv.drift.rules.policy import DEFAULT

_SEED = 33
_SMALL_IMAGES, _WIDE_BASELINE, _WIDE_WINDOW = 40_000, 1000, 100
# Light, detail, noise, colour: a spread that doubles in each of them by itself must be found.
_WIDENED = ("exposure.brightness", "sharpness.laplacian", "noise.sigma", "colour.saturation")
_MOVED_SD = 0.05
_MOVED = (
    "exposure.brightness",
    "exposure.contrast",
    "red.mean",
    "green.mean",
    "blue.mean",
)
_AT_LEAST = Goal(0.95, at_least=True)


@dataclass(frozen=True)
class Comparison:
    """One window: `widened` names the metric whose spread doubles; None moves some by 0.05 SD."""

    name: str
    widened: str | None
    seed: int


@dataclass(frozen=True)
class Seen:
    """What was said of it: drift, detectable, drift by KS with Bonferroni, and the largest effect."""

    drifted: bool
    detectable: bool
    ks: bool
    effect: float


def measure(settings: Namespace) -> Iterator[Figure]:
    """Each set of images by itself."""
    with photographs(settings) as found:
        sets = {name: measure_views(files, 2 if len(files) < 1500 else 1, _SEED) for name, files in found.items()}
    for name in sets:
        small = [Comparison(name, None, seed) for seed in range(settings.small)]
        seen = list(over(judged, sets, small))
        both = [one.detectable and not one.drifted for one in seen]
        basis = f"{_SMALL_IMAGES:,} images on each side, {len(_MOVED)} metrics moved, {len(seen)} windows, "
        basis += f"largest effect {max(one.effect for one in seen):.3f}; "
        ks = f"drift by KS with Bonferroni in {sum(one.ks for one in seen)} of them"
        yield Figure(
            f"shift of 0.05 SD found and called negligible, {name}", float(np.mean(both)), "", basis + ks, _AT_LEAST
        )
        for metric in _WIDENED:
            wide = [Comparison(name, metric, seed) for seed in range(settings.windows)]
            hits = sum(one.drifted for one in over(judged, sets, wide))
            basis = f"M = {_WIDE_BASELINE:,}, N = {_WIDE_WINDOW}, mean unchanged; {percent(hits, len(wide))}"
            yield Figure(f"spread of {metric} doubled: drift, {name}", hits / len(wide), "", basis, _AT_LEAST)


def judged(sets: dict[str, Table], comparison: Comparison) -> Seen:
    """Draw a baseline and a window, change the window, compare."""
    table = sets[comparison.name]
    random = np.random.default_rng([_SEED, *comparison.name.encode(), comparison.seed, comparison.widened is None])
    m, n = (_SMALL_IMAGES, _SMALL_IMAGES) if comparison.widened is None else (_WIDE_BASELINE, _WIDE_WINDOW)
    baseline, window = table[random.integers(len(table), size=m)], table[random.integers(len(table), size=n)]
    names = [metric.name for metric in tested_metrics()]
    if comparison.widened is None:
        columns = [names.index(name) for name in _MOVED]
        window[:, columns] += np.float32(_MOVED_SD) * table[:, columns].std(axis=0)
    else:
        column = names.index(comparison.widened)
        middle = np.nanmean(table[:, column])
        window[:, column] = middle + 2 * (window[:, column] - middle)
    report = compare(profile_of(baseline, random), profile_of(window, random), example_count=0)
    significant = report.p_value is not None and report.p_value <= DEFAULT.alpha
    drifted = report.overall_drift_detected is True
    return Seen(drifted, significant, smallest_ks_p(baseline, window) <= DEFAULT.alpha, report.effect)


BENCHMARK = Benchmark(
    "small shifts and doubled spreads",
    measure,
    [
        Option("--small", 10, "windows of 40,000 images with a small shift"),
        Option("--windows", 40, "windows for each doubled spread"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
