"""How good a detector is on images whose objects are marked."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from lookoutcv.calls.option_names import card_settings
from lookoutcv.errors import ConfigError
from lookoutcv.inference.labelled_images import LabelledImage, LabelledImages, first_names
from lookoutcv.inference.named_objects import NamedObjects
from lookoutcv.inference.surest_errors import SmallPictures
from lookoutcv.measuring.predictions.constant_objects import ConstantObjects
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.measuring.predictions.suspicions import suspicions
from lookoutcv.predictions import Detections
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.results.detection_evaluation import DetectionEvaluation, ImageErrors
from lookoutcv.scores import DetectionAccumulator
from lookoutcv.scores.average_precision import DetectionScores

_SMALLEST_BATCH = 16
_MOST_WORST = 20


def evaluate_objects(
    prediction_source: PredictionSource, images: LabelledImages, pictures: SmallPictures
) -> DetectionEvaluation:
    """The evaluation of a detector, in memory that does not grow with the images.

    Args:
        prediction_source: Has its predictions.
        images: With marked objects.
        pictures: Of the worst images.
    Raises:
        ModelError: It fails.
        NoImages: There is no image.
        ConfigError: No image has a marked object of a class of the model's.
    """
    identity = prediction_source.identity
    count = _Count(
        identity,
        LabelPlaces(identity.labels, open=identity.imported, truth=images.labels if identity.imported else ()),
        pictures,
    )
    for batch in images.batches(max(prediction_source.batch_size, _SMALLEST_BATCH)):
        marked = [image for image in batch if image.objects is not None]
        count.unlabelled += len(batch) - len(marked)
        predictions = prediction_source.predict([image.id for image in marked], [image.pixels for image in marked])
        for image, prediction in zip(marked, predictions, strict=True):
            if images.answered(prediction, image):
                count.add(image, prediction)
    scores = count.accumulator.scores()
    if not scores.classes:
        raise _no_objects(identity, images.name, count)
    objects = sum(one.objects for one in scores.classes)
    doubt = _doubt(identity, count.found, objects, scores)
    # That nothing at all is found is a doubt already.
    constant = count.constant.sentences() if count.found else ()
    foreign = suspicions(identity, {}, {one.label: one.objects for one in scores.classes})
    return DetectionEvaluation(
        model=identity.name,
        sha256=identity.sha256,
        images=scores.images,
        objects=objects,
        map=scores.map,
        map50=scores.map50,
        classes=list(scores.classes),
        worst=count.worst,
        unlabelled=count.unlabelled,
        unpredicted=count.unpredicted,
        unknown_labels=dict(count.unknown_labels.most_common()),
        never_true=scores.unknown_labels,
        undefined=count.undefined,
        skipped=list(images.skipped.named),
        skipped_count=images.skipped.count,
        notes=[*prediction_source.notes, *images.notes, *doubt, *constant, *foreign, *pictures.notes],
    )


def _doubt(identity: ModelIdentity, found: int, objects: int, scores: DetectionScores) -> list[str]:
    """What to say where not one marked object is found: then it is likely that the model is read wrongly."""
    if scores.map50 > 0:
        return []
    marked = f"in {scores.images:,} images with {objects:,} marked objects"
    said = (
        f"Of {found:,} objects that it finds {marked}, none lies on one of its class"
        if found
        else f"It finds nothing at all {marked}"
    )
    remedy = (
        "compare ids, names of classes and the form of the boxes in the predictions with the images'"
        if identity.imported
        else "its input may be another than in training (`lookout card MODEL --try IMAGES` searches for what fits), "
        "its head may be read wrongly, or all confidences are below head.score_threshold"
    )
    return [f"{said}: {remedy}."]


class _Count:
    """What one pass over the images leaves behind."""

    def __init__(self, model: ModelIdentity, own: LabelPlaces, pictures: SmallPictures) -> None:
        self.constant = ConstantObjects(model)
        self.accumulator = DetectionAccumulator()
        self.unlabelled = self.unpredicted = self.undefined = self.found = 0
        self._objects, self._pictures = NamedObjects(own), pictures
        self._worst: list[tuple[float, int, ImageErrors]] = []

    def add(self, image: LabelledImage, prediction: Any) -> None:
        if prediction is None:
            self.unpredicted += 1
            return
        assert isinstance(prediction, Detections)
        self.found += len(prediction.labels)
        self.undefined += bool(np.isnan(prediction.confidences).any())
        truth = self._objects.truth(image)
        self.constant.add(prediction, (image.pixels.shape[0], image.pixels.shape[1]), truth)
        outcome = self.accumulator.add(truth, self._objects.predicted(prediction))
        doubt = math.fsum(one.doubt for one in outcome)
        wrong = ImageErrors(
            image.id,
            sum(one.objects for one in outcome),
            sum(one.missed for one in outcome),
            sum(one.false for one in outcome),
            doubt,
        )
        # Of equally bad images the first stay.
        rank = (doubt, -self.accumulator.images)
        if len(self._worst) == _MOST_WORST and rank < self._worst[0][:2]:
            return
        shown = replace(wrong, thumbnail=self._pictures(image.id, image.pixels)) if doubt > 0 else wrong
        heapq.heappush(self._worst, (*rank, shown))
        if len(self._worst) > _MOST_WORST:
            heapq.heappop(self._worst)

    @property
    def unknown_labels(self) -> Counter[str]:
        return self._objects.unknown

    @property
    def worst(self) -> list[ImageErrors]:
        return [one for doubt, _, one in sorted(self._worst, reverse=True) if doubt > 0]


def _no_objects(identity: ModelIdentity, name: str, count: _Count) -> ConfigError:
    if count.unknown_labels:
        labels = first_names(sorted(count.unknown_labels)), first_names(identity.labels)
        return ConfigError(
            f"no object marked in {name} is of a class of the model's: {labels[0]}; the model has {labels[1]}",
            _remedy(),
            key="labels",
        )
    if count.unpredicted and not count.accumulator.images:
        return ConfigError(
            f"{identity.name} says nothing of any marked image of {name}",
            "Give predictions of these images, named as they are.",
            key="predictions",
        )
    return ConfigError(
        f"no object is marked in {name}",
        "Give images with boxes: a COCO file, a YOLO data.yaml, a Pascal VOC folder or a manifest.",
        key="labels",
    )


def _remedy() -> str:
    given = card_settings({"labels": "names.txt"})
    return f"Name the objects as the model's labels, or give its labels in the card: {given}."
