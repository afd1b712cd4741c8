"""Images worth looking at: those that show the shift best, and those that are typical of each side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lookoutcv.drift.describe.metric_terms import MetricTerms
from lookoutcv.drift.describe.shifted import most_typical, reasons, shift_scores, spread_scores
from lookoutcv.drift.statistics.effects import Effects
from lookoutcv.drift.statistics.ranks import BoolArray, PooledColumn
from lookoutcv.grids import FloatArray, IntArray
from lookoutcv.results.images.image_example import ImageExample

_REASONS = 3


@dataclass(frozen=True)
class Examples:
    """Examples from both sides, as in `DriftReport`."""

    most_shifted: list[ImageExample]
    typical: list[ImageExample]
    baseline_typical: list[ImageExample]


@dataclass(frozen=True, eq=False)
class ShiftContext:
    """What examples are chosen by.

    Args:
        columns, effects, terms: Of every metric, in the same order.
        scores: (M + N, m) normal scores, baseline rows first; NaN = missing.
        related: (m, m), True where two metrics tell the same story.
        moved: Columns that may be named as reasons, strongest first.
    """

    columns: Sequence[PooledColumn]
    effects: Sequence[Effects]
    terms: Sequence[MetricTerms]
    scores: FloatArray
    related: BoolArray
    moved: Sequence[int]


def examples(
    evidence: ShiftContext, ids: Sequence[str], baseline_ids: Sequence[str], count: int, *, shifted: bool
) -> Examples:
    """Choose examples.

    Args:
        evidence: What they are chosen by.
        ids, baseline_ids: Of the N images of the window and the M of the baseline.
        count: At most this many of each kind.
        shifted: Whether there is a shift to show; without one, its direction would be noise.
    """
    rows = len(baseline_ids)
    before, after = evidence.scores[:rows], evidence.scores[rows:]
    distances = np.zeros(len(ids))
    chosen: list[ImageExample] = []
    if len(ids) and rows:
        distances = _distances(evidence, rows)
        if shifted:
            furthest = np.argsort(-distances, kind="stable")[:count]
            chosen = [_example(ids[i], distances[i], _reasons(evidence, after[i])) for i in furthest]
    return Examples(
        chosen,
        _plain(ids, distances, most_typical(after, count)),
        _plain(baseline_ids, np.zeros(rows), most_typical(before, count)),
    )


def _distances(evidence: ShiftContext, rows: int) -> FloatArray:
    """Shift scores; a metric that spreads wider, rather than moves, counts by its distance from the middle."""
    scores = np.nan_to_num(evidence.scores)
    wider = [j for j in evidence.moved if _spreads(evidence.effects[j])]
    if wider:
        scores[:, wider] = np.nan_to_num(spread_scores([evidence.columns[j] for j in wider]))
    return shift_scores(scores[:rows], scores[rows:])


def _reasons(evidence: ShiftContext, scores: FloatArray) -> list[str]:
    known = np.nan_to_num(scores)
    named = [j for j in evidence.moved if _sign(evidence.effects[j]) is not None]
    signs = [_sign(evidence.effects[j]) or 0 for j in named]
    found = reasons(known, named, signs, evidence.related, _REASONS)
    return [evidence.terms[j].direction(up=bool(known[j] > 0)) for j in found]


def _spreads(effects: Effects) -> bool:
    return effects.dispersion > abs(effects.location)


def _sign(effects: Effects) -> int | None:
    """Which way an image must lie to be an example: 1, -1, 0 for both; None where the window spreads less."""
    if _spreads(effects):
        return 0
    if effects.dispersion < -abs(effects.location) or not effects.location:
        return None
    return 1 if effects.location > 0 else -1


def _plain(ids: Sequence[str], distances: FloatArray, rows: IntArray) -> list[ImageExample]:
    return [_example(ids[i], distances[i], []) for i in rows]


def _example(name: str, score: float, why: list[str]) -> ImageExample:
    return ImageExample(name, float(f"{score:.6g}"), why)
