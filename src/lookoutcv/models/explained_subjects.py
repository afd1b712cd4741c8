"""What of a prediction is explained: classes by name or number, objects that a detector found."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ExplanationError
from lookoutcv.predictions import Classification, Detections, Prediction

_SHOWN = 10
_NO_OBJECT, _NO_SUCH_OBJECT = "no object", "no such object"
# Reasons that say nothing of the next image.
NOT_IN_THIS_IMAGE = frozenset((_NO_OBJECT, _NO_SUCH_OBJECT))


@dataclass(frozen=True, eq=False)
class Subject:
    """What is explained: a class, or an object that a detector found.

    Args:
        label: The class.
        score: What the model gave it.
        number: Of the class, in the order of the scores; or of the object, in the order of the predictions.
        box: (4,) x1, y1, x2, y2 in the image; None of a class.
    """

    label: str
    score: float
    number: int
    box: Any = None


def subjects_of(
    model: str, labels: Sequence[str], prediction: Prediction, wanted: Sequence[str | int] | None, top: int
) -> list[Subject]:
    """What of a prediction is to be explained.

    Args:
        model: Its name.
        labels: Of its classes, in the order of the scores.
        prediction: What it said.
        wanted: Names of classes, or their numbers; of a detector, numbers of objects in the order of the predictions,
            or names of classes, each for its surest object. None for the `top` most probable.
        top: How many.
    Raises:
        ExplanationError: There is no such class or object, or none at all.
    """
    if isinstance(prediction, Detections):
        return _objects(model, labels, prediction, wanted, top)
    if not isinstance(prediction, Classification) or prediction.scores is None:
        raise ExplanationError(
            f"{model} gives no score for each class, and there is nothing to explain",
            "Explain a classifier that gives scores, or a detector.",
            reason="no scores of classes",
        )
    scores = prediction.scores
    numbers = (
        [int(one) for one in np.argsort(-scores, kind="stable")[:top]]
        if wanted is None
        else [class_number(one, labels) for one in wanted]
    )
    return [Subject(labels[number], float(scores[number]), number) for number in numbers]


def class_number(wanted: str | int, labels: Sequence[str]) -> int:
    """The number of a class that is named, or numbered as the scores are.

    Raises:
        ExplanationError: There is none; the nearest names are told.
    Example:
        >>> class_number("dog", ["cat", "dog"]), class_number(0, ["cat", "dog"]), class_number("1", ["cat", "dog"])
        (1, 0, 1)
    """
    if isinstance(wanted, str) and wanted in labels:
        return labels.index(wanted)
    number = int(wanted) if str(wanted).isdecimal() else -1
    if 0 <= number < len(labels):
        return number
    raise _unknown(str(wanted), labels)


def _objects(
    model: str, labels: Sequence[str], prediction: Detections, wanted: Sequence[str | int] | None, top: int
) -> list[Subject]:
    order = np.argsort(-np.nan_to_num(prediction.confidences), kind="stable")
    if wanted is None:
        chosen = [int(one) for one in order[:top]]
    else:
        chosen = [_object_number(one, prediction, order, labels) for one in wanted]
    if not chosen:
        raise ExplanationError(
            f"{model} found no object in this image, and there is nothing to explain",
            "Give an image in which it finds one.",
            reason=_NO_OBJECT,
        )
    return [
        Subject(prediction.labels[one], float(prediction.confidences[one]), one, prediction.boxes[one])
        for one in chosen
    ]


def _object_number(wanted: str | int, prediction: Detections, order: Any, labels: Sequence[str]) -> int:
    """The object of a number, or the surest of a class."""
    for place in order:
        if prediction.labels[place] == wanted:
            return int(place)
    if str(wanted).isdecimal() and int(wanted) < len(prediction.labels):
        return int(wanted)
    if wanted in labels or str(wanted).isdecimal():
        found = ", ".join(dict.fromkeys(prediction.labels[place] for place in order)) or "nothing"
        raise ExplanationError(
            f"there is no {wanted!r} among the objects of this image",
            f"It found {found}. Give one of them, or a number from 0 on.",
            reason=_NO_SUCH_OBJECT,
        )
    raise _unknown(str(wanted), tuple(dict.fromkeys((*prediction.labels, *labels))))


def _unknown(wanted: str, labels: Sequence[str]) -> ExplanationError:
    near = difflib.get_close_matches(wanted, labels, 3)
    guess = f"Did you mean {' or '.join(map(repr, near))}? " if near else ""
    more = f" and {len(labels) - _SHOWN:,} more" if len(labels) > _SHOWN else ""
    return ExplanationError(
        f"the model has no class {wanted!r}",
        f"{guess}It has {', '.join(labels[:_SHOWN])}{more}; or give a number from 0 on.",
        reason="no such class",
    )


def overlap(boxes: Any, box: Any) -> Any:
    """(n,) intersection over union of boxes with one box; x1, y1, x2, y2.

    Example:
        >>> overlap(np.array([[0, 0, 2, 2], [1, 0, 3, 2]]), np.array([0, 0, 2, 2])).round(2).tolist()
        [1.0, 0.33]
    """
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return shared / np.maximum(areas - shared, 1e-9)
