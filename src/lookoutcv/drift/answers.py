"""A model's answers in a window against those in the baseline: classes, scores, and what accuracy is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.drift.calibration import Calibration
from lookoutcv.drift.classes import ClassDrift, class_drift
from lookoutcv.drift.effects import effects
from lookoutcv.drift.embedding_drift import embedding_drift
from lookoutcv.drift.harm import impact_severity
from lookoutcv.drift.judgement import Trial, judge
from lookoutcv.drift.label_free import LEAST_IMAGES, AccuracyEstimate, estimate_accuracy
from lookoutcv.drift.policy import Policy
from lookoutcv.drift.report import MetricDrift, Severity
from lookoutcv.drift.rows import Findings, metric_rows
from lookoutcv.drift.samples import Samples, common_samples
from lookoutcv.drift.score_drift import watched_scores, with_classes
from lookoutcv.drift.severity import effect_lower_bound, input_severity
from lookoutcv.drift.true_accuracy import TrueAccuracy, true_accuracy
from lookoutcv.drift.verdict import Verdict, too_small
from lookoutcv.drift.words import Wording, wording
from lookoutcv.outputs import registry as outputs
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.answers import embedding_matrix, scores_matrix
from lookoutcv.records.schema import FIXED, metric_names

OF_ANSWERS = "output."
_OF_SCORES = "score."
_MOST_CLASSES_TOLD = 20


@dataclass(frozen=True, eq=False)
class Respondent:
    """Who answered.

    Args:
        labels: Of the model, in the order of its scores.
        calibration: Of the labelled baseline; None where it has no labels.
    """

    labels: Sequence[str] = ()
    calibration: Calibration | None = None


@dataclass(frozen=True)
class Impact:
    """What a change costs in accuracy. `measured`: by labels, else estimated."""

    severity: Severity
    measured: bool


@dataclass(frozen=True, eq=False)
class Answers:
    """What is to be said of the answers.

    Args:
        drifted: None where there were too few images to say.
        p_value: Of the answers as a whole, to be compared with their share of alpha; None where nothing was tested.
        effect: In [0, 1].
        severity: By the effect on the answers.
        metrics: Output metrics and watched scores, ranked by size of effect.
        classes: How the frequencies of the answers differ; None where there are no classes.
        accuracy: Estimated without labels; None where the model gives no class probabilities.
        truth: Where the window has labels; None elsewhere.
        labelled: Labelled images of the baseline.
        notes: What a careful reader must know.
    """

    drifted: bool | None
    p_value: float | None
    effect: float
    severity: Severity
    metrics: list[MetricDrift]
    classes: ClassDrift | None
    accuracy: AccuracyEstimate | None
    truth: TrueAccuracy | None
    labelled: int = 0
    notes: tuple[str, ...] = ()

    @property
    def impact(self) -> Impact | None:
        """What the change costs: by labels where there are enough, else by the estimate; None if neither is sound."""
        known = self.accuracy
        if known is None or known.baseline_accuracy is None:
            return None
        if self.truth is not None and self.truth.images >= LEAST_IMAGES and self.labelled:
            before, share = known.baseline_accuracy, self.truth.accuracy
            noise = math.sqrt(before * (1 - before) / self.labelled + share * (1 - share) / self.truth.images)
            return Impact(impact_severity(known.baseline_accuracy - share, noise), measured=True)
        return Impact(known.severity, measured=False) if known.status == "reliable" else None

    def outputs(self, share: int, alpha: float) -> dict[str, Any]:
        """As `DriftReport.outputs` holds them: p-values multiplied by their share of alpha, to be compared with it."""
        return {
            "drift_detected": self.drifted,
            "severity": self.severity,
            "p_value": None if self.p_value is None else min(1.0, share * self.p_value),
            "alpha": alpha,
            "effect": self.effect,
            "metrics": [_row(one) for one in self.metrics],
            "classes": None if self.classes is None else _classes(self.classes),
            "notes": list(self.notes),
        }

    def accuracies(self) -> dict[str, Any] | None:
        """As `DriftReport.accuracy` holds them."""
        if self.accuracy is None and self.truth is None:
            return None
        return {
            "estimated": None if self.accuracy is None else asdict(self.accuracy),
            "measured": None if self.truth is None else self.truth.to_dict(),
        }


def images_only(profile: Profile) -> Profile:
    """The profile without what a model said."""
    names = [name for name in profile.sample.column_names if name.startswith(OF_ANSWERS)]
    if not names:
        return profile
    histograms = {name: its for name, its in profile.histograms.items() if not name.startswith(OF_ANSWERS)}
    return replace(profile, sample=profile.sample.drop_columns(names), histograms=histograms)


def compare_answers(
    baseline: Profile,
    window: Profile,
    policy: Policy,
    model: Respondent,
    *,
    consecutive: bool = False,
) -> Answers | None:
    """Test the answers, and estimate what accuracy is left.

    Args:
        baseline, window: Profiles of records.
        policy: `alpha` is that of the answers.
        model: Who answered.
        consecutive: As in `compare`.
    Returns:
        None where the sides have no answers in common.
    """
    labels = model.labels
    vectors = embedding_matrix(baseline.sample), embedding_matrix(window.sample)
    if vectors[0] is not None and vectors[1] is not None:
        return _embeddings(vectors[0], vectors[1], policy)
    sides = [_answers_only(side, labels, _watched(baseline, labels)) for side in (baseline, window)]
    if not set(metric_names(sides[0].sample.schema)) & set(metric_names(sides[1].sample.schema)):
        return None
    samples = common_samples(*sides)
    found = [effects(column) for column in samples.columns]
    verdict = judge(Trial(sides[0], sides[1], samples, found, consecutive), policy)
    classes = _class_drift(baseline, window)
    verdict = _with_classes(verdict, classes, (baseline.sample.num_rows, window.sample.num_rows), policy)
    words = [_wording(name) for name in samples.names]
    ranked = sorted(range(len(found)), key=lambda j: (-found[j].size, samples.names[j]))
    rows = metric_rows(Findings(sides[0], sides[1], samples, found, verdict.metrics, words), ranked, {})
    return Answers(
        verdict.drifted,
        verdict.p_value,
        verdict.effect,
        verdict.severity,
        rows,
        classes,
        _estimated(window.sample, model.calibration, labels),
        true_accuracy(window.sample, labels),
        0 if model.calibration is None else model.calibration.images,
        (*verdict.notes, *_strange(samples)),
    )


def _embeddings(baseline: Any, window: Any, policy: Policy) -> Answers:
    """Embeddings are compared as they are: they have neither classes nor an accuracy."""
    rows = len(baseline), len(window)
    reason = too_small(*rows, policy)
    if reason is not None:
        return Answers(None, None, 0.0, "insufficient", [], None, None, None, notes=(reason,))
    if baseline.shape[1] != window.shape[1]:
        reason = f"The embeddings have {baseline.shape[1]} numbers in the baseline and {window.shape[1]} in the window."
        return Answers(None, None, 0.0, "insufficient", [], None, None, None, notes=(reason,))
    found = embedding_drift(baseline, window)
    drifted = found.p_value <= policy.alpha and found.effect >= policy.min_effect
    severity = input_severity(effect_lower_bound(found.effect, *rows), policy) if drifted else "none"
    return Answers(drifted, found.p_value, found.effect, severity, [], None, None, None)


def _class_drift(baseline: Profile, window: Profile) -> ClassDrift | None:
    counts = baseline.counts["prediction"], window.counts["prediction"]
    return class_drift(*counts) if all(counts) else None


def _with_classes(verdict: Verdict, classes: ClassDrift | None, rows: tuple[int, int], policy: Policy) -> Verdict:
    """The decision with the classes beside the scores; against batches the scores alone decide."""
    if classes is None or verdict.p_value is None or verdict.test != "single":
        return verdict
    p_value, effect = with_classes(verdict.p_value, verdict.effect, classes)
    drifted = p_value <= policy.alpha and effect >= policy.min_effect
    severity = verdict.severity
    if drifted and not verdict.drifted:
        severity = input_severity(effect_lower_bound(effect, *rows), policy)
    return replace(verdict, drifted=drifted, p_value=p_value, effect=effect, severity=severity if drifted else "none")


def _watched(baseline: Profile, labels: Sequence[str]) -> list[int]:
    scores = scores_matrix(baseline.sample)
    if scores is None or scores.shape[1] != len(labels):
        return []
    means = np.nanmean(scores, axis=0) if np.isfinite(scores).any() else np.zeros(len(labels))
    return watched_scores(means)


def _answers_only(profile: Profile, labels: Sequence[str], watched: Sequence[int]) -> Profile:
    """Output metrics and watched scores as the only metrics of a profile."""
    sample = profile.sample
    kept = [name for name in sample.column_names if name in FIXED.names or name.startswith(OF_ANSWERS)]
    table = sample.select(kept)
    scores = scores_matrix(sample)
    if scores is not None and scores.shape[1] == len(labels):
        for index in watched:
            column = pa.array(scores[:, index], pa.float32(), from_pandas=True)
            table = table.append_column(f"{_OF_SCORES}{labels[index]}", column)
    histograms = {name: its for name, its in profile.histograms.items() if name.startswith(OF_ANSWERS)}
    return replace(profile, sample=table, histograms=histograms)


def _wording(name: str) -> Wording:
    if not name.startswith(_OF_SCORES):
        return wording(name, outputs.get(name) if name in outputs else None)
    label = name.removeprefix(_OF_SCORES)
    said = f"scored higher for {label}", f"scored lower for {label}"
    return Wording(f"Score: {label}", f"the score of {label}", "1", *said, "points", headline=False)


def _estimated(sample: pa.Table, calibration: Calibration | None, labels: Sequence[str]) -> AccuracyEstimate | None:
    scores = scores_matrix(sample)
    if scores is not None and scores.shape[1] == len(labels):
        return estimate_accuracy(calibration, scores)
    if "output.confidence" not in sample.column_names:
        return None
    confidence = sample.column("output.confidence").to_numpy(zero_copy_only=False)
    return estimate_accuracy(calibration, confidence.astype(np.float64))


def _strange(samples: Samples) -> list[str]:
    missing = [*samples.only_baseline, *samples.only_window]
    return [f"Answers that only one side has: {', '.join(missing)}."] if missing else []


def _row(one: MetricDrift) -> dict[str, Any]:
    return {
        "name": one.name,
        "title": one.title,
        "effect": one.effect,
        "p_value": one.p_value,
        "before": one.before,
        "after": one.after,
        "statistic": one.statistic,
        "severity": one.severity,
        "text": one.text,
    }


def _classes(found: ClassDrift) -> dict[str, Any]:
    return {
        "p_value": found.p_value,
        "distance": found.distance,
        "unseen": found.unseen,
        "gone": found.gone,
        "changes": dict(list(found.changes.items())[:_MOST_CLASSES_TOLD]),
    }
