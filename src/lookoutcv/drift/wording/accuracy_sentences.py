"""The accuracy of a window in words: the estimate, and why it is not to be relied on."""

from __future__ import annotations

from functools import singledispatch

from lookoutcv.drift.accuracy.doubts import (
    Doubt,
    FewImages,
    FewLabels,
    ImagesChanged,
    LessCertain,
    MethodsDisagree,
    NoBaselineLabels,
    NoScores,
    NoSimilarCorruption,
    OtherClasses,
)
from lookoutcv.drift.accuracy.estimate import EstimatedAccuracy
from lookoutcv.drift.predictions.prediction_comparison import PredictionComparison
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy

_ASSUMPTION = (
    "Assumes that an answer of a given confidence is right as often as in the baseline; label about 100 images of this "
    "window to verify."
)
_CONFIDENCES_ONLY = " Only the confidence of each answer is known; with the scores of all classes it would be surer."


def accuracy_in_words(predictions: PredictionComparison) -> ModelAccuracy | None:
    """All that is known of the accuracy, as a report holds it; None where nothing is."""
    if predictions.estimated is None and predictions.measured is None and predictions.detection is None:
        return None
    return ModelAccuracy(
        estimated=None if predictions.estimated is None else estimate_in_words(predictions.estimated),
        measured=predictions.measured,
        detection=predictions.detection,
        change=predictions.change,
        labelled_loss=predictions.labelled_loss,
    )


def estimate_in_words(accuracy: EstimatedAccuracy) -> AccuracyEstimate:
    """The estimate as a report holds it: figures, and the reason not to rely on them.

    Example:
        >>> estimate_in_words(EstimatedAccuracy(0, doubts=(NoScores(),))).reason
        'No image of the window has a score.'
    """
    return AccuracyEstimate(
        status=accuracy.status,
        reason=" ".join(map(doubt_sentence, accuracy.doubts)) or None,
        images=accuracy.images,
        baseline_accuracy=accuracy.baseline_accuracy,
        estimate=accuracy.estimate,
        low=accuracy.low,
        high=accuracy.high,
        drop=accuracy.drop,
        drop_noise=accuracy.drop_noise,
        impact=accuracy.impact,
        severity=accuracy.severity,
        methods=accuracy.methods,
        prior_shift=accuracy.prior_shift,
        correction=accuracy.correction,
        nearest_corruption=accuracy.nearest_corruption,
        assumption=_ASSUMPTION + (_CONFIDENCES_ONLY if accuracy.confidences_only else ""),
    )


@singledispatch
def doubt_sentence(doubt: Doubt) -> str:
    """Why an estimate is not to be relied on."""
    raise NotImplementedError(type(doubt).__name__)


@doubt_sentence.register
def _(_: NoBaselineLabels) -> str:
    return "The baseline has no labels to calibrate with."


@doubt_sentence.register
def _(_: NoScores) -> str:
    return "No image of the window has a score."


@doubt_sentence.register
def _(doubt: FewLabels) -> str:
    return f"The baseline has {doubt.images} labelled images; {doubt.least} are needed."


@doubt_sentence.register
def _(doubt: FewImages) -> str:
    return f"The window has {doubt.images} images with scores; {doubt.least} are needed."


@doubt_sentence.register
def _(doubt: OtherClasses) -> str:
    why = (
        "there seem to be other classes than in the baseline"
        if doubt.explained
        else "it is not as certain of them as it was: it may fail on these images"
    )
    return f"The model answers with other classes in {100 * doubt.shift:.0f}% of the images, and {why}."


@doubt_sentence.register
def _(_: LessCertain) -> str:
    return "The model is not as certain as it was, and the window has few images for so many classes."


@doubt_sentence.register
def _(_: NoSimilarCorruption) -> str:
    return "No corrupted copies that look and answer like these images were tried."


@doubt_sentence.register
def _(doubt: MethodsDisagree) -> str:
    return f"The methods disagree by {100 * doubt.spread:.0f} points."


@doubt_sentence.register
def _(_: ImagesChanged) -> str:
    return "The images look otherwise than before, and confidences alone do not tell what that costs."
