"""Does it hurt? What a change costs, by labels where there are any, else by the estimate of the accuracy."""

from __future__ import annotations

from lookoutcv.calls.option_names import option
from lookoutcv.drift.accuracy.impact import LOW_DROP
from lookoutcv.reports.parts.content_blocks import Answer
from lookoutcv.reports.parts.numbers import MINUS, average_precision, percent, points
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.labelled_loss import LabelledLoss
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.severity import Severity

DOES_IT_HURT = "Does it hurt?"


def impact_answer(report: DriftReport) -> Answer:
    """The answer from the best that is known: labels on both sides, labels of the window, an estimate, or nothing."""
    if report.overall_drift_detected is None:
        return Answer(DOES_IT_HURT, "Not known.", "With so few images nothing can be said.", Severity.INSUFFICIENT)
    accuracy = report.accuracy or ModelAccuracy()
    if accuracy.change is not None:
        return _by_change(report, accuracy.change)
    if accuracy.labelled_loss is not None:
        return _by_loss(report, accuracy.labelled_loss)
    estimated = accuracy.estimated
    before = None if estimated is None else estimated.baseline_accuracy
    if accuracy.measured is not None and before is not None:
        return _by_untested_labels(accuracy.measured, before)
    if estimated is not None and estimated.estimate is not None and before is not None:
        return _by_estimate(report, estimated, before, estimated.estimate)
    return _without_accuracy(report)


def _by_change(report: DriftReport, change: AccuracyChange) -> Answer:
    """What labels on both sides say, with the interval that they allow."""
    detector = change.measure == "mAP"
    figure = average_precision if detector else percent
    name = "Mean average precision (mAP)" if detector else "Accuracy"
    interval = f"{100 * change.low:.1f} to {100 * change.high:.1f} points".replace("-", MINUS)
    sides = f"{name} {figure(change.before)} in the baseline, {figure(change.after)} now, by labels"
    basis = f"{sides} (90% interval of the loss {interval})."
    if change.drop < LOW_DROP:
        return Answer(DOES_IT_HURT, "No.", basis)
    if not change.fell:
        return Answer(DOES_IT_HURT, "Perhaps: within chance.", basis, Severity.LOW)
    lost = f"Yes: {points(change.drop)} of {'mAP' if detector else 'accuracy'}."
    return Answer(DOES_IT_HURT, lost, basis, _at_least_medium(report.severity))


def _by_loss(report: DriftReport, loss: LabelledLoss) -> Answer:
    """What a few labels say."""
    basis = _sides(loss.before, loss.after, loss.images)
    if loss.drop < LOW_DROP:
        return Answer(DOES_IT_HURT, "No.", basis, Severity.NONE)
    if not loss.fell:
        return Answer(DOES_IT_HURT, "Perhaps: within chance.", basis, Severity.LOW)
    return Answer(DOES_IT_HURT, f"Yes: {points(loss.drop)} of accuracy.", basis, _at_least_medium(report.severity))


def _by_untested_labels(measured: TrueAccuracy, before: float) -> Answer:
    """What labels say in a report of version 1, which does not hold on how many the baseline's accuracy rests."""
    basis = _sides(before, measured.accuracy, measured.images)
    if before - measured.accuracy < LOW_DROP:
        return Answer(DOES_IT_HURT, "No.", basis, Severity.NONE)
    return Answer(DOES_IT_HURT, "Perhaps: not tested.", basis, Severity.LOW)


def _sides(before: float, after: float, images: int) -> str:
    sides = f"Accuracy {percent(before)} in the baseline, {percent(after)} now"
    return f"{sides}, by the labels of {images:,} images."


def _by_estimate(report: DriftReport, estimated: AccuracyEstimate, before: float, after: float) -> Answer:
    interval = ""
    if estimated.low is not None and estimated.high is not None:
        interval = f" (90% interval {percent(estimated.low)} to {percent(estimated.high)})"
    basis = f"Accuracy {percent(before)} in the baseline; estimated without labels now: {percent(after)}{interval}."
    bad = _at_least_medium(report.severity)
    if estimated.status == "reliable":
        if not estimated.impact:
            return Answer(DOES_IT_HURT, "Probably not.", basis, Severity.NONE)
        return Answer(DOES_IT_HURT, f"Probably: about {points(before - after)} of accuracy.", basis, bad)
    text = basis if estimated.reason is None else f"The estimate cannot be relied on. {estimated.reason}"
    if estimated.impact:
        return Answer(DOES_IT_HURT, "Probably.", f"{text} Label about 100 images to know.", bad)
    level = Severity.LOW if report.overall_drift_detected else Severity.NONE
    return Answer(DOES_IT_HURT, "Not known.", text, level)


def _without_accuracy(report: DriftReport) -> Answer:
    if not report.overall_drift_detected:
        text = "" if report.outputs else "The images look as they did."
        return Answer(DOES_IT_HURT, "No sign of it.", text, Severity.NONE)
    if report.outputs is None:
        text = "No model was asked. The severity says how different the images are, not how much accuracy that costs."
        text += f" Give {option('model', 'MODEL')}, or check labelled images."
        return Answer(DOES_IT_HURT, "Not known.", text, Severity.LOW)
    text = "The accuracy is not known: for an estimate the baseline needs labels, and a classifier's scores."
    return Answer(DOES_IT_HURT, "Not known.", text, Severity.LOW)


def _at_least_medium(severity: Severity) -> Severity:
    """An accuracy that fell is bad however little the images differ."""
    return max(severity, Severity.MEDIUM)
