"""How right a model was at each degree of certainty, learnt once from images whose labels are known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lookoutcv.drift.rehearsal import ANSWERS_MOVED, Rehearsal
from lookoutcv.errors import CorruptFile, ShapeMismatch
from lookoutcv.grids import FloatArray, IntArray

Scores = np.ndarray[Any, np.dtype[Any]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

# No certainty makes an answer surely right or surely wrong.
LOWEST_CHANCE, HIGHEST_CHANCE = 0.01, 0.999
# Temperatures looked at. Outside, a softmax is one class or all of them.
_COLDEST, _HOTTEST = 0.05, 20.0
# Probabilities that a file holds as 0 are only very small: float32 ends its precision here.
_LEAST_SCORE = 1e-7
# Penalty on the squared offset of each class: a normal prior with a standard deviation of .7, so that a class of few
# labels stays where it was.
_RIDGE = 1.0
# Cells of certainty, about as many calibration images in each.
_CELLS = 16
# Labels that are added to every class, so that none has frequency 0 (as in the updates of `label_free`).
PSEUDO_COUNT = 0.5


@dataclass(frozen=True)
class Curve:
    """How certain a model was, and how often it was then right.

    Args:
        certainty: Rising certainties, 0 to 1, at least one.
        chance: Share of right answers at each, .01 to .999, never falling; straight lines lie between.
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
        """The chance of a right answer at these certainties, (n,).

        Example:
            >>> Curve([0.5, 0.9], [0.4, 0.8], 0.5, 0.7, 0.1).at(np.array([0.2, 0.7, 1.0])).round(6).tolist()
            [0.4, 0.6, 0.8]
        """
        found: FloatArray = np.interp(certainty, self.certainty, self.chance)
        return found


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
        return _softmax(_logs(scores) / self.temperature + np.array(self.offsets))


@dataclass(frozen=True)
class ByClass:
    """How certain the answers were for images of each class: what tells other classes from a worse model.

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
        accuracy: Share of right answers, 0 to 1.
        images: Labelled images that it rests on.
        confidence: The curve over the confidences as the model gave them.
        softening: Of the scores; None, as all that follows, where only confidences were logged.
        softened: The curve over the probability of the answer after softening.
        priors: Frequency of each class among the labels, in the order of the model's labels, each over 0.
        by_class: Of the probability of the answer after softening.
        rehearsal: How far estimates are off where images get worse; None where nobody tried.
    """

    accuracy: float
    images: int
    confidence: Curve
    softening: Softening | None = None
    softened: Curve | None = None
    priors: list[float] | None = None
    by_class: ByClass | None = None
    rehearsal: Rehearsal | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: object) -> Calibration:
        """What `to_dict` gave. Keys that this version does not know are ignored.

        Raises:
            CorruptFile: A key is missing or holds no such value.
        Example:
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


def calibrate(scores: Scores, truth: IntArray) -> Calibration:
    """Learn from scores of all classes and the true classes.

    Temperature and offsets by maximum likelihood with a ridge on the offsets, then isotonic regression of right answers
    on the probability of the answer.

    Args:
        scores: (n, C) probabilities, the rows sum to 1. Rows with a NaN are left out.
        truth: (n,) index of the true class; -1 where it is none of the model's, so that no answer can be right.
    Raises:
        ShapeMismatch: Other shapes, or no row without NaN.
    Example:
        >>> rng = np.random.default_rng(0)
        >>> truth = rng.integers(0, 2, 2000)
        >>> said = np.where(rng.random(2000) < 0.8, truth, 1 - truth)
        >>> found = calibrate(np.where(said[:, None] == [0, 1], 0.99, 0.01), truth)
        >>> round(found.accuracy, 2), round(found.softening.temperature, 1)
        (0.8, 3.3)

    Source: Guo et al., "On calibration of modern neural networks", ICML 2017 (temperature); Alexandari, Kundaje &
    Shrikumar, "Maximum likelihood with bias-corrected calibration is hard-to-beat at label shift adaptation", ICML 2020
    (offsets); Zadrozny & Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD
    2002 (isotonic regression).
    """
    if scores.ndim != 2 or truth.shape != scores.shape[:1] or scores.shape[1] == 0:
        raise _shapes(scores, truth)
    known = ~np.isnan(scores).any(axis=1)
    scores, truth = scores[known], truth[known]
    answers = scores.argmax(axis=1)
    correct = answers == truth
    plain = calibrate_confidence(scores.max(axis=1, initial=0.0), correct)
    softening = _softening(scores[truth >= 0], truth[truth >= 0])
    certainty = softening.of(scores)[np.arange(len(scores)), answers]
    counts = np.bincount(truth[truth >= 0], minlength=scores.shape[1]) + PSEUDO_COUNT
    return Calibration(
        plain.accuracy,
        plain.images,
        plain.confidence,
        softening,
        _curve(certainty, correct),
        (counts / counts.sum()).tolist(),
        _by_class(certainty, truth, scores.shape[1]),
    )


def calibrate_confidence(confidence: FloatArray, correct: Flags) -> Calibration:
    """Learn from the model's confidence in its answer alone.

    Args:
        confidence: (n,) 0 to 1. NaN is left out.
        correct: (n,) whether the answer was right.
    Raises:
        ShapeMismatch: Other shapes, or no number among the confidences.
    Example:
        >>> calibrate_confidence(np.array([0.9, 0.6, 0.8]), np.array([True, False, True])).confidence.chance
        [0.01, 0.999, 0.999]
    """
    if confidence.ndim != 1 or correct.shape != confidence.shape:
        raise _shapes(confidence, correct)
    known = ~np.isnan(confidence)
    if not known.any():
        raise _shapes(confidence, correct)
    curve = _curve(confidence[known], correct[known])
    return Calibration(float(correct[known].mean()), int(known.sum()), curve)


def _softening(scores: Scores, truth: IntArray) -> Softening:
    from scipy.optimize import minimize  # noqa: PLC0415 - a third of a second that only a baseline needs

    count, classes = scores.shape
    if not count:
        return Softening(1.0, [0.0] * classes)
    logs, rows = _logs(scores), np.arange(count)

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        cold, offsets = math.exp(-parameters[0]), parameters[1:]
        found = _softmax(cold * logs + offsets)
        value = -np.log(np.maximum(found[rows, truth], _LEAST_SCORE)).sum() + _RIDGE * (offsets**2).sum()
        found[rows, truth] -= 1
        slope = np.concatenate([[-cold * (found * logs).sum()], found.sum(axis=0) + 2 * _RIDGE * offsets])
        return float(value / count), slope / count

    bounds = [(math.log(_COLDEST), math.log(_HOTTEST)), *[(None, None)] * classes]
    found = minimize(loss, np.zeros(classes + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return Softening(math.exp(found[0]), found[1:].tolist())


def _logs(scores: Scores) -> FloatArray:
    found: FloatArray = np.log(np.maximum(scores, _LEAST_SCORE, dtype=np.float64))
    return found


def _softmax(logits: FloatArray) -> FloatArray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _by_class(certainty: FloatArray, truth: IntArray, classes: int) -> ByClass:
    edges = np.unique(np.quantile(certainty, np.arange(1, _CELLS) / _CELLS))
    cells = np.searchsorted(edges, certainty, side="right")
    counts = np.zeros((classes, len(edges) + 1), np.int64)
    np.add.at(counts, (truth[truth >= 0], cells[truth >= 0]), 1)
    return ByClass(edges.tolist(), counts.tolist())


def _curve(certainty: FloatArray, correct: Flags) -> Curve:
    from scipy.optimize import isotonic_regression  # noqa: PLC0415 - as above

    values, places, counts = np.unique(certainty, return_inverse=True, return_counts=True)
    rights = np.bincount(places, weights=correct)
    fitted = isotonic_regression(rights / counts, weights=counts).x
    # A level of the fit is a straight line: its two ends hold all of it.
    ends = np.ones(len(values), np.bool_)
    ends[1:-1] = (fitted[1:-1] != fitted[:-2]) | (fitted[1:-1] != fitted[2:])
    chance = np.clip(fitted[ends], LOWEST_CHANCE, HIGHEST_CHANCE)
    threshold = float(np.quantile(certainty, 1 - correct.mean(), method="higher"))
    spread = float(np.std(np.clip(fitted, LOWEST_CHANCE, HIGHEST_CHANCE)[places]))
    return Curve(values[ends].astype(float).tolist(), chance.tolist(), threshold, float(certainty.mean()), spread)


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
        _read_rehearsal(data.get("rehearsal")),
    )


def _read_rehearsal(data: Any) -> Rehearsal | None:
    if data is None:
        return None
    metrics, names = ([str(name) for name in data[key]] for key in ("metrics", "names"))
    places, misses = [_numbers(place) for place in data["places"]], _numbers(data["misses"])
    widths = {len(place) for place in places}
    if not len(names) == len(places) == len(misses) or widths != {len(metrics) + ANSWERS_MOVED}:
        raise ValueError("a rehearsal that contradicts itself")
    return Rehearsal(int(_number(data["images"])), metrics, names, places, misses)


def _counts(data: object) -> list[int]:
    return [int(item) for item in _numbers(data)]


def _read_curve(data: Mapping[str, Any]) -> Curve:
    rest = (_number(data[key]) for key in ("threshold", "mean", "spread"))
    curve = Curve(_numbers(data["certainty"]), _numbers(data["chance"]), *rest)
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


def _shapes(values: Scores, truth: Scores) -> ShapeMismatch:
    return ShapeMismatch(
        f"values of shape {values.shape} with truth of shape {truth.shape} calibrate nothing",
        "Give one row of scores, or one confidence, and one truth an image, some of them not NaN.",
        shape=values.shape,
        dtype=str(values.dtype),
    )
