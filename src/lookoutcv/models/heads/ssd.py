"""Boxes, classes, scores and a count, after the model's own suppression: TFLite's detection post-processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.models.cards.label_file import PLACEHOLDERS
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Detections, Prediction


@dataclass(frozen=True)
class Ssd:
    """How the outputs are read.

    Args:
        boxes, classes, scores: Which output is which, from 0 on.
        box_format: `yxyx` (TensorFlow) or `xyxy`.
        normalised: Boxes are shares of the input's sides, 0 to 1; else its pixels.
        score_threshold: Objects with less confidence are left out.
        class_offset: Added to the model's class to find its label; None for 1 where the labels begin with a placeholder
            (`???`, `background`), else 0.
    Source: TensorFlow Lite, TFLite_Detection_PostProcess.
    """

    boxes: int = 0
    classes: int = 1
    scores: int = 2
    box_format: Literal["yxyx", "xyxy"] = "yxyx"
    normalised: bool = True
    score_threshold: float = 0.5
    class_offset: int | None = None


def _parts(outputs: Sequence[Output], settings: Ssd) -> tuple[Output, Output, Output]:
    if max(settings.boxes, settings.classes, settings.scores) >= len(outputs):
        raise ValueError(f"it has {len(outputs)} outputs, and the head needs boxes, classes and scores")
    boxes, classes, scores = outputs[settings.boxes], outputs[settings.classes], outputs[settings.scores]
    if boxes.ndim != 3 or boxes.shape[2] != 4 or classes.shape != boxes.shape[:2] or scores.shape != boxes.shape[:2]:
        shapes = ", ".join(str(part.shape) for part in (boxes, classes, scores))
        raise ValueError(f"outputs of shapes {shapes} are not boxes, classes and scores")
    return boxes, classes, scores


def _classes(outputs: Sequence[Output], settings: Ssd) -> None:
    _parts(outputs, settings)


def _guess(probe: HeadProbe) -> Guess | None:
    shapes = [output.shape for output in probe.outputs]
    boxes = [i for i, shape in enumerate(shapes) if len(shape) == 3 and shape[2] == 4]
    if len(boxes) != 1:
        return None
    flat = [i for i, shape in enumerate(shapes) if shape == shapes[boxes[0]][:2]]
    if len(flat) != 2:
        return None
    # Scores are never above 1 and never sorted upwards; classes are whole numbers.
    first, second = (probe.outputs[i][0] for i in flat)
    integral = [bool((row == np.rint(row)).all()) for row in (first, second)]
    classes, scores = (flat[1], flat[0]) if integral == [False, True] else (flat[0], flat[1])
    return Guess(
        "its outputs have the shapes of boxes, classes and scores",
        {"boxes": boxes[0], "classes": classes, "scores": scores},
    )


@head("ssd", task="detection", settings=Ssd, classes=_classes, guess=_guess, order=5)
def ssd(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Ssd
) -> list[Prediction]:
    """Boxes, classes, scores: TFLite's detection post-processing."""
    offset = settings.class_offset
    if offset is None:
        offset = int(bool(labels) and labels[0].lower() in PLACEHOLDERS)
    predictions: list[Prediction] = []
    for boxes, classes, scores, framing in zip(*_parts(outputs, settings), framings, strict=True):
        # NaN is neither kept nor counted: an object without a confidence is none.
        keep = (scores >= settings.score_threshold) & np.isfinite(classes) & np.isfinite(boxes).all(axis=1)
        order = np.flatnonzero(keep)[np.argsort(-scores[keep], kind="stable")]
        indices = np.rint(classes[order]).astype(np.int64) + offset
        if len(indices) and not 0 <= int(indices.min()) <= int(indices.max()) < len(labels):
            raise ValueError(f"it finds class {int(indices.max())}, and there are {len(labels)} labels")
        corners = boxes[order][:, [1, 0, 3, 2]] if settings.box_format == "yxyx" else boxes[order]
        if settings.normalised:
            height, width = framing.size
            corners = corners * (width, height, width, height)
        names = [labels[index] for index in indices]
        predictions.append(Detections.of(framing.boxes_in_image(corners), names, np.clip(scores[order], 0, 1)))
    return predictions
