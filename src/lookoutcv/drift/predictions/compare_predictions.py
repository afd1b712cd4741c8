"""A model's predictions in a window against those in the baseline: classes, scores, and what accuracy is left."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.drift.describe.rows import ComparedMetrics, metric_rows
from lookoutcv.drift.predictions.calibrated_model import CalibratedModel
from lookoutcv.drift.predictions.classes import class_drift
from lookoutcv.drift.predictions.embedding_drift import embedding_drift
from lookoutcv.drift.predictions.notes import EmbeddingWidths, NoNumbers, OnOneSideOnly
from lookoutcv.drift.predictions.output_columns import output_columns
from lookoutcv.drift.predictions.prediction_comparison import PredictionComparison
from lookoutcv.drift.predictions.remaining_accuracy import remaining_accuracy
from lookoutcv.drift.predictions.score_drift import with_classes
from lookoutcv.drift.rules.fixed import distance_by_chance
from lookoutcv.drift.rules.notes import Note
from lookoutcv.drift.rules.policy import Policy
from lookoutcv.drift.rules.select_test import Comparison, verdict_for
from lookoutcv.drift.rules.severity import effect_lower_bound, input_severity
from lookoutcv.drift.rules.verdict import Verdict, too_small
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.rare_events import fisher_mid_p
from lookoutcv.drift.statistics.samples import Samples, common_samples
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.prediction_columns import embedding_matrix
from lookoutcv.records.schema import metric_names
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.severity import Severity

# Of each side, drawn by hash: 40,000 embeddings take seconds.
_MOST_EMBEDDINGS = 5_000


def compare_predictions(
    baseline: Profile,
    window: Profile,
    policy: Policy,
    model: CalibratedModel,
    *,
    consecutive: bool = False,
) -> PredictionComparison | None:
    """Test the predictions, and estimate what accuracy is left.

    Args:
        baseline, window: Profiles of records.
        policy: `alpha` is that of the predictions.
        model: Whose predictions they are.
        consecutive: As in `compare`.
    Returns:
        None where the sides have no predictions in common.
    """
    widths = [0 if side is None else side.shape[1] for side in map(embedding_matrix, (baseline.sample, window.sample))]
    if all(widths) and widths[0] != widths[1]:
        return PredictionComparison(
            None, None, 0.0, Severity.INSUFFICIENT, [], None, None, None, notes=(EmbeddingWidths(*widths),)
        )
    columns = output_columns(baseline, window, model.labels, model.task)
    sides = columns.baseline, columns.window
    if not set(metric_names(sides[0].sample.schema)) & set(metric_names(sides[1].sample.schema)):
        return None
    samples = common_samples(*sides)
    column_effects = [effects(column) for column in samples.columns]
    verdict = verdict_for(
        Comparison(sides[0], sides[1], samples, column_effects, consecutive, of_predictions=True), policy
    )
    if verdict.drifted is None and too_small(sides[0].sample.num_rows, sides[1].sample.num_rows, policy) is None:
        verdict = _without_numbers(verdict, samples, policy)
    classes = _class_drift(baseline, window)
    verdict, tested = _with_embeddings_or_classes(verdict, classes, baseline, window, policy)
    terms = [columns.wording(name) for name in samples.names]
    ranked = sorted(range(len(column_effects)), key=lambda j: (-column_effects[j].size, samples.names[j]))
    rows = metric_rows(ComparedMetrics(sides[0], sides[1], samples, column_effects, verdict.metrics, terms), ranked, {})
    accuracy = remaining_accuracy(baseline, window, model)
    return PredictionComparison(
        verdict.drifted,
        verdict.p_value,
        verdict.effect,
        verdict.severity,
        rows,
        None if classes is None else _described(classes, tested, policy),
        accuracy.estimated,
        accuracy.measured,
        accuracy.detection,
        accuracy.change,
        accuracy.labelled_loss,
        (*verdict.notes, *_on_one_side(samples)),
        test=verdict.test,
    )


def _class_drift(baseline: Profile, window: Profile) -> ClassDrift | None:
    counts = baseline.counts["prediction"], window.counts["prediction"]
    return class_drift(*counts) if all(counts) else None


def _described(classes: ClassDrift, tested: bool, policy: Policy) -> ClassDrift:
    """The classes with their p-value only where it entered the decision, and with the limit that did."""
    limit = policy.class_distance if policy.rule == "fixed" else None
    return replace(classes, p_value=classes.p_value if tested else None, limit=limit)


def _without_numbers(verdict: Verdict, samples: Samples, policy: Policy) -> Verdict:
    """Drift of a model that gives no number at all any more: there is nothing to compare but that."""
    column = max(samples.columns, key=lambda column: column.baseline_present)
    if not column.baseline_present or any(other.window_present for other in samples.columns):
        return verdict
    missing, rows = column.baseline_rows - column.baseline_present, (column.baseline_rows, column.window_rows)
    p_value, effect = fisher_mid_p(missing, rows[0], rows[1], rows[1]), 1 - missing / rows[0]
    silent = replace(verdict, severity=Severity.NONE, notes=(NoNumbers(),))
    return _decided(silent, p_value, effect, effect_lower_bound(effect, *rows), policy)


def _with_embeddings_or_classes(
    verdict: Verdict, classes: ClassDrift | None, baseline: Profile, window: Profile, policy: Policy
) -> tuple[Verdict, bool]:
    """The decision with what is tested beside the columns, and whether the classes were.

    Embeddings are tested as a whole instead of by columns. Against batches the columns alone decide, since nobody knows
    how much the classes of two batches differ; and for objects, since those of one image depend on one another: their
    numbers in each image are columns.
    """
    if verdict.p_value is None or verdict.test != "single":
        return verdict, False
    rows = baseline.sample.num_rows, window.sample.num_rows
    embeddings = [embedding_matrix(side.sample) for side in (baseline, window)]
    if embeddings[0] is not None and embeddings[1] is not None:
        embeddings_test = embedding_drift(*(side[:_MOST_EMBEDDINGS] for side in embeddings))
        without_columns = replace(verdict, severity=Severity.NONE)
        return _decided(
            without_columns,
            embeddings_test.p_value,
            embeddings_test.effect,
            effect_lower_bound(embeddings_test.effect, *rows),
            policy,
        ), False
    if classes is None or "objects" in window.sample.column_names:
        return verdict, False
    by_chance = distance_by_chance(baseline.counts["prediction"], window.counts["prediction"])
    p_value, effect = with_classes(verdict.p_value, verdict.effect, classes)
    return _decided(verdict, p_value, effect, max(0.0, classes.distance - by_chance), policy), True


def _decided(verdict: Verdict, p_value: float, effect: float, certain: float, policy: Policy) -> Verdict:
    """Drift by another p-value; `certain` is the part of the effect beside the columns that is beyond chance."""
    drifted = p_value <= policy.alpha and effect >= policy.min_effect
    severity = max(input_severity(certain, policy), verdict.severity) if drifted else Severity.NONE
    return replace(verdict, drifted=drifted, p_value=p_value, effect=effect, severity=severity)


def _on_one_side(samples: Samples) -> list[Note]:
    missing = (*samples.only_baseline, *samples.only_window)
    return [OnOneSideOnly(missing)] if missing else []
