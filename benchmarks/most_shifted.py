"""Do the images that are shown as most shifted show the shift? 30% of each window is corrupted, the rest clean.

The score is the one that examples are chosen by. AUC: the chance that a corrupted image of the window stands before a
clean one. Beside it Mahalanobis' distance from the baseline on the same scores. Baseline and window share no image.
"""

from __future__ import annotations

from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from harness.command import main
from harness.figures import Benchmark, Figure, Goal, Option
from harness.sides import profile_of
from harness.windows import Draw, Sets, measured_sets
from harness.workers import over
from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.drift.compare import compare
from lookoutcv.drift.describe.shifted import normal_scores
from lookoutcv.drift.statistics.ranks import pool

Vector = np.ndarray[Any, np.dtype[np.float64]]

_SEVERITIES, _PART, _IMAGES = (2, 3, 4), 0.3, 200
_GOALS = {3: Goal(0.92, at_least=True)}
_SEED = 34


def measure(settings: Namespace) -> Iterator[Figure]:
    """For each set and severity: our score and Mahalanobis', over all corruptions."""
    sets = measured_sets(settings, _SEVERITIES, _IMAGES, _SEED)
    draws = [
        Draw(name, kind, severity, _IMAGES, settings.windows, _PART)
        for name in sets.images
        for severity in _SEVERITIES
        for kind in CORRUPTIONS
    ]
    pieces = [piece for draw in draws for piece in draw.pieces()]
    rows: dict[Draw, list[Vector]] = defaultdict(list)
    for piece, found in zip(pieces, over(areas, sets, pieces), strict=True):
        rows[replace(piece, count=0, first=0)].append(found)
    for name in sets.images:
        for severity in _SEVERITIES:
            mine = [replace(draw, count=0) for draw in draws if (draw.name, draw.severity) == (name, severity)]
            found = np.array([np.concatenate(rows[draw]).mean(axis=0) for draw in mine])
            ours, mahalanobis, drifted = found.mean(axis=0)
            lowest = np.argsort(found[:, 0])[:4]
            weakest = ", ".join(f"{mine[j].kind} {found[j, 0]:.2f}" for j in lowest)
            basis = (
                f"M = {sets.baseline[name]:,}, N = {_IMAGES}, {settings.windows} windows of each of {len(mine)} "
                f"corruptions, {100 * drifted:.0f}% called drift; {weakest}"
            )
            title = f"severity {severity}, {name}"
            yield Figure(f"AUC, most shifted, {title}", float(ours), "", basis, _GOALS.get(severity))
            yield Figure(f"AUC, Mahalanobis, {title}", float(mahalanobis), "", "the same windows")


def areas(sets: Sets, draw: Draw) -> Vector:
    """AUC of our score and of Mahalanobis', and whether the window is called drift, for each window, (windows, 3)."""
    found = []
    for number, (baseline, window, changed) in enumerate(sets.sides(draw), draw.first):
        bad = np.arange(len(window)) < changed
        random = np.random.default_rng([_SEED, number])
        report = compare(profile_of(baseline, random), profile_of(window, random), example_count=len(window))
        # Typical images carry the same score as the most shifted ones, and asked for all, all are listed.
        ours = np.array([one.score for one in sorted(report.typical, key=lambda one: int(one.id))])
        scores = np.nan_to_num(normal_scores(pool(baseline, window)))
        theirs = mahalanobis(scores[: len(baseline)], scores[len(baseline) :])
        found.append((roc_auc_score(bad, ours), roc_auc_score(bad, theirs), report.overall_drift_detected is True))
    return np.array(found, dtype=np.float64)


def mahalanobis(baseline: Vector, window: Vector) -> Vector:
    """Each image's squared distance from the baseline's mean, columns that never vary left out, (N,)."""
    varies = baseline.std(axis=0) > 0
    before, after = baseline[:, varies], window[:, varies]
    off = after - before.mean(axis=0)
    # Some metrics are sums of others, up to rounding: the pseudo-inverse leaves those directions out.
    inverse = np.linalg.pinv(np.cov(before, rowvar=False), rcond=1e-6, hermitian=True)
    return np.asarray(np.einsum("ij,jk,ik->i", off, inverse, off))


BENCHMARK = Benchmark(
    "the most shifted images",
    measure,
    [
        Option("--windows", 20, "windows of each corruption and severity"),
        Option("--short-side", 320, "larger photographs are reduced to it, in pixels"),
    ],
)

if __name__ == "__main__":
    main(BENCHMARK)
