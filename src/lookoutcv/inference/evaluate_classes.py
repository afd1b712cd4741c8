"""How good a classifier is on images with labels, and whether its confidence means what it says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.inference.labelled_images import LabelledImages, first_names
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.predictions import Classification
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.records.model_identity import ModelIdentity
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
from lookoutcv.sources.decoded_images import SkippedImages

_SMALLEST_BATCH = 16
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
        skipped: (id, reason) of the first thousand images that could not be read.
        skipped_count: How many there were.
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
    skipped_count: int = 0
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
            "skipped_count": self.skipped_count,
            "notes": list(self.notes),
        }


def evaluate_classes(prediction_source: PredictionSource, images: LabelledImages, top: int) -> Evaluation:
    """The evaluation of a classifier.

    Args:
        prediction_source: Has its predictions.
        images: With labels.
        top: The largest k of the top-k accuracies.
    Raises:
        ModelError: It fails.
        NoImages: There is no image.
        ConfigError: `top` is under 1, or no image has a label of the model's.
    """
    if top < 1:
        raise ConfigError(f"--top is {top!r}", "Give --top a whole number of at least 1.", key="top")
    identity = prediction_source.identity
    labels = LabelPlaces(identity.labels, open=identity.imported)
    pairs = _LabelledPredictions()
    for batch in images.batches(max(prediction_source.batch_size, _SMALLEST_BATCH)):
        places = [None if image.label is None else labels.of(image.label) for image in batch]
        known = [image for image, place in zip(batch, places, strict=True) if place is not None]
        pairs.left_out.update(image.label for image, place in zip(batch, places, strict=True) if place is None)
        predictions = prediction_source.predict([image.id for image in known], [image.pixels for image in known])
        for prediction, place in zip(predictions, (place for place in places if place is not None), strict=True):
            pairs.add(prediction, place)
    if not pairs.truth:
        raise _no_labels(identity, images.name, pairs)
    return _evaluation(prediction_source, pairs, labels.names, top, images.skipped)


@dataclass
class _LabelledPredictions:
    """Predictions for images with a label of the model's, and the labels of the images that were left out."""

    truth: list[int] = field(default_factory=list)
    predictions: list[Classification] = field(default_factory=list)
    left_out: Counter[str | None] = field(default_factory=Counter)
    unanswered: int = 0

    def add(self, prediction: Any, place: int) -> None:
        if prediction is None:
            self.unanswered += 1
            return
        self.truth.append(place)
        self.predictions.append(prediction)

    @property
    def unknown_labels(self) -> dict[str, int]:
        return {label: images for label, images in self.left_out.most_common() if label is not None}


def _evaluation(
    prediction_source: PredictionSource,
    pairs: _LabelledPredictions,
    labels: Sequence[str],
    top: int,
    skipped: SkippedImages,
) -> Evaluation:
    truth, identity = np.array(pairs.truth), prediction_source.identity
    predicted = [None if _undefined(one) else one.label for one in pairs.predictions]
    true = [labels[place] for place in pairs.truth]
    # An image that the model gave no numbers for was not answered rightly: it counts, in a column of its own.
    confusion = Confusion.of(true, [_NOTHING if label is None else label for label in predicted], labels)
    right = np.array([label == name for label, name in zip(predicted, true, strict=True)])
    confidence = np.array([one.confidence for one in pairs.predictions], np.float64)
    bins = tuple(reliability(confidence, right))
    defined = confidence[~np.isnan(confidence)]
    scores = _scores_matrix(pairs.predictions, len(labels)) if len(labels) == len(identity.labels) else None
    steps = [] if scores is None else [k for k in (*_STEPS, top) if k <= min(top, len(labels))]
    return Evaluation(
        identity.name,
        identity.sha256,
        len(truth),
        float(right.mean()),
        {} if scores is None else {k: top_k_accuracy(scores, truth, k) for k in dict.fromkeys(sorted(steps))},
        confusion.macro_f1,
        tuple(one for one in confusion.classes if one.support or (one.answers and one.label != _NOTHING)),
        confusion,
        expected_calibration_error(bins) if len(defined) else None,
        bins if len(defined) else (),
        None if scores is None else _finite(brier(scores, truth)),
        None if scores is None else _finite(log_loss(scores, truth)),
        float(defined.mean()) if len(defined) else None,
        pairs.left_out[None],
        pairs.unknown_labels,
        pairs.unanswered,
        predicted.count(None),
        tuple(skipped.named),
        skipped.count,
        prediction_source.notes,
    )


# What stands for a prediction that is not a number.
_NOTHING = "(no answer)"
_STEPS = (1, 2, 3, 5, 10, 20, 50, 100)


def _undefined(prediction: Classification) -> bool:
    return prediction.scores is not None and math.isnan(prediction.confidence)


def _scores_matrix(predictions: Sequence[Classification], classes: int) -> Any:
    rows = [one.scores for one in predictions if one.scores is not None and len(one.scores) == classes]
    return np.stack(rows) if len(rows) == len(predictions) else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _no_labels(identity: ModelIdentity, name: str, pairs: _LabelledPredictions) -> ConfigError:
    if pairs.unanswered:
        return ConfigError(
            f"{identity.name} says nothing of any labelled image of {name}",
            "Give predictions of these images, named as they are.",
            key="predictions",
        )
    if not pairs.unknown_labels:
        return ConfigError(
            f"no image of {name} has a label", "Give a folder (or a ZIP) with a folder a class.", key="labels"
        )
    unknown = first_names(sorted(pairs.unknown_labels))
    return ConfigError(
        f"no label of {name} is one of the model's: {unknown}; the model has {first_names(identity.labels)}",
        _REMEDY,
        key="labels",
    )
