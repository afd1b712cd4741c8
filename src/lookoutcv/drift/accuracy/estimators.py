"""What each method says of a window without labels, and how far its predictions moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lookoutcv.drift.accuracy.calibration import Calibration, Curve, Scores
from lookoutcv.drift.accuracy.label_shift import corrected_priors, other_classes_explain, transported
from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray

# Numbers looked at: of 1,000 classes the first 5,000 images, and never fewer than an estimate rests on.
_MOST_NUMBERS = 5_000_000
LEAST_IMAGES = 100
# A window of fewer images has other class frequencies by chance alone.
_IMAGES_A_CLASS = 10


@dataclass(frozen=True, eq=False)
class Views:
    """What the methods say of a window.

    Args:
        methods: The accuracy by each, 0 to 1: see `AccuracyEstimate.methods`.
        estimate: What follows from them.
        chances: Of each image to be right, (n,).
        parts: Of each image, (n,): what the estimate is the mean of, or nearly so.
        prior_shift: Total variation of the class frequencies; None where only confidences are known.
        explained: The certainties fit those of the baseline under these class frequencies.
        transported: COT, where it was asked for and there are enough images.
    """

    methods: dict[str, float]
    estimate: float
    chances: FloatArray
    parts: FloatArray
    prior_shift: float | None
    explained: bool
    transported: float | None = None

    @property
    def alone(self) -> bool:
        """Whether only confidences are known."""
        return "em" not in self.methods

    @property
    def disagreement(self) -> float:
        """The largest accuracy that a method says, less the smallest."""
        estimates = list(self.methods.values())
        return max(estimates) - min(estimates)

    def moved_from(self, accuracy: float) -> tuple[float, ...] | None:
        """An accuracy less CBPE, EM, ATC and COT, and the shift of classes; None where one of them is not known."""
        if self.transported is None or self.prior_shift is None:
            return None
        estimates = (*(self.methods[name] for name in ("cbpe", "em", "atc")), self.transported)
        return (*(accuracy - estimate for estimate in estimates), self.prior_shift)


def outputs_moved(calibration: Calibration, scores: Scores) -> tuple[float, ...] | None:
    """How far a window's predictions lie from the baseline's: its accuracy less four estimates, and the classes' shift.

    Args:
        calibration: Of the baseline.
        scores: (N, C) probabilities, some of them not NaN.
    Returns:
        Differences to CBPE, EM, ATC and COT, and the total variation of the classes; None where the window has under 10
        images a class.
    Raises:
        ShapeMismatch: Not as many classes as in the calibration.
    """
    finite = ~np.isnan(scores).any(axis=1)
    if not finite.any():
        return None
    return views_of(calibration, scores[finite], transport=True).moved_from(calibration.accuracy)


def views_of(calibration: Calibration, scores: Scores, *, transport: bool = False) -> Views:
    """What each method says.

    Args:
        calibration: Of the baseline.
        scores: (n, C) probabilities or (n,) confidences, n at least 1, no NaN.
        transport: Compute COT in any case.
    Raises:
        ShapeMismatch: Not as many classes as in the calibration.
    """
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
    predicted = scores.argmax(axis=1)
    certainty = soft[images, predicted]
    views = _of_certainty(curve, calibration.accuracy, certainty)
    frequencies = corrected_priors(soft, priors)
    ratio = frequencies / priors
    methods = {**views.methods, "em": float((certainty * ratio[predicted] / (soft @ ratio)).mean())}
    explained = other_classes_explain(certainty, by_class, ratio)
    enough = len(scores) >= _IMAGES_A_CLASS * len(priors)
    carried = transported(soft, priors) if enough and (transport or not explained) else None
    if carried is not None and not explained:
        methods["cot"] = carried
    estimate = methods["cot"] if "cot" in methods else (methods["cbpe"] + methods["em"]) / 2
    shift = float(np.abs(frequencies - priors).sum() / 2)
    return Views(methods, estimate, views.chances, views.chances, shift, explained, carried)


def _of_certainty(curve: Curve, accuracy: float, certainty: FloatArray) -> Views:
    chances, enough = curve.at(certainty), certainty >= curve.threshold
    methods = {
        "cbpe": float(chances.mean()),
        "atc": float(enough.mean()),
        "doc": accuracy + float(certainty.mean()) - curve.mean,
    }
    return Views(methods, (methods["cbpe"] + methods["atc"]) / 2, chances, (chances + enough) / 2, None, True)
