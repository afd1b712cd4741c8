"""Each group of a window (a camera, a site, a day) against the baseline's images of the same group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.metric_terms import terms_of
from lookoutcv.drift.describe.rows import ComparedMetrics, MetricRow, metric_rows
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.select_test import Comparison, verdict_for
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.combination import holm_adjusted
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import BoolArray
from lookoutcv.drift.statistics.samples import common_samples
from lookoutcv.metrics import Metric
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.records.group_keys import division, group_keys, no_keys, tag_names
from lookoutcv.results.severity import Severity

# Each group costs a comparison; a table of more is not read.
MOST_GROUPS = 50


@dataclass(frozen=True, eq=False)
class GroupComparison:
    """One group of the window, in figures.

    Args:
        name: The value that its images share.
        images: Of the window.
        verdict: On the group, at the level that all groups together leave it.
        p_value: Of this group alone; None where it was not tested.
        adjusted_p_value: After the correction over all groups and the window as a whole.
        significant: Whether that is at most alpha.
        against: "group": the baseline's images of the same group. "baseline": all of it, for want of those.
        rows: Its metrics, ranked; empty unless it drifted.
    """

    name: str
    images: int
    verdict: Verdict
    p_value: float | None
    adjusted_p_value: float | None
    significant: bool
    against: Literal["group", "baseline"]
    rows: tuple[MetricRow, ...] = ()

    @property
    def severity(self) -> Severity:
        """Of its verdict."""
        return self.verdict.severity


@dataclass(frozen=True, eq=False)
class Grouping:
    """The groups of a window.

    Args:
        by: What they are groups of.
        groups: The largest first.
        smaller: How many further, smaller groups were not compared.
        without_key: Images of the window that belong to no group.
        absent: Groups of the baseline without any image in the window.
    """

    by: str
    groups: tuple[GroupComparison, ...]
    smaller: int = 0
    without_key: int = 0
    absent: tuple[str, ...] = ()

    @property
    def tests(self) -> int:
        """Parts that alpha is shared by: 2 where any group was tested, else 1, the window as a whole."""
        return 2 if any(group.p_value is not None for group in self.groups) else 1

    def shared(self, parts: int) -> Grouping:
        """The same where groups and window have one of so many parts of alpha: adjusted p-values are multiplied."""
        adjusted = [(group, group.adjusted_p_value) for group in self.groups]
        multiplied = [
            group if p is None else replace(group, adjusted_p_value=min(1.0, parts * p)) for group, p in adjusted
        ]
        return replace(self, groups=tuple(multiplied))

    @property
    def drifted(self) -> list[GroupComparison]:
        """Groups that drifted, the worst first."""
        worst = [group for group in self.groups if group.severity >= Severity.LOW]
        return sorted(worst, key=lambda group: (group.severity, group.verdict.effect), reverse=True)


@dataclass(frozen=True, eq=False)
class _Part:
    """One group's comparison, before the correction for the number of groups."""

    name: str
    comparison: Comparison
    own: bool
    verdict: Verdict


def compare_groups(
    baseline: Profile,
    window: Profile,
    by: str,
    policy: Policy,
    *,
    metrics: Sequence[Metric] = (),
    consecutive: bool = False,
) -> Grouping:
    """Compare each group of a window with the same group of the baseline, or with all of it where that is too small.

    Half of alpha is for the groups together (Holm), half for the window as a whole, so that the chance of any false
    alarm stays alpha. The groups' adjusted p-values are doubled to be compared with alpha itself.

    Args:
        baseline, window: Both sides; their samples are divided.
        by: "folder", "day", "size", "label", "camera", "format" or a tag.
        policy: The rules for each group, alpha being that of the whole report.
        metrics: Metrics that no plugin provides, for their wording.
        consecutive: As in `Comparison`.
    Raises:
        ConfigError: No image of the window has such a value.
        IncompatibleProfiles: The sides have no metric in common.
    """
    of_window = group_keys(window.sample, by)
    sizes = Counter(key for key in of_window if key is not None)
    if not sizes:
        raise no_keys(division(by, "group_by"), tag_names(window.sample))
    of_baseline = np.array(group_keys(baseline.sample, by), dtype=object)
    ranked = sorted(sizes, key=lambda name: (-sizes[name], name))[:MOST_GROUPS]
    parts = []
    for name in ranked:
        own = of_baseline == name
        enough = int(np.count_nonzero(own)) >= policy.minimum_baseline
        before = _part(baseline, own) if enough else baseline
        after = _part(window, np.array(of_window, dtype=object) == name)
        samples = common_samples(before, after)
        of_metrics = [effects(column) for column in samples.columns]
        comparison = Comparison(before, after, samples, of_metrics, consecutive)
        parts.append(_Part(name, comparison, enough, verdict_for(comparison, policy)))
    return Grouping(
        by,
        tuple(_corrected(parts, policy, metrics)),
        smaller=len(sizes) - len(parts),
        without_key=sum(key is None for key in of_window),
        absent=_absent(of_baseline, sizes, policy),
    )


def _part(profile: Profile, rows: BoolArray) -> Profile:
    return from_records(profile.sample.filter(pa.array(rows)), profile.sample_size)


def _corrected(parts: Sequence[_Part], policy: Policy, metrics: Sequence[Metric]) -> list[GroupComparison]:
    adjusted = holm_adjusted([part.verdict.p_value for part in parts])
    return [_group(part, p, policy, metrics) for part, p in zip(parts, adjusted, strict=True)]


def _group(part: _Part, adjusted: float | None, policy: Policy, metrics: Sequence[Metric]) -> GroupComparison:
    verdict, raw, level = part.verdict, part.verdict.p_value, policy.alpha
    doubled = None if adjusted is None else min(1.0, 2 * adjusted)
    if raw is not None and doubled is not None and verdict.drifted:
        # The level at which this group, were it the only one, would be judged as all of them together are.
        level *= raw / doubled
        verdict = verdict_for(part.comparison, replace(policy, alpha=level))
    return GroupComparison(
        name=part.name,
        images=part.comparison.window.count,
        verdict=verdict,
        p_value=raw,
        adjusted_p_value=doubled,
        significant=doubled is not None and doubled <= policy.alpha,
        against="group" if part.own else "baseline",
        rows=tuple(_rows(part.comparison, verdict, metrics)) if verdict.drifted else (),
    )


def _rows(comparison: Comparison, verdict: Verdict, metrics: Sequence[Metric]) -> list[MetricRow]:
    names = comparison.samples.names
    ranked = sorted(range(len(names)), key=lambda j: (-comparison.effects[j].size, names[j]))
    terms = [terms_of(name, metrics) for name in names]
    compared = ComparedMetrics(
        comparison.baseline, comparison.window, comparison.samples, comparison.effects, verdict.metrics, terms
    )
    return metric_rows(compared, ranked, {})


def _absent(of_baseline: Iterable[str | None], sizes: Counter[str], policy: Policy) -> tuple[str, ...]:
    """Groups that the baseline has and the window has not: no drift, but perhaps a camera that sends nothing."""
    before = Counter(key for key in of_baseline if key is not None and key not in sizes)
    return tuple(sorted(key for key, images in before.items() if images >= policy.minimum_baseline))
