"""Rows of a box, a score and a class, after the model's own choice: YOLOv10 and exports with suppression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lookoutcv.models.detection.box_decoding import sigmoid
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Detections, Prediction

_COLUMNS = 6
# More rows than this are candidates, not detections.
_MOST_ROWS = 1000


@dataclass(frozen=True)
class EndToEnd:
    """How the rows are read: x1, y1, x2, y2, score, class.

    Args:
        output: Which output holds them, from 0 on.
        normalised: Boxes are shares of the input's sides, 0 to 1; else its pixels.
        class_offset: Added to the model's class to find its label.
        logits: Scores are before the sigmoid.
        score_threshold: Objects with less confidence are left out.
    Source: Wang et al., "YOLOv10: Real-Time End-to-End Object Detection", arXiv:2405.14458.
    """

    output: int = 0
    normalised: bool = False
    class_offset: int = 0
    logits: bool = False
    score_threshold: float = 0.3


def _rows(outputs: Sequence[Output], settings: EndToEnd) -> Output:
    if settings.output >= len(outputs):
        raise ValueError(f"there is no output {settings.output}, only {len(outputs)}")
    output = outputs[settings.output]
    if output.ndim != 3 or output.shape[2] != _COLUMNS:
        raise ValueError(f"an output of shape {output.shape} is not rows of a box, a score and a class")
    return output


def _classes(outputs: Sequence[Output], settings: EndToEnd) -> None:
    _rows(outputs, settings)


def _guess(probe: HeadProbe) -> Guess | None:
    if len(probe.outputs) != 1:
        return None
    output = probe.outputs[0]
    if output.ndim != 3 or output.shape[2] != _COLUMNS or not 1 < output.shape[1] <= _MOST_ROWS:
        return None
    rows = output[0]
    classes, confidences = rows[:, 5], rows[:, 4]
    are_detections = np.isfinite(rows).all() and (classes == np.rint(classes)).all() and classes.min() >= 0
    if (
        not are_detections
        or confidences.min() < 0
        or confidences.max() > 1
        or (rows[:, 2:4] < rows[:, :2] - 1e-3).any()
    ):
        return None
    # A picture of noise may leave every row empty: then pixels, as YOLOv10 has them.
    largest = float(np.abs(rows[:, :4]).max())
    shares = 0 < largest <= 2
    kind = "shares of the picture" if shares else "pixels"
    return Guess(f"its output is {len(rows)} rows of a box in {kind}, a score and a class", {"normalised": shares})


@head("end_to_end", task="detection", settings=EndToEnd, classes=_classes, guess=_guess, order=4)
def end_to_end(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: EndToEnd
) -> list[Prediction]:
    """Rows of a box, a score and a class: YOLOv10, exports with suppression."""
    predictions: list[Prediction] = []
    for rows, framing in zip(_rows(outputs, settings), framings, strict=True):
        confidences = sigmoid(rows[:, 4]) if settings.logits else rows[:, 4]
        keep = np.flatnonzero((confidences >= settings.score_threshold) & np.isfinite(rows).all(axis=1))
        keep = keep[np.argsort(-confidences[keep], kind="stable")]
        classes = np.rint(rows[keep, 5]).astype(np.int64) + settings.class_offset
        if len(classes) and not 0 <= int(classes.min()) <= int(classes.max()) < len(labels):
            raise ValueError(f"it finds class {int(classes.max())}, and there are {len(labels)} labels")
        height, width = framing.size
        boxes = rows[keep, :4] * ((width, height, width, height) if settings.normalised else 1)
        names = [labels[index] for index in classes]
        predictions.append(Detections.of(framing.boxes_in_image(boxes), names, np.clip(confidences[keep], 0, 1)))
    return predictions
