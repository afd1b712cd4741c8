"""What a logger is told of a model's answer, checked and in one form. Whatever is wrong is noted, never raised."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.adapters import adapted
from lookoutcv.errors import LookoutError, UnknownResult
from lookoutcv.log.writing.masks import mask_of
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task
from lookoutcv.predictions.segmentation import BACKGROUND
from lookoutcv.predictions.tensors import plain

# Longer names are cut: a class has a name, not a text.
LONGEST_NAME = 256
# More boxes than any detector's head proposes for one image.
MOST_OBJECTS = 10_000
# A mask of noise has as many runs as pixels; a drawn or predicted one some thousands.
MOST_RUNS = 1_000_000

Note: TypeAlias = Callable[[str], None]
Labels: TypeAlias = tuple[str, ...]


def text(value: Any, what: str, note: Note, longest: int = LONGEST_NAME) -> str | None:
    """A name as it can be kept: valid Unicode, not too long.

    Example:
        >>> notes = []
        >>> len(text("x" * 10_000, "the class", notes.append)), notes
        (256, ['the class is 10000 characters long and was cut to 256'])
    """
    if value is None:
        return None
    found = value if isinstance(value, str) else str(value)
    if len(found) > longest:
        note(f"{what} is {len(found)} characters long and was cut to {longest}")
        found = found[:longest]
    return found.encode("utf-8", "replace").decode("utf-8") if not found.isascii() else found


def number(value: Any, what: str, note: Note) -> float | None:
    """A float32 number as it was given, NaN and all; None where there is none."""
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        note(f"{what} is no number: {type(value).__name__}")
        return None
    if not 0 <= found <= 1:
        note(f"{what} is {found:g}, not within 0 to 1")
    return found if math.isnan(found) else max(-3.4e38, min(3.4e38, found))


def floats(value: Any, what: str, note: Note) -> Any:
    """A flat float32 array of anything that holds numbers, tensors included; None where it is none.

    Example:
        >>> floats([0.5, 0.5], "scores", print).tolist()
        [0.5, 0.5]
    """
    if value is None:
        return None
    try:
        with np.errstate(over="ignore"):
            found = np.asarray(plain(value), dtype=np.float32)
    except Exception as reason:  # a tensor of any library, a generator, text
        note(f"{what} cannot be read: {type(reason).__name__}")
        return None
    return found.reshape(-1)


@dataclass(frozen=True)
class Ready:
    """An answer that is a prediction already, or a result that an adapter makes one of.

    Args:
        prediction: It.
        confidence: As the model gave it, where the prediction does not say.
    """

    prediction: Any
    confidence: Any = None


def ready(said: Ready, task: Task, labels: Labels, note: Note) -> tuple[Prediction | None, float | None]:
    """A prediction, or a library's result, as it can be kept.

    Args:
        said: It.
        task: Of the logger.
        labels: Names of classes given as numbers; may be empty.
        note: Told of each problem.
    """
    found: Prediction
    told: Any = said.confidence
    try:
        adopted = adapted(said.prediction, task, labels)
    except UnknownResult as error:
        note(error.problem[:200])
        return None, None
    match adopted:
        case Classification() as one:
            told = one.confidence if told is None else told
            found = Classification(text(one.label, "the class", note) or "", one.confidence, one.scores)
            kind: Task = "classification"
        case Detections() as many:
            names = tuple(text(label, "a class", note) or "" for label in many.labels)
            known = many.confidences[~np.isnan(many.confidences)]
            told = float(known.max()) if told is None and len(known) else told
            found, kind = Detections(many.boxes, names, many.confidences), "detection"
        case Segmentation() as plane:
            found, kind = plane, "segmentation"
        case Embedding() as vector:
            found, kind = vector, task
    if kind != task:
        note(f"an answer of {kind} in a log of {task}")
    return found, number(told, "the confidence", note)


def classification(said: tuple[Any, Any, Any], labels: Labels, note: Note) -> tuple[Prediction | None, float | None]:
    """An answer of a classifier.

    Args:
        said: The class (a name, or an index into the labels), its confidence, the scores.
        labels: Names of the scores, in order; may be empty.
        note: Told of each problem.
    Returns:
        The answer, None where there is none; and the confidence as it was given.
    Example:
        >>> answer, confidence = classification((None, None, [0.25, 0.75]), ("cat", "dog"), print)
        >>> answer.label, confidence
        ('dog', 0.75)
    """
    given, sure, all_scores = said
    if isinstance(all_scores, Mapping):
        all_scores = [all_scores.get(name, math.nan) for name in labels] if labels else list(all_scores.values())
    scores = floats(all_scores, "scores", note)
    if scores is not None and labels and len(scores) != len(labels):
        note(f"there are {len(scores)} scores for {len(labels)} labels")
    best = None if scores is None or not len(scores) or np.isnan(scores).any() else int(np.argmax(scores))
    if scores is not None and best is None:
        note("scores are empty or hold NaN")
    name = text(_class_name(best if given is None else given, labels), "the class", note)
    confidence = number(float(scores[best]) if sure is None and best is not None else sure, "the confidence", note)
    if name is None:
        note("no class was given")
        return None, confidence
    return Classification(name, _sound(confidence), scores), confidence


def _class_name(given: Any, labels: Labels) -> Any:
    if isinstance(given, int | np.integer) and not isinstance(given, bool) and 0 <= given < len(labels):
        return labels[given]
    return given.item() if hasattr(given, "item") and not isinstance(given, str) else given


def _sound(confidence: float | None) -> float:
    """NaN for what is no probability."""
    return confidence if confidence is not None and 0 <= confidence <= 1 else math.nan


@dataclass(frozen=True)
class Corners:
    """Boxes as a caller gave them: the corners of one or of n, or an array of boxes."""

    sides: tuple[Any, ...]
    boxes: Any

    def square(self, note: Note) -> Any:
        """(4 n,) float32: x1, y1, x2, y2 of each; None where there are none to make sense of."""
        if self.boxes is not None:
            return floats(self.boxes, "boxes", note)
        sides = [floats(side, "a corner", note) for side in self.sides]
        known = [side for side in sides if side is not None]
        if len(known) < 4 or len({len(side) for side in known}) > 1:
            return None
        return np.stack(known, axis=1).reshape(-1)


def detection(said: tuple[Any, Any, Any], labels: Labels, note: Note) -> tuple[Prediction | None, float | None]:
    """Objects that a detector found.

    Args:
        said: Classes (one name, or one an object), confidences (the same), the `Corners`.
        labels: Names of classes given as indices; may be empty.
        note: Told of each problem.
    Returns:
        The objects; and the largest confidence as it was given.
    """
    given, sure, corners = said
    boxes = corners.square(note)
    if boxes is None or len(boxes) % 4:
        note("no boxes were given" if boxes is None else "boxes are not four numbers each")
        return None, None
    count = min(len(boxes) // 4, MOST_OBJECTS)
    if count < len(boxes) // 4:
        note(f"there are {len(boxes) // 4} objects; {MOST_OBJECTS} are kept")
    names = [_object_name(one, labels, note) for one in _each(given, count, "classes", note)]
    confidences = [number(one, "a confidence", note) for one in _each(sure, count, "confidences", note)]
    square = boxes.reshape(-1, 4)[:count]
    if not np.isfinite(square).all():
        note("a box holds NaN or infinite numbers")
    if (square[:, 2:] < square[:, :2]).any():
        note("a box has its corners in the other order")
    found = Detections.of(square, names, [math.nan if one is None else one for one in confidences])
    told = [one for one in confidences if one is not None and not math.isnan(one)]
    return found, max(told, default=None)


def _object_name(given: Any, labels: Labels, note: Note) -> str:
    return text(_class_name(given, labels), "a class", note) or ""


def _each(value: Any, count: int, what: str, note: Note) -> list[Any]:
    """One value an object: one for all is repeated, too few are filled up."""
    value = plain(value)
    if value is None or isinstance(value, str | int | float) or np.ndim(value) == 0:
        return [value] * count
    found = list(value)
    if len(found) != count:
        note(f"there are {len(found)} {what} for {count} boxes")
    return (found + [None] * count)[:count]


def segmentation(said: tuple[Any, Any, Any, Any], labels: Labels, note: Note) -> tuple[Prediction | None, float | None]:
    """A class for each pixel.

    Args:
        said: The mask: (H, W) class indices; or one mask an object, as `mask_of` takes it, or several of them. Then
            the class of each, the confidences, and the image's (height, width) or None.
        labels: Names of the classes; of objects' masks "background" is put first where it is missing.
        note: Told of each problem.
    Returns:
        The class map; and the largest confidence as it was given.
    """
    form, given, sure, size = said
    try:
        found = _class_map(form, given, size, labels, note)
    except (LookoutError, ValueError, TypeError, OverflowError, MemoryError) as reason:
        note(f"the mask cannot be read: {reason.problem if isinstance(reason, LookoutError) else reason}"[:200])
        found = None
    told = [number(one, "a confidence", note) for one in ([] if sure is None else np.atleast_1d(plain(sure)).tolist())]
    return found, max((one for one in told if one is not None and not math.isnan(one)), default=None)


def _class_map(form: Any, given: Any, size: Any, labels: Labels, note: Note) -> Segmentation | None:
    form = plain(form)
    if form is None:
        note("no mask was given")
        return None
    if given is None and hasattr(form, "__array__"):
        return _indices(np.asarray(form), labels, note)
    forms = form if _several(form, given) else [form]
    names = [_object_name(one, labels, note) for one in _each(given, len(forms), "classes", note)]
    masks = [mask_of(one, size) for one in forms]
    return Segmentation.of_masks(masks or [np.zeros(size or (1, 1), dtype=bool)], names or [BACKGROUND], labels)


def _several(form: Any, given: Any) -> bool:
    """Whether there is a mask for each class: where there are several classes, so there are masks."""
    many = not isinstance(given, str | int | np.integer) and given is not None and np.ndim(given) > 0
    return bool(many or (isinstance(form, np.ndarray) and form.ndim == 3))


def _indices(plane: Any, labels: Labels, note: Note) -> Segmentation:
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


def objects_outside(found: Detections, width_px: int, height_px: int) -> bool:
    """Whether a box reaches beyond the image."""
    boxes = found.boxes
    return bool((boxes[:, :2] < 0).any() or (boxes[:, 2] > width_px).any() or (boxes[:, 3] > height_px).any())
