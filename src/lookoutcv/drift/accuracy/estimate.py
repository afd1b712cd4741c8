"""How accurate is the model on images without labels? An estimate, an interval, and when not to trust either.

Where the certainties of the predictions fit those of the baseline's images, its classes perhaps being more or less
frequent, the estimate is the mean of two: CBPE, the mean chance of a right prediction, and the same after correcting
the class frequencies. Where they do not fit, the model fails on the same classes rather than seeing other ones, and the
estimate is that of a transport onto the baseline's class frequencies (`label_shift`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from lookoutcv.drift.accuracy.calibration import Calibration, Scores
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
from lookoutcv.drift.accuracy.estimators import LEAST_IMAGES, Views, views_of
from lookoutcv.drift.accuracy.impact import (
    STANDARD_ERRORS,
    STANDARD_ERRORS_IF_PERTURBED,
    STANDARD_ERRORS_OF_CONFIDENCES,
    has_impact,
    impact_severity,
)
from lookoutcv.drift.accuracy.perturbation import Correction, look_changed
from lookoutcv.results.severity import Severity

# One-sided 95% at each end: an interval of 90%.
_QUANTILE = 1.645
# The interval's ends, in multiples of the estimated drop and of the disagreement between the methods. Below the
# estimate it is wider: errors over-estimate (chosen in the study; docs/statistics.md).
_DROP_BELOW, _DROP_ABOVE, _RANGE_ABOVE = 0.5, 0.35, 0.5
# The same from confidences alone, which miss more of a drop; and of the disagreement below.
_ALONE_BELOW, _ALONE_ABOVE, _ALONE_RANGE_ABOVE, _ALONE_RANGE_BELOW = 1.5, 0.1, 0.25, 0.5
# Beyond these the estimate is refused (chosen in the same study).
MOST_PRIOR_SHIFT, MOST_DISAGREEMENT, LEAST_LABELLED = 0.4, 0.08, 300
# With a perturbation calibration: half the interval's width in multiples of its doubt, and what makes it refuse (chosen
# in the same study; what the methods disagree about is then partly known).
_MISSED, MOST_DOUBT, _MOST_DISAGREEMENT_PERTURBED = 1.6, 0.05, 0.12


@dataclass(frozen=True)
class EstimatedAccuracy:
    """The accuracy of a window without labels, in figures; the fields that `AccuracyEstimate` has too are as there.

    Args:
        doubts: Why the figures are not to be relied on; empty where they are.
        confidences_only: The scores of all classes are not known.
    """

    images: int
    baseline_accuracy: float | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    drop: float | None = None
    drop_noise: float | None = None
    impact: bool | None = None
    severity: Severity = Severity.INSUFFICIENT
    methods: dict[str, float] = field(default_factory=dict)
    prior_shift: float | None = None
    correction: float | None = None
    nearest_corruption: str | None = None
    doubts: tuple[Doubt, ...] = ()
    confidences_only: bool = False

    @property
    def status(self) -> Literal["reliable", "unreliable"]:
        """Whether the figures are to be relied on."""
        return "unreliable" if self.doubts else "reliable"


def estimate_accuracy(
    calibration: Calibration | None, scores: Scores, moved: Mapping[str, float] | None = None
) -> EstimatedAccuracy:
    """Estimate the accuracy on a window without labels.

    Args:
        calibration: From `calibration.calibrate` on the labelled baseline; None where it has no labels.
        scores: (N, C) probabilities of all classes, or (N,) confidences where no more was logged. Images with a NaN are
            left out.
        moved: Effect of each metric of the images, window against baseline; where the calibration has corrupted copies,
            the estimate is then corrected by what was missed on copies like these images. Confidences alone are not
            relied on where the images changed.
    Raises:
        ShapeMismatch: Not as many classes as in the calibration.
    Example:
        >>> from lookoutcv.drift.accuracy.fit_calibration import calibrate_confidence
        >>> rng = np.random.default_rng(0)
        >>> confidence = rng.uniform(0.4, 1, 4000)
        >>> known = calibrate_confidence(confidence, rng.random(4000) < confidence)
        >>> found = estimate_accuracy(known, rng.uniform(0.4, 0.8, 4000))
        >>> found.status, round(found.baseline_accuracy, 2), round(found.methods["cbpe"], 2), found.impact
        ('reliable', 0.69, 0.59, True)

    Source: CBPE: NannyML's documentation; EM and COT: `label_shift`; ATC: Garg et al., "Leveraging unlabeled data to
    predict out-of-distribution performance", ICLR 2022; DoC: Guillory et al., "Predicting with confidence on unseen
    distributions", ICCV 2021. Estimate, interval and refusals: docs/statistics.md.
    """
    finite = ~np.isnan(scores if scores.ndim == 1 else scores.sum(axis=1))
    images = int(finite.sum())
    if calibration is None:
        return EstimatedAccuracy(images, doubts=(NoBaselineLabels(),))
    if not images:
        return EstimatedAccuracy(0, baseline_accuracy=calibration.accuracy, doubts=(NoScores(),))
    perturbation = calibration.perturbation if moved is not None else None
    views = views_of(calibration, scores[finite], transport=perturbation is not None)
    outputs_moved = views.moved_from(calibration.accuracy)
    correction = None
    if perturbation is not None and outputs_moved is not None:
        correction = perturbation.correction(moved or {}, outputs_moved)
    changed = look_changed(list((moved or {}).values()))
    return _estimated(calibration, views, correction, images, changed=changed)


def _estimated(
    calibration: Calibration, views: Views, correction: Correction | None, images: int, *, changed: bool
) -> EstimatedAccuracy:
    """The figures. `changed`: the images look otherwise than before."""
    points = 0.0 if correction is None else correction.points
    estimate = min(max(views.estimate + points, 0.0), 1.0)
    few = _too_few(calibration.images, images)
    doubts = [*few, *_doubts(views, correction)]
    if views.alone and changed:
        doubts.append(ImagesChanged())
    low, high = _interval(calibration, views, estimate, correction)
    drop = calibration.accuracy - estimate
    noise = _noise(calibration, views)
    standard_errors = STANDARD_ERRORS_OF_CONFIDENCES if views.alone else STANDARD_ERRORS
    if correction is not None:
        standard_errors = STANDARD_ERRORS_IF_PERTURBED
    return EstimatedAccuracy(
        images=images,
        baseline_accuracy=calibration.accuracy,
        estimate=estimate,
        low=low,
        high=high,
        drop=drop,
        drop_noise=noise,
        impact=None if few else has_impact(drop, noise, standard_errors=standard_errors),
        severity=Severity.INSUFFICIENT if few else impact_severity(drop, noise, standard_errors=standard_errors),
        methods=views.methods,
        prior_shift=views.prior_shift,
        correction=None if correction is None else correction.points,
        nearest_corruption=None if correction is None else correction.nearest,
        doubts=tuple(doubts),
        confidences_only=views.alone,
    )


def _noise(calibration: Calibration, views: Views) -> float:
    """Standard error of the drop where nothing changed."""
    curve = calibration.softened
    if views.alone or curve is None:
        # Half of the estimate are shares of sure images; the spread of a mean of two is at most the mean of theirs.
        sides = calibration.confidence.spread + math.sqrt(calibration.accuracy * (1 - calibration.accuracy))
        spread = sides / 2
    else:
        spread = curve.spread
    return math.sqrt(spread**2 / calibration.images + float(views.parts.var()) / len(views.parts))


def _interval(
    calibration: Calibration, views: Views, estimate: float, correction: Correction | None
) -> tuple[float, float]:
    """The ends of the estimate's interval, within [0, 1]."""
    accuracy, count = calibration.accuracy, len(views.chances)
    variance = float((views.chances * (1 - views.chances)).sum()) / count**2
    variance += accuracy * (1 - accuracy) / calibration.images
    if correction is not None:
        half = _QUANTILE * math.sqrt(variance + (_MISSED * correction.doubt) ** 2)
        return max(0.0, estimate - half), min(1.0, estimate + half)
    noise = _QUANTILE * math.sqrt(variance)
    drop = max(0.0, accuracy - estimate)
    if views.alone:
        below = noise + _ALONE_BELOW * drop + _ALONE_RANGE_BELOW * views.disagreement
        above = noise + _ALONE_ABOVE * drop + _ALONE_RANGE_ABOVE * views.disagreement
        return max(0.0, estimate - below), min(1.0, estimate + above)
    above = noise + _DROP_ABOVE * drop + _RANGE_ABOVE * views.disagreement
    return max(0.0, estimate - noise - _DROP_BELOW * drop), min(1.0, estimate + above)


def _too_few(labelled: int, images: int) -> list[Doubt]:
    doubts: list[Doubt] = []
    if labelled < LEAST_LABELLED:
        doubts.append(FewLabels(labelled, LEAST_LABELLED))
    if images < LEAST_IMAGES:
        doubts.append(FewImages(images, LEAST_IMAGES))
    return doubts


def _doubts(views: Views, correction: Correction | None) -> list[Doubt]:
    doubts: list[Doubt] = []
    if views.prior_shift is not None and views.prior_shift > MOST_PRIOR_SHIFT:
        doubts.append(OtherClasses(views.prior_shift, bool(views.explained)))
    elif not views.explained and "cot" not in views.methods:
        doubts.append(LessCertain())
    if correction is not None and correction.doubt > MOST_DOUBT:
        doubts.append(NoSimilarCorruption())
    if views.disagreement > (MOST_DISAGREEMENT if correction is None else _MOST_DISAGREEMENT_PERTURBED):
        doubts.append(MethodsDisagree(views.disagreement))
    return doubts
