"""A few metrics part by part: the same histogram of each group or class, so that the odd one out is seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.distribution import on_edges
from lookoutcv.drift.describe.groups import MOST_GROUPS
from lookoutcv.drift.describe.strongest import leading_metrics
from lookoutcv.drift.statistics.columns import Values
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool_column
from lookoutcv.drift.statistics.samples import metric_values
from lookoutcv.grids import IntArray
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.group_keys import group_keys
from lookoutcv.results.findings.metric_drift import Distribution, MetricDrift
from lookoutcv.results.findings.multiples import LEAST_IN_PART, Multiples, Part

# A row or three of small charts are looked at; of more parts those that moved most are drawn.
MOST_PARTS = 12
# What an image is of, as far as it is known: its label, or else its prediction.
CLASSES = ("label", "prediction")
_GROUP_METRICS = 2


@dataclass(frozen=True)
class _Sides:
    """Both samples, and the rows of each part of the window in them, the largest first."""

    by: str
    samples: tuple[pa.Table, pa.Table]
    rows: Mapping[str, tuple[IntArray, IntArray]]

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.rows)

    def values(self, metric: str, part: str) -> tuple[Values, Values]:
        """Of both sides; of all of the baseline where it has next to none of the part."""
        before, after = (metric_values(sample, metric) for sample in self.samples)
        rows_before, rows_after = self.rows[part]
        return before[rows_before] if len(rows_before) >= LEAST_IN_PART else before, after[rows_after]

    def before(self, part: str) -> int:
        """The baseline's images of a part."""
        return len(self.rows[part][0])


def multiples(
    baseline: Profile, window: Profile, metrics: Sequence[MetricDrift], group_by: str | None, *, classes: bool = True
) -> list[Multiples]:
    """The metrics that moved most, drawn for each group and for each class.

    Args:
        baseline, window: Their samples are divided.
        metrics: Rows of the report, ranked; one without a distribution is not drawn.
        group_by: What the window was divided by; None for no groups.
        classes: Draw the classes; without a drift there is nothing to see in them.
    """
    drawn = [metric for metric in leading_metrics(metrics) if metric.distribution is not None]
    charts = []
    if group_by is not None:
        sides = _sides(baseline, window, group_by)
        worst = sorted(drawn, key=lambda metric: -max(abs(_effect(sides, metric, part) or 0) for part in sides.parts))
        charts += [_divided(sides, metric) for metric in worst[:_GROUP_METRICS]] if len(sides.parts) > 1 else []
    column = _class_column(baseline, window) if classes else None
    if column is not None and column != group_by:
        sides = _sides(baseline, window, column)
        charts += [_divided(sides, metric) for metric in drawn[:1]] if len(sides.parts) > 1 else []
    return charts


def _class_column(baseline: Profile, window: Profile) -> str | None:
    """Labels where both sides have some, else the predictions."""
    for name in CLASSES:
        if all(side.counts.get(name) and name in side.sample.column_names for side in (baseline, window)):
            return name
    return None


def _sides(baseline: Profile, window: Profile, by: str) -> _Sides:
    before, after = (_rows(side.sample, by) for side in (baseline, window))
    ranked = sorted(after, key=lambda name: (-len(after[name]), name))[:MOST_GROUPS]
    none = np.zeros(0, dtype=np.int64)
    rows = {name: (before.get(name, none), after[name]) for name in ranked}
    return _Sides(by, (baseline.sample, window.sample), rows)


def _rows(sample: pa.Table, by: str) -> dict[str, IntArray]:
    """The rows of each key."""
    keys = sample.column(by).to_pylist() if by in CLASSES else group_keys(sample, by)
    rows: dict[str, list[int]] = {}
    for row, key in enumerate(keys):
        if key is not None:
            rows.setdefault(key, []).append(row)
    return {key: np.array(numbers) for key, numbers in rows.items()}


def _effect(sides: _Sides, metric: MetricDrift, part: str) -> float | None:
    before, after = sides.values(metric.name, part)
    if min(len(before), len(after)) < LEAST_IN_PART:
        return None
    return effects(pool_column(before, after)).location


def _divided(sides: _Sides, metric: MetricDrift) -> Multiples:
    effect = {part: _effect(sides, metric, part) for part in sides.parts}
    most = sorted(sides.parts, key=lambda part: -abs(effect[part] or 0.0))[:MOST_PARTS]
    parts = [_part(sides, metric, part, effect[part]) for part in sides.parts if part in most]
    return Multiples(sides.by, metric.name, metric.title, metric.unit, parts)


def _part(sides: _Sides, metric: MetricDrift, name: str, effect: float | None) -> Part:
    both = sides.values(metric.name, name)
    sizes = sides.before(name), len(both[1])
    drawn = None if metric.distribution is None else _drawn(metric.distribution, both)
    return Part(name, *sizes, None if effect is None else float(f"{effect:.4g}"), drawn)


def _drawn(whole: Distribution, sides: tuple[Values, Values]) -> Distribution:
    """On every second edge of the whole window's chart: small charts show no more, and one axis serves them all."""
    edges = [*whole.edges[:-1:2], whole.edges[-1]]
    before, after = (on_edges(side, np.array(edges)).round(4).tolist() for side in sides)
    return Distribution(edges, before, after, whole.log)
