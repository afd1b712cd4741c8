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
    context: ShiftContext, ids: Sequence[str], baseline_ids: Sequence[str], count: int, *, shifted: bool
) -> Examples:
    """Choose examples.

    Args:
        context: What they are chosen by.
        ids, baseline_ids: Of the N images of the window and the M of the baseline.
        count: At most this many of each kind.
        shifted: Whether there is a shift to show; without one, its direction would be noise.
    """
    rows = len(baseline_ids)
    before, after = context.scores[:rows], context.scores[rows:]
    distances = np.zeros(len(ids))
    chosen: list[ImageExample] = []
    if len(ids) and rows:
        distances = _distances(context, rows)
        if shifted:
            furthest = np.argsort(-distances, kind="stable")[:count]
            chosen = [_example(ids[i], distances[i], _reasons(context, after[i])) for i in furthest]
    return Examples(
        chosen,
        _plain(ids, distances, most_typical(after, count)),
        _plain(baseline_ids, np.zeros(rows), most_typical(before, count)),
    )


def _distances(context: ShiftContext, rows: int) -> FloatArray:
    """Shift scores; a metric that spreads wider, rather than moves, counts by its distance from the centre."""
    scores = np.nan_to_num(context.scores)
    wider = [j for j in context.moved if _spreads(context.effects[j])]
    if wider:
        scores[:, wider] = np.nan_to_num(spread_scores([context.columns[j] for j in wider]))
    return shift_scores(scores[:rows], scores[rows:])


def _reasons(context: ShiftContext, scores: FloatArray) -> list[str]:
    known = np.nan_to_num(scores)
    named = [j for j in context.moved if _sign(context.effects[j]) is not None]
    signs = [_sign(context.effects[j]) or 0 for j in named]
    strongest = reasons(known, named, signs, context.related, _REASONS)
    return [context.terms[j].direction(up=bool(known[j] > 0)) for j in strongest]


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
