"""A window against a baseline: the whole comparison, from two profiles to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lookoutcv.drift.cause.classify import classify_drift
from lookoutcv.drift.describe.copies import notable_copies
from lookoutcv.drift.describe.examples import ShiftContext, examples
from lookoutcv.drift.describe.groups import Grouping, compare_groups
from lookoutcv.drift.describe.metadata_changes import metadata_changes, nearly_black
from lookoutcv.drift.describe.metric_terms import MetricTerms, terms_of
from lookoutcv.drift.describe.multiples import multiples
from lookoutcv.drift.describe.onset import shift_onset
from lookoutcv.drift.describe.related import group_related
from lookoutcv.drift.describe.rows import Findings, metric_rows
from lookoutcv.drift.describe.shifted import correlation, normal_scores
from lookoutcv.drift.describe.sides import describe_side
from lookoutcv.drift.predictions.compare_predictions import CalibratedModel, PredictionComparison, compare_predictions
from lookoutcv.drift.predictions.output_columns import images_only
from lookoutcv.drift.predictions.predictions_only import report_of_predictions
from lookoutcv.drift.rules.policy import DEFAULT, Policy
from lookoutcv.drift.rules.select_test import Comparison, verdict_for
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.effects import Effects, effects
from lookoutcv.drift.statistics.samples import common_samples, have_common
from lookoutcv.drift.wording.cause_sentences import cause_in_words
from lookoutcv.drift.wording.image_sentences import black_sentence, copies_sentence
from lookoutcv.drift.wording.onset_sentences import onset_in_words
from lookoutcv.drift.wording.prediction_sentences import with_predictions
from lookoutcv.drift.wording.summary import notes, summarise
from lookoutcv.grids import FloatArray
from lookoutcv.metrics import Metric
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.onset import Onset
from lookoutcv.results.findings.probable_cause import ProbableCause
from lookoutcv.results.severity import Severity


def compare(
    baseline: Profile,
    window: Profile,
    policy: Policy = DEFAULT,
    *,
    baseline_name: str = "baseline",
    window_name: str = "window",
    metrics: Sequence[Metric] = (),
    example_count: int = 12,
    consecutive: bool = False,
    group_by: str | None = None,
    model: CalibratedModel | None = None,
) -> DriftReport:
    """Say whether the window's images differ from the baseline's, how sure that is, how bad, and which images show it.

    The tests run on the samples of both profiles; means, counts and distributions come from all images.

    Args:
        baseline, window: Both sides.
        policy: The rules, `DEFAULT` or `FIXED` or your own.
        baseline_name, window_name: What a person calls them.
        metrics: Metrics that no plugin provides, for their wording.
        example_count: At most this many example images of each kind.
        consecutive: The batches of the baseline's rows, where they have any, are blocks of images in a row.
        group_by: Compare each group of the window with the same group of the baseline too: "folder", "day", "size",
            "label", "camera", "format" or a tag.
        model: Who answered, where the records of both sides hold answers: they are then compared too, with half of
            alpha, or by the limits of the policy "fixed", and the accuracy is estimated. Where no metric is common,
            as of a log without images, the answers are compared alone.
    Returns:
        A report without thumbnails, skipped images, duplicates, time and tool: those are for the caller to add.
    Raises:
        IncompatibleProfiles: The sides have neither metrics nor answers in common.
        ConfigError: No image of the window has what they are to be grouped by.
    Example:
        >>> import pyarrow as pa
        >>> from lookoutcv.profiles.profile import from_records
        >>> from lookoutcv.metric_selection import select_metrics
        >>> from lookoutcv.records.schema import schema_for
        >>> schema = schema_for(select_metrics("exposure.brightness"))
        >>> def side(values):
        ...     rows = [{"id": str(37 * i % 101), "exposure.brightness": v} for i, v in enumerate(values)]
        ...     return from_records(pa.Table.from_pylist(rows, schema=schema))
        >>> report = compare(side(np.linspace(0.4, 0.6, 101)), side(np.linspace(0.3, 0.5, 101)))
        >>> report.overall_drift_detected, report.severity, report.metrics[0].text
        (True, 'medium', 'Images are 20% darker.')
    """
    images = images_only(baseline), images_only(window)
    if model is not None and not have_common(*images):
        names = baseline_name, window_name
        alone = report_of_predictions(
            baseline, window, policy, model, names=names, consecutive=consecutive, group_by=group_by
        )
        if alone is not None:
            return alone
    answers = None if model is None else _answers(baseline, window, policy, model, consecutive)
    # Where a model's answers are tested, they and the images have half of alpha each.
    share = 1 if answers is None or answers.p_value is None else 2
    baseline, window = images
    samples = common_samples(baseline, window)
    sides = describe_side(baseline, baseline_name), describe_side(window, window_name)
    found = [effects(column) for column in samples.columns]
    groups = None
    if group_by is not None:
        own = replace(policy, alpha=policy.alpha / share)
        groups = compare_groups(baseline, window, group_by, own, metrics=metrics, consecutive=consecutive).shared(share)
    verdict = _judge(Comparison(baseline, window, samples, found, consecutive), policy, groups, share)
    scores = normal_scores(samples.first)
    before, after = samples.first[0].baseline_rows, samples.first[0].window_rows
    related = np.abs(correlation(np.nan_to_num(scores[:before]))) > policy.related_correlation
    terms = [terms_of(name, metrics) for name in samples.names]
    ranked = sorted(range(len(found)), key=lambda j: (*_rank(found[j], terms[j]), samples.names[j]))
    leaders = group_related(ranked, related, [one.headline for one in terms])
    findings = Findings(baseline, window, samples, found, verdict.metrics, terms, verdict.batches)
    rows = metric_rows(findings, ranked, leaders)
    movers = [j for j in leaders if verdict.metrics[j].moved and found[j].size >= policy.min_effect]
    evidence = ShiftContext(samples.first, found, terms, scores, related, movers)
    chosen = examples(
        evidence,
        window.sample.column("id").slice(0, after).to_pylist(),
        baseline.sample.column("id").slice(0, before).to_pylist(),
        example_count,
        shifted=verdict.drifted is not False,
    )
    blackness = nearly_black(window)
    report = DriftReport(
        overall_drift_detected=True if groups and groups.drifted else verdict.drifted,
        severity=_worst(verdict, groups),
        p_value=verdict.p_value,
        effect=verdict.effect,
        alpha=policy.alpha,
        smallest_detectable_effect=verdict.detectable,
        summary=summarise(verdict, rows, sides, policy, groups.drifted if groups else ()),
        baseline=sides[0],
        window=sides[1],
        metrics=rows,
        notes=[
            *notes(verdict, samples, sides, policy, groups.notes if groups else ()),
            *map(copies_sentence, notable_copies(baseline, window)),
            *([] if blackness is None else [black_sentence("the window", blackness)]),
        ],
        policy=_rules(verdict, policy, groups),
        groups=list(groups.groups) if groups else [],
        onset=_onset(baseline, window, (scores[:before], scores[before:]), policy) if verdict.drifted else None,
        multiples=multiples(baseline, window, rows, group_by, classes=verdict.drifted is not False),
        cause=_cause(baseline, window, samples.names, scores[before:]) if verdict.drifted else None,
        most_shifted=chosen.most_shifted,
        typical=chosen.typical,
        baseline_typical=chosen.baseline_typical,
    )
    return report if answers is None else with_predictions(report, answers, share)


def _answers(
    baseline: Profile, window: Profile, policy: Policy, model: CalibratedModel, consecutive: bool
) -> PredictionComparison | None:
    half = replace(policy, alpha=policy.alpha / 2)
    return compare_predictions(baseline, window, half, model, consecutive=consecutive)


def _onset(baseline: Profile, window: Profile, scores: tuple[FloatArray, FloatArray], policy: Policy) -> Onset:
    times = window.sample.column("time").slice(0, len(scores[1]))
    return onset_in_words(shift_onset(*scores, times, policy, baseline.last_time))


def _cause(baseline: Profile, window: Profile, names: Sequence[str], scores: FloatArray) -> ProbableCause:
    return cause_in_words(classify_drift(baseline, window, names, scores), metadata_changes(baseline, window))


def _rank(its: Effects, terms: MetricTerms) -> tuple[float, bool, bool]:
    """By size, values gone missing included; of equal ones first a shift, and of a metric that people know."""
    size = max(its.size, abs(its.missing)) if min(its.present) else its.size
    return -size, abs(its.location) < its.size, not terms.headline


def _judge(comparison: Comparison, policy: Policy, groups: Grouping | None, share: int) -> Verdict:
    """The decision on the window as a whole; where groups or answers were tested, each has its share of alpha."""
    share *= groups.tests if groups is not None else 1
    verdict = verdict_for(comparison, replace(policy, alpha=policy.alpha / share))
    return verdict if verdict.p_value is None else replace(verdict, p_value=min(1.0, share * verdict.p_value))


def _worst(verdict: Verdict, groups: Grouping | None) -> Severity:
    severities = [verdict.severity, *(group.severity for group in (groups.drifted if groups else ()))]
    return max(severities)


def _rules(verdict: Verdict, policy: Policy, groups: Grouping | None) -> dict[str, Any]:
    rules = policy.to_dict()
    if verdict.test is not None:
        rules["test"] = verdict.test
    if groups is not None:
        rules["group_by"] = groups.by
    return rules
