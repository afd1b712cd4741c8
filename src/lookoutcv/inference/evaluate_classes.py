"""How good a classifier is on images with labels, and whether its confidence means what it says."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import card_settings, option
from lookoutcv.errors import ConfigError
from lookoutcv.inference.labelled_images import LabelledImage, LabelledImages, first_names
from lookoutcv.inference.surest_errors import SmallPictures, SurestErrors
from lookoutcv.measuring.predictions.label_order import counted_pairs, order_suspicions
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.measuring.predictions.suspicions import suspicions
from lookoutcv.predictions import Classification
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.results.accuracy.true_accuracy import Mistake
from lookoutcv.results.evaluation import ConfidenceCalibration, Evaluation
from lookoutcv.scores import (
    Confusion,
    brier,
    expected_calibration_error,
    log_loss,
    reliability,
    top_k_accuracy,
    wilson_interval,
)

_SMALLEST_BATCH = 16


def evaluate_classes(
    prediction_source: PredictionSource, images: LabelledImages, top: int, pictures: SmallPictures
) -> Evaluation:
    """The evaluation of a classifier.

    Args:
        prediction_source: Has its predictions.
        images: With labels.
        top: The largest k of the top-k accuracies.
        pictures: Of the surest mistakes.
    Raises:
        ModelError: It fails.
        NoImages: There is no image.
        ConfigError: `top` is under 1, or no image has a label of the model's.
    """
    if top < 1:
        raise ConfigError(
            f"{option('top')} is {top!r}", f"Give {option('top')} a whole number of at least 1.", key="top"
        )
    identity = prediction_source.identity
    labels = LabelPlaces(identity.labels, open=identity.imported, truth=images.labels if identity.imported else ())
    pairs, errors = _LabelledPredictions(), SurestErrors(pictures)
    for batch in images.batches(max(prediction_source.batch_size, _SMALLEST_BATCH)):
        places = [None if image.label is None else labels.of(image.label) for image in batch]
        known = [(image, place) for image, place in zip(batch, places, strict=True) if place is not None]
        pairs.left_out.update(image.label for image, place in zip(batch, places, strict=True) if place is None)
        predictions = prediction_source.predict([image.id for image, _ in known], [image.pixels for image, _ in known])
        for (image, place), prediction in zip(known, predictions, strict=True):
            if images.answered(prediction, image):
                pairs.add(prediction, place)
                _note_error(errors, image, labels, place, prediction)
    if not pairs.truth:
        raise _no_labels(identity, images.name, pairs)
    evaluation = _evaluation(prediction_source, pairs, labels, top, images)
    return replace(evaluation, confident_errors=errors.found, notes=[*evaluation.notes, *pictures.notes])


def _note_error(errors: SurestErrors, image: LabelledImage, places: LabelPlaces, place: int, prediction: Any) -> None:
    if prediction is None:
        return
    true, said = places.names[place], places.predicted(prediction.label)
    if said != true:
        errors.add(image.id, true, said, prediction.confidence, image.pixels)


@dataclass
class _LabelledPredictions:
    """Predictions for images with a label of the model's, and the labels of the images that were left out."""

    truth: list[int] = field(default_factory=list)
    predictions: list[Classification] = field(default_factory=list)
    left_out: Counter[str | None] = field(default_factory=Counter)
    unpredicted: int = 0

    def add(self, prediction: Any, place: int) -> None:
        if prediction is None:
            self.unpredicted += 1
            return
        self.truth.append(place)
        self.predictions.append(prediction)

    @property
    def unknown_labels(self) -> dict[str, int]:
        return {label: images for label, images in self.left_out.most_common() if label is not None}


def _evaluation(
    prediction_source: PredictionSource,
    pairs: _LabelledPredictions,
    places: LabelPlaces,
    top: int,
    images: LabelledImages,
) -> Evaluation:
    truth, identity = np.array(pairs.truth), prediction_source.identity
    labels = places.names
    predicted = [None if _undefined(one) else places.predicted(one.label) for one in pairs.predictions]
    true = [labels[place] for place in pairs.truth]
    # An image that the model gave no numbers for was not predicted rightly: it counts, in a column of its own.
    confusion = Confusion.of(true, [_NOTHING if label is None else label for label in predicted], labels)
    right = np.array([label == name for label, name in zip(predicted, true, strict=True)])
    confidence = np.array([one.confidence for one in pairs.predictions], np.float64)
    scores = _scores_matrix(pairs.predictions, len(labels)) if len(labels) == len(identity.labels) else None
    low, high = wilson_interval(int(right.sum()), len(right))
    steps = [] if scores is None else [k for k in (*_STEPS, top) if k <= min(top, len(labels))]
    return Evaluation(
        model=identity.name,
        sha256=identity.sha256,
        images=len(truth),
        accuracy=float(right.mean()),
        top_k={} if scores is None else {k: top_k_accuracy(scores, truth, k) for k in dict.fromkeys(sorted(steps))},
        macro_f1=confusion.macro_f1,
        classes=[one for one in confusion.classes if one.support or (one.predicted and one.label != _NOTHING)],
        mistakes=[Mistake(*mistake) for mistake in confusion.largest_mistakes()],
        labels=list(confusion.labels),
        confusion=confusion.counts.tolist(),
        calibration=_calibration(confidence, right, scores, truth),
        unlabelled=pairs.left_out[None],
        unknown_labels=pairs.unknown_labels,
        unpredicted=pairs.unpredicted,
        undefined=predicted.count(None),
        skipped=list(images.skipped.named),
        skipped_count=images.skipped.count,
        notes=[*prediction_source.notes, *images.notes, *_doubts(identity, predicted, true)],
        low=low,
        high=high,
    )


def _doubts(identity: ModelIdentity, predicted: Sequence[str | None], true: Sequence[str]) -> tuple[str, ...]:
    counts = Counter(label for label in predicted if label is not None)
    of_names = suspicions(identity, counts, Counter(true))
    return (*of_names, *order_suspicions(identity, counted_pairs(true, predicted)))


def _calibration(confidence: Any, right: Any, scores: Any, truth: Any) -> ConfidenceCalibration:
    defined = confidence[~np.isnan(confidence)]
    bins = reliability(confidence, right)
    return ConfidenceCalibration(
        confidence=float(defined.mean()) if len(defined) else None,
        expected_calibration_error=expected_calibration_error(bins) if len(defined) else None,
        brier=None if scores is None else _finite(brier(scores, truth)),
        log_loss=None if scores is None else _finite(log_loss(scores, truth)),
        bins=bins if len(defined) else [],
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
    if pairs.unpredicted:
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
        _remedy(),
        key="labels",
    )


def _remedy() -> str:
    given = card_settings({"labels": "names.txt"})
    return f"Name the folders as the model's labels, or give its labels in the card: {given}."
