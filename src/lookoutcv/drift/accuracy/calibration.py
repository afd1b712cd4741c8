"""How right a model was at each degree of certainty, learnt once from images whose labels are known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lookoutcv.drift.accuracy.perturbation import OUTPUTS_MOVED, PerturbationCalibration
from lookoutcv.errors import CorruptFile
from lookoutcv.grids import FloatArray

Scores = np.ndarray[Any, np.dtype[Any]]

# Probabilities that a file holds as 0 are only very small: float32 ends its precision here.
LEAST_SCORE = 1e-7


@dataclass(frozen=True)
class Curve:
    """How certain a model was, and how often it was then right.

    Args:
        certainty: Rising certainties, 0 to 1, at least one.
        chance: Share of right predictions at each, .01 to .999, never falling; straight lines lie between.
        threshold: As many calibration images were more certain than this, or as certain, as were right.
        mean: Mean certainty of the calibration images.
        spread: Standard deviation of the chances of the calibration images.
    """

    certainty: list[float]
    chance: list[float]
    threshold: float
    mean: float
    spread: float

    def at(self, certainty: FloatArray) -> FloatArray:
        """The chance of a right prediction at these certainties, (n,).

        Example:
            >>> Curve([0.5, 0.9], [0.4, 0.8], 0.5, 0.7, 0.1).at(np.array([0.2, 0.7, 1.0])).round(6).tolist()
            [0.4, 0.6, 0.8]
        """
        chances: FloatArray = np.interp(certainty, self.certainty, self.chance)
        return chances


@dataclass(frozen=True)
class Softening:
    """How a model's scores become probabilities that can be believed: softmax(log p / temperature + offsets).

    Args:
        temperature: Above 1 the model was too certain.
        offsets: (C,) of each class; a class that the model names too often has a negative one.
    """

    temperature: float
    offsets: list[float]

    def of(self, scores: Scores) -> FloatArray:
        """The probabilities that belong to scores, (n, C).

        Example:
            >>> Softening(2.0, [0.0, 0.0]).of(np.array([[0.8, 0.2]])).round(4).tolist()
            [[0.6667, 0.3333]]
        """
        return softmax(logs(scores) / self.temperature + np.array(self.offsets))


@dataclass(frozen=True)
class ByClass:
    """How certain the predictions were for images of each class: what tells other classes from a worse model.

    Args:
        edges: Rising inner edges of the cells of certainty.
        counts: For each class, in the order of the model's labels, the images in each cell; one cell more than edges.
    """

    edges: list[float]
    counts: list[list[int]]


@dataclass(frozen=True)
class Calibration:
    """What a labelled baseline teaches about its model: all that an estimate without labels needs.

    Args:
        accuracy: Share of right predictions, 0 to 1.
        images: Labelled images that it rests on.
        confidence: The curve over the confidences as the model gave them.
        softening: Of the scores; None, as all that follows, where only confidences were logged.
        softened: The curve over the probability of the prediction after softening.
        priors: Frequency of each class among the labels, in the order of the model's labels, each over 0.
        by_class: Of the probability of the prediction after softening.
        perturbation: How far estimates are off where images get worse; None where nobody tried.
    """

    accuracy: float
    images: int
    confidence: Curve
    softening: Softening | None = None
    softened: Curve | None = None
    priors: list[float] | None = None
    by_class: ByClass | None = None
    perturbation: PerturbationCalibration | None = None

    @property
    def of_confidence(self) -> Calibration:
        """What it knows of confidences alone, for predictions whose scores are unknown or in another order."""
        return Calibration(self.accuracy, self.images, self.confidence)

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> Calibration:
        """What `to_dict` gave. Keys that this version does not know are ignored.

        Raises:
            CorruptFile: A key is missing or holds no such value.
        Example:
            >>> from lookoutcv.drift.accuracy.fit_calibration import calibrate_confidence
            >>> made = calibrate_confidence(np.array([0.9, 0.6]), np.array([True, False]))
            >>> Calibration.from_dict(made.to_dict()) == made
            True
        """
        try:
            return _from_dict(data)
        except (KeyError, TypeError, ValueError) as error:
            raise CorruptFile(
                f"the calibration of the model is damaged ({error})",
                "Make the baseline again, or fetch an undamaged copy.",
                path="",
            ) from None


def logs(scores: Scores) -> FloatArray:
    """Their natural logarithms, none below that of the least score."""
    logarithms: FloatArray = np.log(np.maximum(scores, LEAST_SCORE, dtype=np.float64))
    return logarithms


def softmax(logits: FloatArray) -> FloatArray:
    """Probabilities from logits, (n, C), row by row."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _from_dict(data: Any) -> Calibration:
    softening, softened, by_class = (data[key] for key in ("softening", "softened", "by_class"))
    return Calibration(
        _number(data["accuracy"]),
        int(_number(data["images"])),
        _read_curve(data["confidence"]),
        None if softening is None else Softening(_number(softening["temperature"]), _numbers(softening["offsets"])),
        None if softened is None else _read_curve(softened),
        None if data["priors"] is None else _numbers(data["priors"]),
        None
        if by_class is None
        else ByClass(_numbers(by_class["edges"]), [_counts(row) for row in by_class["counts"]]),
        _read_perturbation(data.get("perturbation")),
    )


def _read_perturbation(data: Any) -> PerturbationCalibration | None:
    if data is None:
        return None
    metrics, names = ([str(name) for name in data[key]] for key in ("metrics", "names"))
    places, misses = [_numbers(place) for place in data["places"]], _numbers(data["misses"])
    widths = {len(place) for place in places}
    if not len(names) == len(places) == len(misses) or widths != {len(metrics) + OUTPUTS_MOVED}:
        raise ValueError("a perturbation calibration that contradicts itself")
    return PerturbationCalibration(int(_number(data["images"])), metrics, names, places, misses)


def _counts(data: object) -> list[int]:
    return [int(item) for item in _numbers(data)]


def _read_curve(data: Mapping[str, Any]) -> Curve:
    numbers = (_number(data[key]) for key in ("threshold", "mean", "spread"))
    curve = Curve(_numbers(data["certainty"]), _numbers(data["chance"]), *numbers)
    if len(curve.certainty) != len(curve.chance) or not curve.certainty:
        raise ValueError("a curve of two lengths")
    return curve


def _numbers(data: object) -> list[float]:
    if not isinstance(data, list):
        raise TypeError("no list of numbers")
    return [_number(item) for item in data]


def _number(data: object) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
        raise ValueError(f"{data!r} is no number")
    return float(data)
