"""Each group of a window (a camera, a site, a day) against the baseline's images of the same group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.metric_terms import terms_of
from lookoutcv.drift.describe.rows import Findings, metric_rows
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.select_test import Comparison, verdict_for
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.combination import holm_adjusted
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import BoolArray
from lookoutcv.drift.statistics.samples import common_samples
from lookoutcv.drift.wording.note_sentences import note_sentence
from lookoutcv.drift.wording.summary import listed, metrics_told
from lookoutcv.metrics import Metric
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.records.group_keys import division, group_keys, no_keys, tag_names
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.severity import Severity

# Each group costs a comparison; a table of more is not read.
MOST_GROUPS = 50


@dataclass(frozen=True)
class Grouping:
    """The groups of a window.

    Args:
        by: What they are groups of.
        groups: The largest first.
        notes: What a careful reader must know of them.
    """

    by: str
    groups: tuple[GroupDrift, ...]
    notes: tuple[str, ...]

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
    def drifted(self) -> list[GroupDrift]:
        """Groups that drifted, the worst first."""
        worst = [group for group in self.groups if group.severity >= Severity.LOW]
        return sorted(worst, key=lambda group: (group.severity, group.effect), reverse=True)


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
        found = [effects(column) for column in samples.columns]
        comparison = Comparison(before, after, samples, found, consecutive)
        parts.append(_Part(name, comparison, enough, verdict_for(comparison, policy)))
    return Grouping(
        by,
        tuple(_corrected(parts, policy, metrics)),
        (*_notes(by, sizes, of_window, parts), *_gone(of_baseline, sizes, policy)),
    )


def _part(profile: Profile, rows: BoolArray) -> Profile:
    return from_records(profile.sample.filter(pa.array(rows)), profile.sample_size)


def _corrected(parts: Sequence[_Part], policy: Policy, metrics: Sequence[Metric]) -> list[GroupDrift]:
    adjusted = holm_adjusted([part.verdict.p_value for part in parts])
    return [_group(part, p, policy, metrics) for part, p in zip(parts, adjusted, strict=True)]


def _group(part: _Part, adjusted: float | None, policy: Policy, metrics: Sequence[Metric]) -> GroupDrift:
    verdict, raw, level = part.verdict, part.verdict.p_value, policy.alpha
    doubled = None if adjusted is None else min(1.0, 2 * adjusted)
    if raw is not None and doubled is not None and verdict.drifted:
        # The level at which this group, were it the only one, would be judged as all of them together are.
        level *= raw / doubled
        verdict = verdict_for(part.comparison, replace(policy, alpha=level))
    return GroupDrift(
        name=part.name,
        images=part.comparison.window.count,
        severity=verdict.severity,
        p_value=raw,
        adjusted_p_value=doubled,
        effect=verdict.effect,
        text=_text(part, verdict, doubled is not None and doubled <= policy.alpha, metrics),
        against="group" if part.own else "baseline",
    )


def _text(part: _Part, verdict: Verdict, significant: bool, metrics: Sequence[Metric]) -> str:
    """What happened to the group, in a sentence or a few."""
    if verdict.drifted is None:
        return note_sentence(verdict.notes[0])
    if not verdict.drifted:
        return "Differs, but negligibly." if significant else "No drift found."
    comparison = part.comparison
    names = comparison.samples.names
    ranked = sorted(range(len(names)), key=lambda j: (-comparison.effects[j].size, names[j]))
    terms = [terms_of(name, metrics) for name in names]
    findings = Findings(
        comparison.baseline, comparison.window, comparison.samples, comparison.effects, verdict.metrics, terms
    )
    return metrics_told(metric_rows(findings, ranked, {}))


def _gone(of_baseline: Iterable[str | None], sizes: Counter[str], policy: Policy) -> list[str]:
    """Groups that the baseline has and the window has not: no drift, but perhaps a camera that sends nothing."""
    before = Counter(key for key in of_baseline if key is not None and key not in sizes)
    gone = sorted(key for key, images in before.items() if images >= policy.minimum_baseline)
    return [f"Groups of the baseline without any image in the window: {listed(gone)}."] if gone else []


def _notes(by: str, sizes: Counter[str], keys: Sequence[str | None], parts: Sequence[_Part]) -> list[str]:
    notes = []
    strangers = [part.name for part in parts if not part.own]
    if strangers:
        notes.append(
            f"Groups with too few images in the baseline, so compared with all of it: {listed(strangers)}. Such a "
            "group differs wherever groups do; add its images to the baseline."
        )
    left = len(sizes) - len(parts)
    if left:
        notes.append(f"Only the {len(parts)} largest groups were compared; {left:,} smaller ones were not.")
    without = sum(key is None for key in keys)
    if without:
        images = "image has" if without == 1 else "images have"
        notes.append(f"{without:,} of the window's {images} no {by} and belong to no group.")
    if any(part.verdict.p_value is not None for part in parts):
        notes.append(
            "Half of alpha is for the groups together (Holm's correction), half for the window as a whole, so that the "
            "chance of any false alarm stays alpha; the p-values shown for both are adjusted for that."
        )
    return notes
