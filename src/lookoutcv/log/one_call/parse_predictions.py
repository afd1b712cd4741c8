"""What a logger's call says of a prediction, checked and in one form. Whatever is wrong is noted, never raised."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.adapters import adapted
from lookoutcv.errors import LookoutError, UnknownResult
from lookoutcv.log.one_call.call_values import Labels, Note, each, probability, several, text, vector
from lookoutcv.log.one_call.masks import checked_size, mask_of
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task
from lookoutcv.predictions.segmentation import BACKGROUND
from lookoutcv.predictions.tensors import plain

# More boxes than any detector's head proposes for one image.
MOST_OBJECTS = 10_000
# A mask of noise has as many runs as pixels; a drawn or predicted one some thousands.
MOST_RUNS = 1_000_000

# A prediction, None where there is none; and the confidence as it was given.
Parsed = tuple[Prediction | None, float | None]


@dataclass(frozen=True)
class ModelResult:
    """A prediction that is one already, or a library's result that an adapter makes one of.

    Args:
        result: It.
        confidence: As the model gave it, where the result does not say.
    """

    result: Any
    confidence: Any = None


def parse_result(arguments: ModelResult, task: Task, labels: Labels, note: Note) -> Parsed:
    """A prediction, or a library's result, as it can be kept.

    Args:
        arguments: It.
        task: Of the logger.
        labels: Names of classes given as numbers; may be empty.
        note: Told of each problem.
    """
    prediction: Prediction
    confidence: Any = arguments.confidence
    try:
        adopted = adapted(arguments.result, task, labels)
    except UnknownResult as error:
        note(error.problem[:200])
        return None, probability(confidence, "the confidence", note)
    match adopted:
        case Classification() as classified:
            confidence = classified.confidence if confidence is None else confidence
            name = text(classified.label, "the class", note) or ""
            prediction = Classification(name, classified.confidence, classified.scores)
            kind: Task = "classification"
        case Detections() as objects:
            names = tuple(text(label, "a class", note) or "" for label in objects.labels)
            known = objects.confidences[~np.isnan(objects.confidences)]
            confidence = float(known.max()) if confidence is None and len(known) else confidence
            prediction, kind = Detections(objects.boxes, names, objects.confidences), "detection"
        case Segmentation() as plane:
            prediction, kind = plane, "segmentation"
        case Embedding() as embedding:
            prediction, kind = embedding, task
    if kind != task:
        note(f"a prediction of {kind} in a log of {task}")
    return prediction, probability(confidence, "the confidence", note)


def parse_classification(arguments: tuple[Any, Any, Any], labels: Labels, note: Note) -> Parsed:
    """A prediction of a classifier.

    Args:
        arguments: The class (a name, or an index into the labels), its confidence, the scores.
        labels: Names of the scores, in order; may be empty.
        note: Told of each problem.
    Example:
        >>> prediction, confidence = parse_classification((None, None, [0.25, 0.75]), ("cat", "dog"), print)
        >>> prediction.label, confidence
        ('dog', 0.75)
    """
    pred_class, class_confidence, all_scores = arguments
    if isinstance(all_scores, Mapping):
        all_scores = _in_order(all_scores, labels, note)
    scores = vector(all_scores, "scores", note)
    if scores is not None and labels and len(scores) != len(labels):
        note(f"there are {len(scores)} scores for {len(labels)} labels")
    best = None if scores is None or not len(scores) or np.isnan(scores).any() else int(np.argmax(scores))
    if scores is not None and best is None:
        note("scores are empty or hold NaN")
    name = text(_class_name(best if pred_class is None else pred_class, labels), "the class", note)
    if class_confidence is None and best is not None:
        class_confidence = float(scores[best])
    confidence = probability(class_confidence, "the confidence", note)
    if name is None:
        note("no class was given")
        return None, confidence
    return Classification(name, _nan_unless_probability(confidence), scores), confidence


def _in_order(scores: Mapping[Any, Any], labels: Labels, note: Note) -> Any:
    """The scores of a mapping in the order of the labels; names that are no labels are counted and told."""
    try:
        if not labels:
            return list(scores.values())
        if left_out := len(scores) - sum(name in scores for name in labels):
            note(f"{left_out} scores have names that are no labels and were left out")
        return [scores.get(name, math.nan) for name in labels]
    except Exception as reason:  # what a caller's own mapping raises
        note(f"scores cannot be read: {type(reason).__name__}")
        return None


def _class_name(pred_class: Any, labels: Labels) -> Any:
    """The name of a class that is given as one, or as an index into the labels."""
    is_index = isinstance(pred_class, int | np.integer) and not isinstance(pred_class, bool)
    return labels[pred_class] if is_index and 0 <= pred_class < len(labels) else pred_class


def _nan_unless_probability(confidence: float | None) -> float:
    return confidence if confidence is not None and 0 <= confidence <= 1 else math.nan


@dataclass(frozen=True)
class BoxArguments:
    """Boxes as a caller gave them: the corners of one or of n, or an array of boxes."""

    corners: tuple[Any, ...]
    boxes: Any

    def coordinates(self, note: Note) -> Any:
        """(4 n,) float32: x1, y1, x2, y2 of each; None where there are none to make sense of."""
        if self.boxes is not None:
            if any(corner is not None for corner in self.corners):
                note("boxes were given, and single corners beside them were left out")
            return vector(self.boxes, "boxes", note)
        sides = [vector(side, "a corner", note) for side in self.corners]
        known = [side for side in sides if side is not None]
        if len(known) < 4 or len({len(side) for side in known}) > 1:
            return None
        return np.stack(known, axis=1).reshape(-1)


def parse_detection(arguments: tuple[Any, Any, Any], labels: Labels, note: Note) -> Parsed:
    """Objects that a detector found; the confidence is the largest as it was given.

    Args:
        arguments: Classes (one name, or one an object), confidences (the same), the `BoxArguments`.
        labels: Names of classes given as indices; may be empty.
        note: Told of each problem.
    """
    classes, object_confidences, boxes = arguments
    coordinates = boxes.coordinates(note)
    if coordinates is None or len(coordinates) % 4:
        note("no boxes were given" if coordinates is None else "boxes are not four numbers each")
        return None, _largest_of(object_confidences, note)
    count = min(len(coordinates) // 4, MOST_OBJECTS)
    if count < len(coordinates) // 4:
        note(f"there are {len(coordinates) // 4} objects; {MOST_OBJECTS} are kept")
    names = [_object_name(name, labels, note) for name in each(classes, count, MOST_OBJECTS, "classes", note)]
    values = each(object_confidences, count, MOST_OBJECTS, "confidences", note)
    confidences = [probability(value, "a confidence", note) for value in values]
    rectangles = coordinates.reshape(-1, 4)[:count]
    if not np.isfinite(rectangles).all():
        note("a box holds NaN or infinite numbers")
    if (rectangles[:, 2:] < rectangles[:, :2]).any():
        note("a box has its corners in the other order")
    objects = Detections.of(rectangles, names, [math.nan if value is None else value for value in confidences])
    return objects, _largest(confidences)


def _object_name(pred_class: Any, labels: Labels, note: Note) -> str:
    return text(_class_name(pred_class, labels), "a class", note) or ""


def _largest_of(confidences: Any, note: Note) -> float | None:
    """Of the confidences as they were given."""
    values = several(confidences, MOST_OBJECTS, "confidences", note)
    return _largest([probability(value, "a confidence", note) for value in values])


def _largest(confidences: list[float | None]) -> float | None:
    return max((value for value in confidences if value is not None and not math.isnan(value)), default=None)


def parse_segmentation(arguments: tuple[Any, Any, Any, Any], labels: Labels, note: Note) -> Parsed:
    """A class for each pixel; the confidence is the largest as it was given.

    Args:
        arguments: The mask: (H, W) class indices; or one mask an object, as `mask_of` takes it, or several of them.
            Then the class of each, the confidences, and the image's (height, width) or None.
        labels: Names of the classes; of objects' masks "background" is put first where it is missing.
        note: Told of each problem.
    """
    mask, classes, object_confidences, size = arguments
    try:
        class_map = _class_map(mask, classes, size, labels, note)
    except Exception as reason:  # of numpy, of OpenCV, of a caller's own class
        told = reason.problem if isinstance(reason, LookoutError) else f"{type(reason).__name__}: {reason}"
        note(f"the mask cannot be read: {told}"[:200])
        class_map = None
    return class_map, _largest_of(object_confidences, note)


def _class_map(mask: Any, classes: Any, size: Any, labels: Labels, note: Note) -> Segmentation | None:
    mask = plain(mask)
    if mask is None:
        note("no mask was given")
        return None
    if classes is None and hasattr(mask, "__array__"):
        return _of_indices(np.asarray(mask), labels, note)
    forms = mask if _are_several(mask, classes) else [mask]
    names = [_object_name(name, labels, note) for name in each(classes, len(forms), MOST_OBJECTS, "classes", note)]
    masks = [mask_of(form, size) for form in forms]
    if not masks:
        masks, names = [np.zeros((1, 1) if size is None else checked_size(size), dtype=bool)], [BACKGROUND]
    return Segmentation.of_masks(masks, names, labels)


def _are_several(mask: Any, classes: Any) -> bool:
    """Whether there is a mask for each class: where there are several classes, so there are masks."""
    several_classes = not isinstance(classes, str | int | np.integer) and classes is not None and np.ndim(classes) > 0
    return bool(several_classes or (isinstance(mask, np.ndarray) and mask.ndim == 3))


def _of_indices(plane: Any, labels: Labels, note: Note) -> Segmentation:
    if plane.dtype == np.bool_:
        plane = plane.astype(np.uint8)
    if plane.dtype.kind not in "ui" or plane.ndim != 2:
        raise TypeError(f"{plane.dtype} of shape {plane.shape} are no class indices")
    highest = int(plane.max(initial=0))
    if int(plane.min(initial=0)) < 0 or highest > 65535:
        raise ValueError("class indices outside 0 to 65535")
    if labels and highest >= len(labels):
        note(f"the mask holds the class {highest}, beyond the {len(labels)} labels")
    names = labels + tuple(str(index) for index in range(len(labels), highest + 1))
    return Segmentation(plane.astype(np.uint8 if highest < 256 else np.uint16), names)


def objects_outside(objects: Detections, width_px: int, height_px: int) -> bool:
    """Whether a box reaches beyond the image."""
    boxes = objects.boxes
    return bool((boxes[:, :2] < 0).any() or (boxes[:, 2] > width_px).any() or (boxes[:, 3] > height_px).any())
