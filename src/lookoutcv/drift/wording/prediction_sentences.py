"""A model's predictions in sentences: what changed in them, and what accuracy is left."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.drift.describe.rows import MetricRow
from lookoutcv.drift.predictions.prediction_comparison import Impact, PredictionComparison
from lookoutcv.drift.wording.accuracy_sentences import estimate_in_words
from lookoutcv.drift.wording.class_sentences import class_sentences
from lookoutcv.drift.wording.metric_sentences import metric_in_words
from lookoutcv.drift.wording.note_sentences import note_sentence
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.accuracy.true_detection import TrueDetection
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.findings.prediction_drift import PredictionDrift, PredictionMetric
from lookoutcv.results.severity import Severity

# So many classes are listed in a report.
_MOST_CLASSES = 20
# Above this p-value of the classes their changes are not listed.
_CHANCE = 0.01
SHARES = (
    "The images and the model's answers have half of alpha each, so that the chance of any false alarm stays alpha; "
    "the p-values shown are doubled, to be compared with alpha itself."
)
_IMPACT = (
    "Severity is judged by impact: how many points of {measure} the model loses, {by}. By "
    "how different the images and answers are it would be {severity}."
)
_WITHOUT_DRIFT = (
    "The labels show a loss that no drift explains: {measure} {before} in the baseline, {after} in the window, "
    "{points} points less (90% interval {low} to {high}). What counts as right may have changed, or something that "
    "neither the metrics nor the answers show: look at images that are answered wrongly, and at how they were labelled."
)


def predictions_in_words(predictions: PredictionComparison, shares: int, alpha: float) -> PredictionDrift:
    """The predictions as a report holds them: p-values multiplied by their share of alpha, to be compared with it.

    Args:
        predictions: In figures.
        shares: How many parts of alpha there are.
        alpha: Of the report.
    """
    return PredictionDrift(
        drift_detected=predictions.drifted,
        severity=predictions.severity,
        p_value=None if predictions.p_value is None else min(1.0, shares * predictions.p_value),
        alpha=alpha,
        effect=predictions.effect,
        metrics=[_metric(row) for row in predictions.metrics],
        classes=None if predictions.classes is None else _classes(predictions.classes),
        notes=list(map(note_sentence, predictions.notes)),
    )


def _metric(row: MetricRow) -> PredictionMetric:
    metric = metric_in_words(row)
    return PredictionMetric(
        name=metric.name,
        title=metric.title,
        effect=metric.effect,
        p_value=metric.p_value,
        before=metric.before,
        after=metric.after,
        statistic=metric.statistic,
        severity=metric.severity,
        text=metric.text,
    )


def _classes(drift: ClassDrift) -> ClassDrift:
    largest = {name: drift.changes[name] for name in list(drift.changes)[:_MOST_CLASSES]}
    text = " ".join(class_sentences(largest, drift.new, drift.absent))
    return replace(drift, changes=largest, before={name: drift.before[name] for name in largest}, text=text)


def impact_sentence(impact: Impact, input_severity: Severity) -> str:
    """By what severity is judged where the impact is known, and what it would be by input effect."""
    measure = "accuracy" if impact.measured is None else impact.measured.measure
    known_by = "estimated without labels" if impact.measured is None else "measured on labelled images"
    return _IMPACT.format(measure=measure, by=known_by, severity=input_severity)


def unmeasured_sentence(baseline_measured: bool, window_measured: bool) -> str:
    """Why only predictions are compared.

    Example:
        >>> unmeasured_sentence(False, True)
        'No image was measured in the baseline: only the answers are compared.'
    """
    if baseline_measured and window_measured:
        return "The images were measured with other metrics on each side: only the answers are compared."
    where = " in the window" if baseline_measured else " in the baseline" if window_measured else ""
    return f"No image was measured{where}: only the answers are compared."


def ungrouped_sentence(group_by: str) -> str:
    """That predictions are not compared group by group."""
    return f"Groups are compared by their images, so nothing is said by {group_by}."


def predictions_alone(predictions: PredictionComparison, counts: str) -> str:
    """The first sentences of a summary where no image was compared.

    Args:
        predictions: What was found.
        counts: How many predictions there are on each side, in words.
    """
    if predictions.drifted is None:
        reason = note_sentence(predictions.notes[0]) if predictions.notes else "Too few predictions."
        return f"Not enough to say whether there is drift ({counts}). {reason}"
    if predictions.drifted:
        return f"Drift of the model's answers ({counts})."
    return f"No drift of the answers ({counts})."


def loss_sentence(drop: AccuracyChange) -> str:
    """A loss by labels that no drift explains."""
    low, high = (f"{100 * end:.1f}" for end in (drop.low, drop.high))
    return _WITHOUT_DRIFT.format(
        measure=drop.measure,
        before=measured_text(drop.measure, drop.before),
        after=measured_text(drop.measure, drop.after),
        points=f"{100 * drop.drop:.1f}",
        low=low,
        high=high,
    )


def measured_text(measure: str, value: float) -> str:
    """A figure as people write it: accuracy in percent, mAP as a number of three digits.

    Example:
        >>> measured_text("accuracy", 0.912), measured_text("mAP", 0.4567)
        ('91.2%', '0.457')
    """
    return _percent(value) if measure == "accuracy" else f"{value:.3f}"


def prediction_sentences(predictions: PredictionComparison) -> list[str]:
    """What the report's summary says of the predictions and of the accuracy: by labels, or else estimated."""
    sentences = []
    if predictions.drifted:
        sentences.append(" ".join(["The model answers otherwise than before.", *_changes(predictions)]))
    if predictions.detection is not None:
        sentences.append(_detection_sentence(predictions.detection))
    elif predictions.measured is not None:
        sentences.append(_labels_sentence(predictions, predictions.measured))
    elif predictions.estimated is not None:
        sentences += accuracy_sentences(estimate_in_words(predictions.estimated))
    return sentences


def _labels_sentence(predictions: PredictionComparison, truth: TrueAccuracy) -> str:
    before = predictions.estimated.baseline_accuracy if predictions.estimated is not None else None
    before = predictions.change.before if predictions.change is not None else before
    measured = f"By the labels of {truth.images:,} images its accuracy is {_percent(truth.accuracy)}"
    return f"{measured}." if before is None else f"{measured}, against {_percent(before)} in the baseline."


def _detection_sentence(detection: TrueDetection) -> str:
    window, loss = detection.window, detection.change
    now = f"By the objects marked in {window.images:,} images its mean average precision (mAP) is {window.map:.3f}"
    if detection.baseline is None:
        return f"{now}."
    both = f"{now}, against {detection.baseline.map:.3f} in the baseline."
    if loss is None:
        return f"{both} That is too little to say whether it fell."
    if loss.fell:
        ends = f"90% interval {100 * loss.low:.1f} to {100 * loss.high:.1f} points"
        return f"{both} It fell by {100 * loss.drop:.1f} points over the classes of both sides ({ends})."
    return f"{both} That it fell cannot be said." if loss.drop > 0 else both


def _changes(predictions: PredictionComparison) -> list[str]:
    """How the predictions differ: the strongest of their metrics, and the classes where these are no chance."""
    drifted = [row for row in predictions.metrics if row.decision.severity >= Severity.LOW]
    strongest = [metric_in_words(row).text for row in drifted[:1]]
    classes = predictions.classes
    if classes is None or (classes.p_value is not None and classes.p_value > _CHANCE):
        return strongest
    return [*strongest, *class_sentences(classes.changes, classes.new, classes.absent)]


def accuracy_sentences(accuracy: AccuracyEstimate) -> list[str]:
    """The estimate with its interval, or why there is none to trust."""
    before, now, low, high = accuracy.baseline_accuracy, accuracy.estimate, accuracy.low, accuracy.high
    if now is None or low is None or high is None or before is None:
        return [f"Its accuracy cannot be estimated: {accuracy.reason}"] if before is not None else []
    if accuracy.status == "unreliable":
        text = f"Its accuracy cannot be estimated reliably: {accuracy.reason}"
        return [f"{text} It has probably fallen: label about 100 images to verify."] if accuracy.impact else [text]
    interval = f"{_percent(now)} (90% interval {_percent(low)} to {_percent(high)})"
    text = f"Its accuracy, estimated without labels, is {interval}, against {_percent(before)} in the baseline."
    if accuracy.impact:
        return [f"{text} Answers have become worse: label about 100 images of this window to verify."]
    return [text]


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
