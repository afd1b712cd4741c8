"""How good a classifier is on images with labels, and whether its confidence means what it says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.inference.labelled_images import Pictures, few
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.predictions import Classification
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.results.accuracy.true_accuracy import ClassScores
from lookoutcv.scores import (
    Confusion,
    ReliabilityBin,
    brier,
    expected_calibration_error,
    log_loss,
    reliability,
    top_k_accuracy,
)

_AT_ONCE = 16
_REMEDY = "Name the folders as the model's labels, or give its labels in the card (--set labels=names.txt)."


@dataclass(frozen=True, eq=False)
class Evaluation:
    """A classifier on labelled images. Figures are None where the model gives no probabilities.

    Args:
        model: Its path or name.
        sha256: Of its file, in hexadecimal; None for a function.
        images: Images with a label of the model's and an answer: what all figures rest on.
        accuracy: Share of right answers, 0 to 1.
        top_k: Share of images whose label is among the k most probable classes, by k.
        macro_f1: Mean F1 of the classes that occur.
        classes: Of each class that is a label or an answer.
        confusion: Which class was taken for which.
        calibration_error: Mean distance of confidence and accuracy over 15 bins (ECE).
        bins: These bins.
        brier: 0 (certain and right) to 2 (certain and wrong).
        log_loss: Natural logarithm.
        confidence: Mean confidence.
        unlabelled: Images without a label.
        unknown_labels: Labels that the model does not have, with their images; these were left out.
        unanswered: Images with a label that predictions made elsewhere say nothing of; these were left out.
        undefined: Images with a label for which the model gave no numbers: wrong answers.
        skipped: (id, reason) of images that could not be read.
        notes: What of the card was assumed or guessed.
    """

    model: str
    sha256: str | None
    images: int
    accuracy: float
    top_k: dict[int, float]
    macro_f1: float
    classes: tuple[ClassScores, ...] = field(repr=False)
    confusion: Confusion = field(repr=False)
    calibration_error: float | None
    bins: tuple[ReliabilityBin, ...] = field(repr=False)
    brier: float | None
    log_loss: float | None
    confidence: float | None
    unlabelled: int = 0
    unknown_labels: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    undefined: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON values; the confusion matrix has a row a label and a column an answer."""
        return {
            "model": self.model,
            "sha256": self.sha256,
            "images": self.images,
            "accuracy": self.accuracy,
            "top_k": {str(k): share for k, share in self.top_k.items()},
            "macro_f1": self.macro_f1,
            "classes": [asdict(one) for one in self.classes],
            "labels": list(self.confusion.labels),
            "confusion": self.confusion.counts.tolist(),
            "calibration": {
                "confidence": self.confidence,
                "expected_calibration_error": self.calibration_error,
                "brier": self.brier,
                "log_loss": self.log_loss,
                "bins": [asdict(one) for one in self.bins],
            },
            "unlabelled": self.unlabelled,
            "strangers": self.unknown_labels,
            "unanswered": self.unanswered,
            "undefined": self.undefined,
            "skipped": [{"id": id, "reason": reason} for id, reason in self.skipped],
            "notes": list(self.notes),
        }


def evaluate_classes(prediction_source: PredictionSource, pictures: Pictures, top: int) -> Evaluation:
    """The evaluation of a classifier.

    Args:
        prediction_source: Who answers.
        pictures: Labelled images.
        top: The largest k of the top-k accuracies.
    Raises:
        ModelError: It fails.
        NoImages: There is no image.
        ConfigError: `top` is under 1, or no image has a label of the model's.
    """
    if top < 1:
        raise ConfigError(f"--top is {top!r}", "Give --top a whole number of at least 1.", key="top")
    identity = prediction_source.identity
    own, answers = LabelPlaces(identity.labels, open=identity.imported), _ClassPredictions()
    for batch in pictures.batches(max(prediction_source.batch_size, _AT_ONCE)):
        known = []
        for one in batch:
            place = None if one.label is None else own.of(one.label)
            if place is not None:
                known.append((place, one))
            else:
                answers.left_out[one.label] += 1
        said = prediction_source.predict([one.id for _, one in known], [one.pixels for _, one in known])
        for prediction, (place, _) in zip(said, known, strict=True):
            answers.take(prediction, place)
    if not answers.truth:
        raise _no_labels(prediction_source, pictures, answers)
    return _evaluation(prediction_source, pictures, answers, own.names, top)


@dataclass
class _ClassPredictions:
    """What was said of labelled images, and the labels of those that were left out."""

    truth: list[int] = field(default_factory=list)
    said: list[Classification] = field(default_factory=list)
    left_out: Counter[str | None] = field(default_factory=Counter)
    unanswered: int = 0

    def take(self, prediction: Any, place: int) -> None:
        if prediction is None:
            self.unanswered += 1
            return
        self.truth.append(place)
        self.said.append(prediction)


def _evaluation(
    prediction_source: PredictionSource, pictures: Pictures, answers: _ClassPredictions, labels: Sequence[str], top: int
) -> Evaluation:
    truth, identity = np.array(answers.truth), prediction_source.identity
    confidence = np.array([one.confidence for one in answers.said], np.float64)
    given = [None if one.scores is not None and math.isnan(one.confidence) else one.label for one in answers.said]
    names = [labels[place] for place in answers.truth]
    # An image that the model gave no numbers for was not answered rightly: it counts, in a column of its own.
    undefined = given.count(None)
    confusion = Confusion.of(names, [_NOTHING if one is None else one for one in given], labels)
    right = np.array([one == name for one, name in zip(given, names, strict=True)])
    bins = tuple(reliability(confidence, right))
    sure = confidence[~np.isnan(confidence)]
    scores = _matrix(answers.said, len(labels)) if len(labels) == len(identity.labels) else None
    steps = [] if scores is None else [k for k in (*_STEPS, top) if k <= min(top, len(labels))]
    unknown_labels = {label: images for label, images in answers.left_out.most_common() if label is not None}
    return Evaluation(
        identity.name,
        identity.sha256,
        len(truth),
        float(right.mean()),
        {} if scores is None else {k: top_k_accuracy(scores, truth, k) for k in dict.fromkeys(sorted(steps))},
        confusion.macro_f1,
        tuple(one for one in confusion.classes if one.support or (one.answers and one.label != _NOTHING)),
        confusion,
        expected_calibration_error(bins) if len(sure) else None,
        bins if len(sure) else (),
        None if scores is None else _finite(brier(scores, truth)),
        None if scores is None else _finite(log_loss(scores, truth)),
        float(sure.mean()) if len(sure) else None,
        answers.left_out[None],
        unknown_labels,
        answers.unanswered,
        undefined,
        tuple(pictures.skipped),
        prediction_source.notes,
    )


# What stands for an answer that is not a number.
_NOTHING = "(no answer)"
_STEPS = (1, 2, 3, 5, 10, 20, 50, 100)


def _matrix(said: Sequence[Classification], classes: int) -> Any:
    rows = [one.scores for one in said if one.scores is not None and len(one.scores) == classes]
    return np.stack(rows) if len(rows) == len(said) else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _no_labels(prediction_source: PredictionSource, pictures: Pictures, answers: _ClassPredictions) -> ConfigError:
    name = ", ".join(source.name for source in pictures.sources)
    if answers.unanswered:
        return ConfigError(
            f"{prediction_source.identity.name} says nothing of any labelled image of {name}",
            "Give predictions of these images, named as they are.",
            key="predictions",
        )
    given = sorted(label for label in answers.left_out if label is not None)
    if not given:
        return ConfigError(
            f"no image of {name} has a label", "Give a folder (or a ZIP) with a folder a class.", key="labels"
        )
    return ConfigError(
        f"no label of {name} is one of the model's: {few(given)}; the model has "
        f"{few(prediction_source.identity.labels)}",
        _REMEDY,
        key="labels",
    )
