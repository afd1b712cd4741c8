"""How often corrupted images are called drift: the shipped corruptions, by severity and size of the window.

Baseline and window never share an image. Beside our rule stand two others on the same windows: Kolmogorov-Smirnov on
every metric, the smallest p counting, as alibi-detect's KSDrift has it, at the limit where it calls as many clean
windows drift as our rule does; and our policy `fixed`.
"""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from harness.command import main
from harness.counted import percent
from harness.decisions import beyond_limits, decide, smallest_ks_p
from harness.figures import Benchmark, Figure, Goal, Option
from harness.windows import Draw, Sets, measured_sets
from harness.workers import over
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.drift.rules.policy import DEFAULT

Matrix = np.ndarray[Any, np.dtype[np.float64]]

# Severity, images in the window, the goal; without one, what KSDrift finds is the goal.
Cell = tuple[int, int, float | None]
CELLS: tuple[Cell, ...] = ((2, 100, 0.95), (3, 30, 0.97), (1, 50, None))
_SEED = 32
# Of two corruptions whose power differs by less, a hundred windows cannot say which has more.
_NOTABLE = 0.05


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What three rules say of the same windows, (windows,) each: drift, Bonferroni's p-value, drift."""

    ours: Matrix
    ks: Matrix
    fixed: Matrix

    @classmethod
    def joined(cls, parts: Sequence[Matrix]) -> Outcomes:
        """Of tasks' rows."""
        return cls(*np.concatenate(parts).T)

    def half(self, which: int) -> Outcomes:
        """Every other window."""
        return Outcomes(self.ours[which::2], self.ks[which::2], self.fixed[which::2])

    def ks_limit(self) -> float:
        """The limit at which KS calls as many of these windows drift as our rule does."""
        ordered, alarms = np.sort(self.ks), int(self.ours.sum())
        return float(ordered[alarms - 1 : alarms + 1].mean()) if alarms else float(np.nextafter(ordered[0], 0))


def measure(settings: Namespace) -> Iterator[Figure]:
    """Each set of images by itself: our power in each cell and that of the others, then their false alarms."""
    sets = measured_sets(settings, (1, 2, 3), max(images for _, images, _ in CELLS), _SEED)
    draws = [draw for name in sets.images for cell in CELLS for draw in _draws(name, cell, settings)]
    pieces = [piece for draw in draws for piece in draw.pieces()]
    rows: dict[Draw, list[Matrix]] = defaultdict(list)
    for piece, found in zip(pieces, over(judged, sets, pieces), strict=True):
        rows[replace(piece, count=0, first=0)].append(found)
    for name in sets.images:
        about = f"{len(sets.images[name].clean):,} images, M = {sets.baseline[name]:,}, {settings.windows} windows"
        for cell in CELLS:
            mine = [replace(draw, count=0) for draw in _draws(name, cell, settings)]
            outcomes = {draw.kind: Outcomes.joined(rows[draw]) for draw in mine}
            title = f"severity {cell[0]}, N = {cell[1]}, {name}"
            yield from _figures(title, about, outcomes.pop(None), outcomes, cell[2])


def _draws(name: str, cell: Cell, settings: Namespace) -> list[Draw]:
    severity, images, _ = cell
    corrupted = [Draw(name, kind, severity, images, settings.windows) for kind in CORRUPTIONS]
    return [Draw(name, None, 0, images, settings.clean), *corrupted]


def judged(sets: Sets, draw: Draw) -> Matrix:
    """What each rule says of each window, (windows, 3)."""
    rows = []
    for baseline, window, _ in sets.sides(draw):
        ours = decide(sets.names, baseline, window).drifted
        rows.append((ours, smallest_ks_p(baseline, window), beyond_limits(sets.names, baseline, window)))
    return np.array(rows, dtype=np.float64)


def _figures(
    title: str, about: str, clean: Outcomes, found: dict[Any, Outcomes], least: float | None
) -> Iterator[Figure]:
    # The limit is found on one half of the clean windows and seen to hold on the other.
    limit, held_out = clean.half(0).ks_limit(), clean.half(1)
    ours = {kind: float(one.ours.mean()) for kind, one in found.items()}
    ks = {kind: float((one.ks <= limit).mean()) for kind, one in found.items()}
    mean_ours, mean_ks = float(np.mean(list(ours.values()))), float(np.mean(list(ks.values())))
    weakest = ", ".join(f"{kind} {ours[kind]:.2f}" for kind in sorted(ours, key=lambda kind: ours[kind])[:4])
    goal = Goal(mean_ks if least is None else least, at_least=True)
    yield Figure(f"power, {title}", mean_ours, "", f"{about} of each of {len(found)} corruptions; {weakest}", goal)
    better = [f"{k} {ks[k]:.2f} ({ours[k]:.2f})" for k in ks if abs(ks[k] - ours[k]) >= _NOTABLE]
    basis = (
        f"KS p {limit:.3g} instead of {DEFAULT.alpha:g}; KS (ours) where they differ: {', '.join(better) or 'nowhere'}"
    )
    differences = np.concatenate([one.ours - (one.ks <= limit) for one in found.values()])
    error = float(differences.std(ddof=1) / np.sqrt(len(differences)))
    basis += f"; ours less KS, window by window: {differences.mean():+.4f}, standard error {error:.4f}"
    yield Figure(f"power of KS at the same false alarms, {title}", mean_ks, "", basis)
    plain = float(np.mean([(one.ks <= DEFAULT.alpha).mean() for one in found.values()]))
    alarms = percent(int((clean.ks <= DEFAULT.alpha).sum()), len(clean.ks))
    yield Figure(f"power of KS, Bonferroni at 1%, {title}", plain, "", f"false alarms: {alarms}")
    fixed = float(np.mean([one.fixed.mean() for one in found.values()]))
    alarms = percent(int(clean.fixed.sum()), len(clean.fixed))
    yield Figure(f"power of policy fixed, {title}", fixed, "", f"false alarms: {alarms}")
    for rule, hits in (("ours", held_out.ours), ("KS at our limit", held_out.ks <= limit)):
        basis = f"{percent(int(hits.sum()), len(hits))}, clean windows that set no limit"
        yield Figure(f"false alarms, {rule}, {title}", 100 * float(hits.mean()), "%", basis)


BENCHMARK = Benchmark(
    "power against corruptions",
    measure,
    [
        Option("--windows", 40, "windows of each corruption, severity and size; 100 and more for figures to rely on"),
        Option("--clean", 1000, "clean windows of each size, half of them to set the limit of KS"),
        Option("--short-side", 320, "larger photographs are reduced to it, in pixels"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
