"""A window against a baseline: the whole comparison, from two profiles to a report."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookoutcv.drift.effects import Effects, effects
from lookoutcv.drift.examples import Evidence, examples
from lookoutcv.drift.fixed import fixed
from lookoutcv.drift.policy import DEFAULT, Policy
from lookoutcv.drift.related import group_related
from lookoutcv.drift.report import DriftReport
from lookoutcv.drift.rows import Findings, metric_rows
from lookoutcv.drift.samples import Samples, common_samples
from lookoutcv.drift.shifted import correlation, normal_scores
from lookoutcv.drift.sides import describe_side
from lookoutcv.drift.summary import notes, summarise
from lookoutcv.drift.verdict import Verdict, calibrated, insufficient, too_small
from lookoutcv.drift.words import wording
from lookoutcv.metrics import Metric, registry
from lookoutcv.profiles.profile import Profile


def compare(
    baseline: Profile,
    window: Profile,
    policy: Policy = DEFAULT,
    *,
    baseline_name: str = "baseline",
    window_name: str = "window",
    metrics: Sequence[Metric] = (),
    example_count: int = 12,
) -> DriftReport:
    """Say whether the window's images differ from the baseline's, how sure that is, how bad, and which images show it.

    The tests run on the samples of both profiles; means, counts and distributions come from all images.

    Args:
        baseline, window: Both sides.
        policy: The rules, `DEFAULT` or `FIXED` or your own.
        baseline_name, window_name: What a person calls them.
        metrics: Metrics that no plugin provides, for their wording.
        example_count: At most this many example images of each kind.
    Returns:
        A report without thumbnails, skipped images, duplicates, time and tool: those are for the caller to add.
    Raises:
        IncompatibleProfiles: The sides have no metric in common.
    Example:
        >>> import pyarrow as pa
        >>> from lookoutcv.profiles.profile import from_records
        >>> from lookoutcv.metrics import selected
        >>> from lookoutcv.records.schema import schema_for
        >>> schema = schema_for(selected("exposure.brightness"))
        >>> def side(values):
        ...     rows = [{"id": str(i), "exposure.brightness": v} for i, v in enumerate(values)]
        ...     return from_records(pa.Table.from_pylist(rows, schema=schema))
        >>> report = compare(side(np.linspace(0.4, 0.6, 200)), side(np.linspace(0.3, 0.5, 100)))
        >>> report.overall_drift_detected, report.severity, report.metrics[0].text
        (True, 'medium', 'Images are 20% darker.')
    """
    samples = common_samples(baseline, window)
    sides = describe_side(baseline, baseline_name), describe_side(window, window_name)
    found = [effects(column) for column in samples.columns]
    verdict = _judge(baseline, window, samples, found, policy)
    scores = normal_scores(samples.columns)
    related = np.abs(correlation(np.nan_to_num(scores[: sides[0].tested]))) > policy.related_correlation
    words = [wording(name, _known(name, metrics)) for name in samples.names]
    ranked = sorted(range(len(found)), key=lambda j: (-found[j].size, samples.names[j]))
    groups = group_related(ranked, related, [word.headline for word in words])
    rows = metric_rows(Findings(baseline, window, samples, found, verdict.metrics, words), ranked, groups)
    movers = [j for j in groups if verdict.metrics[j].moved and found[j].size >= policy.min_effect]
    evidence = Evidence(samples.columns, found, words, scores, related, movers)
    chosen = examples(
        evidence,
        window.sample.column("id").to_pylist(),
        baseline.sample.column("id").to_pylist(),
        example_count,
        shifted=verdict.drifted is not False,
    )
    return DriftReport(
        overall_drift_detected=verdict.drifted,
        severity=verdict.severity,
        p_value=verdict.p_value,
        effect=verdict.effect,
        alpha=policy.alpha,
        smallest_detectable_effect=verdict.detectable,
        summary=summarise(verdict, rows, sides, policy),
        baseline=sides[0],
        window=sides[1],
        metrics=rows,
        notes=notes(verdict, samples, sides, policy),
        policy=policy.to_dict(),
        most_shifted=chosen.most_shifted,
        typical=chosen.typical,
        baseline_typical=chosen.baseline_typical,
    )


def _judge(baseline: Profile, window: Profile, samples: Samples, found: Sequence[Effects], policy: Policy) -> Verdict:
    reason = too_small(baseline.sample.num_rows, window.sample.num_rows, policy)
    if reason is not None:
        return insufficient(found, reason)
    if policy.rule == "fixed":
        return fixed(baseline, window, samples.names, found, policy)
    return calibrated(samples.names, samples.columns, found, policy)


def _known(name: str, given: Sequence[Metric]) -> Metric | None:
    own = next((m for m in given if m.name == name), None)
    return own or (registry.get(name) if name in registry else None)
