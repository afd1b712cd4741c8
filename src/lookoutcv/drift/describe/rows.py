"""The report's rows: everything about one metric, in figures and in terms."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lookoutcv.drift.describe.distribution import Spread, distribution
from lookoutcv.drift.describe.metric_terms import MetricTerms
from lookoutcv.drift.rules.verdict import MetricDecision
from lookoutcv.drift.statistics.centre import Centre, centre, spread_ratio
from lookoutcv.drift.statistics.columns import CountedColumn
from lookoutcv.drift.statistics.effects import Effects
from lookoutcv.drift.statistics.samples import Samples, metric_values
from lookoutcv.drift.variation.batches import Batches
from lookoutcv.drift.wording.metric_sentences import (
    dispersion_sentence,
    location_sentence,
    missing_sentence,
    still_sentence,
)
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.findings.metric_drift import MetricDrift


@dataclass(frozen=True, eq=False)
class Findings:
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


def metric_rows(findings: Findings, ranked: Sequence[int], groups: Mapping[int, Sequence[int]]) -> list[MetricDrift]:
    """The rows in the order `ranked`.

    Args:
        findings: What is known.
        ranked: Every column, the strongest first.
        groups: Leader -> the metrics it stands for; see `group_related`.
    """
    names = findings.samples.names
    return [_row(findings, j, [names[other] for other in groups.get(j, [])]) for j in ranked]


def _row(findings: Findings, j: int, related: list[str]) -> MetricDrift:
    name, column = findings.samples.names[j], findings.samples.columns[j]
    its, decisions, terms = findings.effects[j], findings.decisions[j], findings.terms[j]
    before, after = findings.baseline.histograms.get(name), findings.window.histograms.get(name)
    means = before.mean if before else None, after.mean if after else None
    typical = centre(column, means, averaged=terms.averaged)
    missing = _missing(column)
    return MetricDrift(
        name=name,
        title=terms.title,
        unit=terms.unit,
        effect=its.strongest,
        location_effect=its.location,
        dispersion_effect=its.dispersion,
        p_value=decisions.p_value,
        significant=decisions.significant,
        before=_rounded(typical.before),
        after=_rounded(typical.after),
        statistic=typical.statistic,
        severity=decisions.severity,
        text=_text(column, its, decisions, typical, terms),
        missing_before=missing[0],
        missing_after=missing[1],
        related=related,
        distribution=distribution(before, after, _spread(findings, name)) if before and after else None,
    )


def _spread(findings: Findings, name: str) -> Spread:
    values = metric_values(findings.baseline.sample, name)
    return Spread(values, findings.window.count, findings.batches)


def _text(column: CountedColumn, its: Effects, decisions: MetricDecision, typical: Centre, terms: MetricTerms) -> str:
    if decisions.moved and abs(its.missing) > its.size:
        return missing_sentence(terms, *_missing(column))
    if not (decisions.moved and its.size) or typical.before is None or typical.after is None:
        return still_sentence(terms)
    if abs(its.dispersion) > abs(its.location):
        unvaried = np.count_nonzero(column.sizes_of(window=False)) == 1
        return dispersion_sentence(terms, math.inf if unvaried else spread_ratio(column), its.dispersion)
    return location_sentence(terms, typical.before, typical.after, its.location, typical.statistic)


def _missing(column: CountedColumn) -> tuple[float, float]:
    """Share of images without a value on each side."""
    sides = (column.baseline_present, column.baseline_rows), (column.window_present, column.window_rows)
    before, after = ((rows - present) / rows if rows else 0.0 for present, rows in sides)
    return before, after


def _rounded(value: float | None) -> float | None:
    """Six digits: what a float32 is worth."""
    return None if value is None else float(f"{value:.6g}")
