"""How accurate is the model on images without labels? An estimate, an interval, and when not to trust either.

Where the certainties of the answers fit those of the baseline's images, its classes perhaps being more or less
frequent, the estimate is the mean of two: CBPE, the mean chance of a right answer, and the same after correcting the
class frequencies. Where they do not fit, the model fails on the same classes rather than seeing other ones, and the
estimate is that of a transport onto the baseline's class frequencies (`label_shift`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from lookoutcv.drift.calibration import Calibration, Curve
from lookoutcv.drift.harm import harmed, impact_severity
from lookoutcv.drift.label_shift import corrected_priors, other_classes_explain, transported
from lookoutcv.drift.report import Severity
from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray

Scores = np.ndarray[Any, np.dtype[Any]]

ASSUMPTION = (
    "Assumes that an answer of a given confidence is right as often as in the baseline; label about 100 images of this "
    "window to verify."
)
# One-sided 95% at each end: an interval of 90%.
_QUANTILE = 1.645
# The interval's ends, in multiples of the estimated drop and of the disagreement between the methods. Below the
# estimate it is wider: errors over-estimate (chosen in the study; docs/statistics.md).
_DROP_BELOW, _DROP_ABOVE, _RANGE_ABOVE = 0.5, 0.35, 0.5
# Beyond these the estimate is refused (chosen in the same study).
MOST_PRIOR_SHIFT, MOST_DISAGREEMENT, LEAST_LABELLED, LEAST_IMAGES = 0.4, 0.08, 300, 100
# Numbers looked at: of 1,000 classes the first 5,000 images.
_MOST_NUMBERS = 5_000_000
# A window of fewer images has other class frequencies by chance alone.
_IMAGES_A_CLASS = 10


@dataclass(frozen=True)
class AccuracyEstimate:
    """The accuracy of a window without labels. Its fields are JSON values.

    Args:
        status: "unreliable" where the figures are not to be trusted; `reason` says why.
        reason: A sentence; None where reliable.
        images: Images of the window that it rests on: those whose scores are numbers.
        baseline_accuracy: Of the labelled baseline, 0 to 1; None where it has no labels.
        estimate: 0 to 1; None where there is nothing to compute it from.
        low, high: The interval of 90% around it.
        drop: baseline_accuracy - estimate, so 0.05 is five points.
        drop_noise: Standard error of the drop where nothing changed. It is smaller than that of either accuracy, since
            both rest on the same labels.
        harm: Whether the alarm is raised; None with fewer images than either side needs.
        severity: By impact, see `harm.impact_severity`; "insufficient" where harm is None.
        methods: What each method says: "cbpe" (mean chance of a right answer), "em" (the same with the class
            frequencies corrected), "cot" (transport; only where it is the estimate), "atc" (average thresholded
            confidence) and "doc" (difference of confidences). The more they disagree, the wider the interval.
        prior_shift: Total variation between the class frequencies of the baseline's labels and those that the prior
            correction finds here; None without scores of all classes.
        assumption: What a reader must know.
    """

    status: Literal["reliable", "unreliable"]
    reason: str | None
    images: int
    baseline_accuracy: float | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    drop: float | None = None
    drop_noise: float | None = None
    harm: bool | None = None
    severity: Severity = "insufficient"
    methods: dict[str, float] = field(default_factory=dict)
    prior_shift: float | None = None
    assumption: str = ASSUMPTION


@dataclass(frozen=True, eq=False)
class _Views:
    """What the methods say of a window. `chances`: of each image to be right, (n,)."""

    methods: dict[str, float]
    estimate: float
    chances: FloatArray
    prior_shift: float | None
    explained: bool


def estimate_accuracy(calibration: Calibration | None, scores: Scores) -> AccuracyEstimate:
    """Estimate the accuracy on a window without labels.

    Args:
        calibration: From `calibration.calibrate` on the labelled baseline; None where it has no labels.
        scores: (N, C) probabilities of all classes, or (N,) confidences where no more was logged. Images with a NaN are
            left out.
    Raises:
        ShapeMismatch: Not as many classes as in the calibration.
    Example:
        >>> from lookoutcv.drift.calibration import calibrate_confidence
        >>> rng = np.random.default_rng(0)
        >>> confidence = rng.uniform(0.4, 1, 4000)
        >>> known = calibrate_confidence(confidence, rng.random(4000) < confidence)
        >>> found = estimate_accuracy(known, rng.uniform(0.4, 0.8, 4000))
        >>> found.status, round(found.baseline_accuracy, 2), round(found.methods["cbpe"], 2), found.harm
        ('reliable', 0.69, 0.59, True)

    Source: CBPE: NannyML's documentation; EM and COT: `label_shift`; ATC: Garg et al., "Leveraging unlabeled data to
    predict out-of-distribution performance", ICLR 2022; DoC: Guillory et al., "Predicting with confidence on unseen
    distributions", ICCV 2021. Estimate, interval and refusals: docs/statistics.md.
    """
    known = ~np.isnan(scores if scores.ndim == 1 else scores.sum(axis=1))
    images = int(known.sum())
    if calibration is None:
        return AccuracyEstimate("unreliable", "The baseline has no labels to calibrate with.", images)
    if not images:
        reason = "No image of the window has a score."
        return AccuracyEstimate("unreliable", reason, 0, baseline_accuracy=calibration.accuracy)
    views = _views(calibration, scores[known])
    few = _too_few(calibration.images, images)
    reasons = [*few, *_doubts(views)]
    low, high = _interval(calibration, views)
    drop = calibration.accuracy - views.estimate
    curve = calibration.softened if scores.ndim == 2 and calibration.softened else calibration.confidence
    noise = math.sqrt(curve.spread**2 / calibration.images + float(views.chances.var()) / len(views.chances))
    return AccuracyEstimate(
        "unreliable" if reasons else "reliable",
        " ".join(reasons) or None,
        images,
        calibration.accuracy,
        views.estimate,
        low,
        high,
        drop,
        noise,
        None if few else harmed(drop, noise),
        "insufficient" if few else impact_severity(drop, noise),
        views.methods,
        views.prior_shift,
    )


def _views(calibration: Calibration, scores: Scores) -> _Views:
    if scores.ndim == 1:
        return _of_certainty(calibration.confidence, calibration.accuracy, scores.astype(np.float64))
    softening, curve, by_class = calibration.softening, calibration.softened, calibration.by_class
    priors = np.array(calibration.priors or [])
    if softening is None or curve is None or by_class is None or scores.shape[1] != len(priors):
        raise ShapeMismatch(
            f"scores of {scores.shape[1]} classes for a calibration of {len(priors)}",
            "Calibrate with scores of the same model, or give the confidences alone.",
            shape=scores.shape,
            dtype=str(scores.dtype),
        )
    scores = scores[: max(_MOST_NUMBERS // len(priors), LEAST_IMAGES)]
    soft, images = softening.of(scores), np.arange(len(scores))
    answers = scores.argmax(axis=1)
    certainty = soft[images, answers]
    views = _of_certainty(curve, calibration.accuracy, certainty)
    frequencies = corrected_priors(soft, priors)
    ratio = frequencies / priors
    methods = {**views.methods, "em": float((certainty * ratio[answers] / (soft @ ratio)).mean())}
    explained = other_classes_explain(certainty, by_class, ratio)
    if not explained and len(scores) >= _IMAGES_A_CLASS * len(priors):
        methods["cot"] = transported(soft, priors)
    estimate = methods["cot"] if "cot" in methods else (methods["cbpe"] + methods["em"]) / 2
    return _Views(methods, estimate, views.chances, float(np.abs(frequencies - priors).sum() / 2), explained)


def _of_certainty(curve: Curve, accuracy: float, certainty: FloatArray) -> _Views:
    chances = curve.at(certainty)
    methods = {
        "cbpe": float(chances.mean()),
        "atc": float((certainty >= curve.threshold).mean()),
        "doc": accuracy + float(certainty.mean()) - curve.mean,
    }
    return _Views(methods, (methods["cbpe"] + methods["atc"]) / 2, chances, None, True)


def _interval(calibration: Calibration, views: _Views) -> tuple[float, float]:
    """The ends of the estimate's interval, within [0, 1]."""
    accuracy, count = calibration.accuracy, len(views.chances)
    by_chance = float((views.chances * (1 - views.chances)).sum()) / count**2
    noise = _QUANTILE * math.sqrt(by_chance + accuracy * (1 - accuracy) / calibration.images)
    spread = _disagreement(views)
    drop = max(0.0, accuracy - views.estimate)
    above = noise + _DROP_ABOVE * drop + _RANGE_ABOVE * spread
    return max(0.0, views.estimate - noise - _DROP_BELOW * drop), min(1.0, views.estimate + above)


def _disagreement(views: _Views) -> float:
    said = list(views.methods.values())
    return max(said) - min(said)


def _too_few(labelled: int, images: int) -> list[str]:
    found = []
    if labelled < LEAST_LABELLED:
        found.append(f"The baseline has {labelled} labelled images; {LEAST_LABELLED} are needed.")
    if images < LEAST_IMAGES:
        found.append(f"The window has {images} images with scores; {LEAST_IMAGES} are needed.")
    return found


def _doubts(views: _Views) -> list[str]:
    found = []
    if views.prior_shift is not None and views.prior_shift > MOST_PRIOR_SHIFT:
        why = (
            "there seem to be other classes than in the baseline"
            if views.explained
            else "it is not as certain of them as it was: it may fail on these images"
        )
        found.append(
            f"The model answers with other classes in {100 * views.prior_shift:.0f}% of the images, and {why}."
        )
    elif not views.explained and "cot" not in views.methods:
        found.append("The model is not as certain as it was, and the window has few images for so many classes.")
    spread = _disagreement(views)
    if spread > MOST_DISAGREEMENT:
        found.append(f"The methods disagree by {100 * spread:.0f} points.")
    return found
