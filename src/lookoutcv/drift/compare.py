"""A window against a baseline: the whole comparison, from two profiles to a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lookoutcv.drift.cause.classify import classify_drift
from lookoutcv.drift.decision import Decision, decide_on_window
from lookoutcv.drift.describe.copies import notable_copies
from lookoutcv.drift.describe.examples import ShiftContext, examples
from lookoutcv.drift.describe.groups import Grouping, compare_groups
from lookoutcv.drift.describe.metadata_changes import metadata_changes, nearly_black
from lookoutcv.drift.describe.metric_terms import MetricTerms, terms_of
from lookoutcv.drift.describe.multiples import multiples
from lookoutcv.drift.describe.onset import shift_onset
from lookoutcv.drift.describe.related import group_related
from lookoutcv.drift.describe.rows import ComparedMetrics, metric_rows
from lookoutcv.drift.describe.shifted import correlation, normal_scores
from lookoutcv.drift.describe.sides import describe_side
from lookoutcv.drift.predictions.calibrated_model import CalibratedModel
from lookoutcv.drift.predictions.compare_predictions import compare_predictions
from lookoutcv.drift.predictions.gate_share import gate_share
from lookoutcv.drift.predictions.output_columns import images_only
from lookoutcv.drift.predictions.prediction_comparison import PredictionComparison
from lookoutcv.drift.rules.policy import DEFAULT, Policy
from lookoutcv.drift.rules.select_test import Comparison, verdict_for
from lookoutcv.drift.rules.verdict import Verdict
from lookoutcv.drift.statistics.effects import Effects, effects
from lookoutcv.drift.statistics.samples import common_samples, have_common
from lookoutcv.drift.wording.accuracy_sentences import accuracy_in_words
from lookoutcv.drift.wording.cause_sentences import cause_in_words
from lookoutcv.drift.wording.group_sentences import group_in_words
from lookoutcv.drift.wording.image_sentences import black_sentence, copies_sentence, gate_alarm, gate_sentence
from lookoutcv.drift.wording.metric_sentences import metric_in_words
from lookoutcv.drift.wording.onset_sentences import onset_in_words
from lookoutcv.drift.wording.prediction_sentences import predictions_in_words, ungrouped_sentence, unmeasured_sentence
from lookoutcv.drift.wording.summary import report_notes, summarise
from lookoutcv.grids import FloatArray
from lookoutcv.metrics import Metric
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.schema import metric_names
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.applied_policy import AppliedPolicy
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.findings.onset import Onset
from lookoutcv.results.findings.probable_cause import ProbableCause
from lookoutcv.results.findings.side import Side


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
        model: Whose predictions they are, where the records of both sides hold any: they are then compared too, with
            half of alpha, or by the limits of the policy "fixed", and the accuracy is estimated. Where no metric is
            common, as of a log without images, the predictions are compared alone.
    Returns:
        A report without thumbnails, skipped images, duplicates, time and tool: those are for the caller to add.
    Raises:
        IncompatibleProfiles: The sides have neither metrics nor predictions in common.
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
    names = baseline_name, window_name
    if model is not None and not have_common(*images):
        # They have all of alpha, since no image is tested.
        predictions_alone = compare_predictions(baseline, window, policy, model, consecutive=consecutive)
        if predictions_alone is not None:
            return _report_of_predictions(predictions_alone, (baseline, window), names, policy, group_by)
    predictions = None
    if model is not None:
        half = replace(policy, alpha=policy.alpha / 2)
        predictions = compare_predictions(baseline, window, half, model, consecutive=consecutive)
    # Where a model's predictions are tested, they and the images have half of alpha each.
    shares = 1 if predictions is None or predictions.p_value is None else 2
    comparison = _comparison(*images, consecutive)
    groups = None
    if group_by is not None:
        own = replace(policy, alpha=policy.alpha / shares)
        groups = compare_groups(*images, group_by, own, metrics=metrics, consecutive=consecutive).shared(shares)
    verdict = _judge(comparison, policy, groups, shares)
    decision = decide_on_window(verdict, groups, predictions, shares=shares)
    return _report_of_images(comparison, verdict, decision, names, policy, metrics=metrics, example_count=example_count)


def _comparison(baseline: Profile, window: Profile, consecutive: bool) -> Comparison:
    samples = common_samples(baseline, window)
    return Comparison(baseline, window, samples, [effects(column) for column in samples.columns], consecutive)


def _report_of_images(
    comparison: Comparison,
    verdict: Verdict,
    decision: Decision,
    names: tuple[str, str],
    policy: Policy,
    *,
    metrics: Sequence[Metric],
    example_count: int,
) -> DriftReport:
    baseline, window, samples = comparison.baseline, comparison.window, comparison.samples
    sides = describe_side(baseline, names[0]), describe_side(window, names[1])
    scores = normal_scores(samples.first)
    before, after = samples.first[0].baseline_rows, samples.first[0].window_rows
    context, rows = _describe(comparison, verdict, scores, policy, metrics)
    chosen = examples(
        context,
        window.sample.column("id").slice(0, after).to_pylist(),
        baseline.sample.column("id").slice(0, before).to_pylist(),
        example_count,
        shifted=verdict.drifted is not False,
    )
    blackness = nearly_black(window)
    share = gate_share(baseline, window)
    further = [
        *([] if share is None else [gate_sentence(share, policy.alpha)]),
        *map(copies_sentence, notable_copies(baseline, window)),
        *([] if blackness is None else [black_sentence("the window", blackness)]),
    ]
    return replace(
        _decided(decision, sides, policy),
        smallest_detectable_effect=verdict.detectable,
        summary=gate_alarm(share, policy.alpha) + summarise(decision, rows, sides, policy),
        metrics=rows,
        notes=report_notes(decision, samples, sides, policy, further),
        groups=[group_in_words(group) for group in decision.groups.groups] if decision.groups is not None else [],
        onset=_onset(baseline, window, (scores[:before], scores[before:]), policy) if verdict.drifted else None,
        multiples=multiples(
            baseline,
            window,
            rows,
            decision.groups.by if decision.groups is not None else None,
            classes=verdict.drifted is not False,
        ),
        cause=_cause(baseline, window, samples.names, scores[before:]) if verdict.drifted else None,
        most_shifted=chosen.most_shifted,
        typical=chosen.typical,
        baseline_typical=chosen.baseline_typical,
    )


def _describe(
    comparison: Comparison, verdict: Verdict, scores: FloatArray, policy: Policy, metrics: Sequence[Metric]
) -> tuple[ShiftContext, list[MetricDrift]]:
    """What the choice of examples rests on, and the rows of the metrics, ranked."""
    samples, column_effects = comparison.samples, comparison.effects
    before = scores[: samples.first[0].baseline_rows]
    related = np.abs(correlation(np.nan_to_num(before))) > policy.related_correlation
    terms = [terms_of(name, metrics) for name in samples.names]
    ranked = sorted(range(len(column_effects)), key=lambda j: (*_rank(column_effects[j], terms[j]), samples.names[j]))
    leaders = group_related(ranked, related, [term.headline for term in terms])
    compared = ComparedMetrics(
        comparison.baseline, comparison.window, samples, column_effects, verdict.metrics, terms, verdict.batches
    )
    movers = [j for j in leaders if verdict.metrics[j].moved and column_effects[j].size >= policy.min_effect]
    context = ShiftContext(samples.first, column_effects, terms, scores, related, movers)
    return context, [metric_in_words(row) for row in metric_rows(compared, ranked, leaders)]


def _report_of_predictions(
    predictions: PredictionComparison,
    profiles: tuple[Profile, Profile],
    names: tuple[str, str],
    policy: Policy,
    group_by: str | None,
) -> DriftReport:
    """A report where no image was measured: of a log without metrics, or without images."""
    decision = decide_on_window(None, predictions=predictions)
    sides = describe_side(profiles[0], names[0]), describe_side(profiles[1], names[1])
    measured = [bool(metric_names(images_only(side).sample.schema)) for side in profiles]
    unmeasured = unmeasured_sentence(*measured)
    further = [unmeasured, *([ungrouped_sentence(group_by)] if group_by else [])]
    return replace(
        _decided(decision, sides, policy),
        summary=summarise(decision, [], sides, policy, unmeasured),
        notes=report_notes(decision, None, sides, policy, further),
    )


def _decided(decision: Decision, sides: tuple[Side, Side], policy: Policy) -> DriftReport:
    """The decision as the report holds it, without a word."""
    predictions, outputs = decision.predictions, None
    if predictions is not None:
        outputs = predictions_in_words(predictions, decision.shares, policy.alpha)
    return DriftReport(
        overall_drift_detected=decision.drifted,
        severity=decision.severity,
        p_value=decision.p_value,
        effect=decision.effect,
        alpha=policy.alpha,
        smallest_detectable_effect=None,
        summary="",
        baseline=sides[0],
        window=sides[1],
        metrics=[],
        policy=_applied(policy, decision),
        outputs=outputs,
        accuracy=None if predictions is None else accuracy_in_words(predictions),
    )


def _onset(baseline: Profile, window: Profile, scores: tuple[FloatArray, FloatArray], policy: Policy) -> Onset:
    times = window.sample.column("time").slice(0, len(scores[1]))
    return onset_in_words(shift_onset(*scores, times, policy, baseline.last_time))


def _cause(baseline: Profile, window: Profile, names: Sequence[str], scores: FloatArray) -> ProbableCause:
    return cause_in_words(classify_drift(baseline, window, names, scores), metadata_changes(baseline, window))


def _rank(effect: Effects, terms: MetricTerms) -> tuple[float, bool, bool]:
    """By size, values gone missing included; of equal ones first a shift, and of a metric that people know."""
    size = max(effect.size, abs(effect.missing)) if min(effect.present) else effect.size
    return -size, abs(effect.location) < effect.size, not terms.headline


def _judge(comparison: Comparison, policy: Policy, groups: Grouping | None, share: int) -> Verdict:
    """The decision on the window as a whole; where groups or predictions were tested, each has its share of alpha."""
    share *= groups.tests if groups is not None else 1
    verdict = verdict_for(comparison, replace(policy, alpha=policy.alpha / share))
    return verdict if verdict.p_value is None else replace(verdict, p_value=min(1.0, share * verdict.p_value))


def _applied(policy: Policy, decision: Decision) -> AppliedPolicy:
    tested = decision.images or decision.predictions
    return AppliedPolicy(
        **policy.to_dict(),
        test=None if tested is None else tested.test,
        group_by=None if decision.groups is None else decision.groups.by,
    )
