"""Windows whose truth is known, drawn from measured photographs: baseline and window never share an image."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from harness.corrupted import KINDS, Measured, Pictures, Table, measure
from harness.photographs import photographs
from harness.views import tested_metrics
from lookoutcv.corruptions import CORRUPTIONS

LARGEST_BASELINE = 1000
_TOGETHER = 25


@dataclass(frozen=True)
class Draw:
    """Windows of one kind.

    Args:
        name: The set of images.
        kind: The corruption; None for clean windows.
        severity: 1 to 5; means nothing for clean windows.
        images: In each window.
        count: Windows.
        part: Share of each window's images that are corrupted.
        first: Number of the first window: the same number draws the same window.
    """

    name: str
    kind: str | None
    severity: int
    images: int
    count: int
    part: float = 1.0
    first: int = 0

    def pieces(self) -> list[Draw]:
        """The same windows in tasks of a few."""
        starts = range(self.first, self.first + self.count, _TOGETHER)
        return [replace(self, first=s, count=min(_TOGETHER, self.first + self.count - s)) for s in starts]


@dataclass(frozen=True, eq=False)
class Sets:
    """What windows are drawn from.

    Args:
        names: Of the m metrics.
        images: The sets by name.
        baseline: Images in each baseline, by set.
        seed: Of the draws.
    """

    names: tuple[str, ...]
    images: Mapping[str, Measured]
    baseline: Mapping[str, int]
    seed: int

    def sides(self, draw: Draw) -> Iterator[tuple[Table, Table, int]]:
        """Baseline, window, and how many of the window's images, the first ones, are corrupted."""
        images, m = self.images[draw.name], self.baseline[draw.name]
        kind = -1 if draw.kind is None else KINDS.index(draw.kind)
        for number in range(draw.first, draw.first + draw.count):
            key = [self.seed, *draw.name.encode(), kind + 1, draw.severity, draw.images, number]
            order = np.random.default_rng(key).permutation(len(images.clean))
            rows = order[m : m + draw.images]
            window, changed = images.clean[rows], 0
            if kind >= 0:
                changed = round(draw.part * draw.images)
                window[:changed] = images.corrupted[rows[:changed], kind, draw.severity - 1]
            yield images.clean[order[:m]], window, changed


def measured_sets(settings: Namespace, severities: Sequence[int], window: int, seed: int) -> Sets:
    """Measure the photographs and every shipped corruption of each of them.

    Args:
        settings: With `data` and `short_side`.
        severities: Of the copies.
        window: The most images that a window will have: baselines take at most 1,000 of the others.
        seed: Of the copies and of the draws.
    """
    names = tuple(metric.name for metric in tested_metrics())
    with photographs(settings) as found:
        images = {
            name: measure(
                Pictures(files, settings.short_side, len(severities), tuple(CORRUPTIONS), severities), names, seed
            )
            for name, files in found.items()
        }
    baseline = {name: min(LARGEST_BASELINE, len(one.clean) - window) for name, one in images.items()}
    return Sets(names, images, baseline, seed)
