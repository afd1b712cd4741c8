"""The report's rows in figures: everything about one metric that `wording.metric_sentences` makes a row of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.drift.describe.distribution import Spread, distribution
from lookoutcv.drift.describe.metric_terms import MetricTerms
from lookoutcv.drift.rules.verdict import MetricDecision
from lookoutcv.drift.statistics.centre import Centre, centre, spread_ratio
from lookoutcv.drift.statistics.columns import CountedColumn
from lookoutcv.drift.statistics.effects import Effects
from lookoutcv.drift.statistics.samples import Samples, metric_values
from lookoutcv.drift.variation.batches import Batches
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.findings.metric_drift import Distribution

Change = Literal["none", "location", "dispersion", "missing"]


@dataclass(frozen=True, eq=False)
class ComparedMetrics:
    """What the rows are made of. The sequences hold one item a metric, in the order of `samples`.

    `batches` are those that the window was tested against; None for one unordered baseline.
    """

    baseline: Profile
    window: Profile
    samples: Samples
    effects: Sequence[Effects]
    decisions: Sequence[MetricDecision]
    terms: Sequence[MetricTerms]
    batches: Batches | None = None


@dataclass(frozen=True, eq=False)
class MetricRow:
    """One metric in figures.

    Args:
        name, terms: What it is called.
        effects, decision: How far it moved, and what is decided of it.
        centre: The typical value of each side.
        missing: Share of images without a value on each side.
        change: What is worth a sentence: that values moved, spread, or are missing now; "none" for nothing.
        spread_ratio: Where its spread changed: that of the window over the baseline's, infinite where the baseline had
            one value only; None where unknown.
        related: Metrics that this one stands for.
        distribution: For drawing; None where the profile has no histogram.
    """

    name: str
    terms: MetricTerms
    effects: Effects
    decision: MetricDecision
    centre: Centre
    missing: tuple[float, float]
    change: Change
    spread_ratio: float | None
    related: Sequence[str]
    distribution: Distribution | None


def metric_rows(
    metrics: ComparedMetrics, ranked: Sequence[int], groups: Mapping[int, Sequence[int]]
) -> list[MetricRow]:
    """The rows in the order `ranked`.

    Args:
        metrics: What is known of all of them.
        ranked: Every column, the strongest first.
        groups: Leader -> the metrics it stands for; see `group_related`.
    """
    names = metrics.samples.names
    return [_row(metrics, j, [names[other] for other in groups.get(j, [])]) for j in ranked]


def _row(metrics: ComparedMetrics, j: int, related: Sequence[str]) -> MetricRow:
    name, column = metrics.samples.names[j], metrics.samples.columns[j]
    effects, decision, terms = metrics.effects[j], metrics.decisions[j], metrics.terms[j]
    before, after = metrics.baseline.histograms.get(name), metrics.window.histograms.get(name)
    means = before.mean if before else None, after.mean if after else None
    typical = centre(column, means, averaged=terms.averaged)
    change = _change(effects, decision, typical)
    return MetricRow(
        name=name,
        terms=terms,
        effects=effects,
        decision=decision,
        centre=typical,
        missing=_missing(column),
        change=change,
        spread_ratio=_spread_ratio(column) if change == "dispersion" else None,
        related=related,
        distribution=distribution(before, after, _spread(metrics, name)) if before and after else None,
    )


def _spread(metrics: ComparedMetrics, name: str) -> Spread:
    return Spread(metric_values(metrics.baseline.sample, name), metrics.window.count, metrics.batches)


def _change(effects: Effects, decision: MetricDecision, typical: Centre) -> Change:
    if decision.moved and abs(effects.missing) > effects.size:
        return "missing"
    if not (decision.moved and effects.size) or typical.before is None or typical.after is None:
        return "none"
    return "dispersion" if abs(effects.dispersion) > abs(effects.location) else "location"


def _spread_ratio(column: CountedColumn) -> float | None:
    unvaried = np.count_nonzero(column.sizes_of(window=False)) == 1
    return math.inf if unvaried else spread_ratio(column)


def _missing(column: CountedColumn) -> tuple[float, float]:
    """Share of images without a value on each side."""
    sides = (column.baseline_present, column.baseline_rows), (column.window_present, column.window_rows)
    before, after = ((rows - present) / rows if rows else 0.0 for present, rows in sides)
    return before, after
