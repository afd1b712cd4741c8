"""Decoded boxes in one output and a score for each class in another: DETR, RT-DETR, SSD and YOLO exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lookoutcv.calls.option_names import card_kept, card_settings
from lookoutcv.models.detection.activations import (
    Activation,
    Background,
    activation_of,
    class_scores,
    without_background,
)
from lookoutcv.models.detection.box_decoding import corners, detected
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Prediction

# Transformers ask for some hundred objects, and each only once: there is nothing to suppress.
_MOST_QUERIES = 1000


@dataclass(frozen=True)
class BoxesScores:
    """How the outputs are read.

    Args:
        boxes, scores: Which output is which, from 0 on.
        box_format: `cxcywh`, `xyxy` or `yxyx`.
        normalised: Boxes are shares of the input's sides, 0 to 1; else its pixels.
        activation: What makes probabilities of scores: `none`, `sigmoid` or `softmax`.
        background: Which column stands for no object: `none`, `first` or `last`.
        score_threshold: Objects with less confidence are left out.
        nms_iou: Of two boxes of a class that overlap more, the surer is kept; 1 keeps all.
        most: The most objects an image.
    Source: Carion et al., "End-to-End Object Detection with Transformers", arXiv:2005.12872; Zhao et al., "DETRs Beat
        YOLOs on Real-time Object Detection", arXiv:2304.08069.
    """

    boxes: int = 0
    scores: int = 1
    box_format: Literal["cxcywh", "xyxy", "yxyx"] = "cxcywh"
    normalised: bool = True
    activation: Activation = "none"
    background: Background = "none"
    score_threshold: float = 0.3
    nms_iou: float = 0.45
    most: int = 300


def boxes_and_scores(outputs: Sequence[Output], boxes: int, scores: int) -> tuple[Output, Output]:
    """(N, K, 4) and (N, K, C), sides of 1 between them left out.

    Raises:
        ValueError: They are not such.
    """
    if max(boxes, scores) >= len(outputs):
        raise ValueError(f"it has {len(outputs)} outputs, and the head needs boxes and scores")
    box_output, score_output = outputs[boxes], outputs[scores]
    if box_output.ndim == 4 and box_output.shape[2] == 1:
        box_output = box_output[:, :, 0]
    if (
        box_output.ndim != 3
        or box_output.shape[2] != 4
        or score_output.ndim != 3
        or score_output.shape[:2] != box_output.shape[:2]
        or not score_output.shape[2]
    ):
        raise ValueError(f"outputs of shapes {outputs[boxes].shape} and {score_output.shape} are not boxes and scores")
    return box_output, score_output


def _classes(outputs: Sequence[Output], settings: BoxesScores) -> int:
    count = boxes_and_scores(outputs, settings.boxes, settings.scores)[1].shape[2] - (settings.background != "none")
    if count < 1:
        raise ValueError("an output of scores holds nothing but the background")
    return int(count)


def _one(boxes: Output, raw: Output, framing: Framing, labels: Sequence[str], settings: BoxesScores) -> Prediction:
    def boxes_of(chosen: Output) -> Output:
        chosen_boxes = boxes[chosen].astype(np.float64)
        if settings.box_format == "yxyx":
            chosen_boxes = chosen_boxes[:, [1, 0, 3, 2]]
        height, width = framing.size
        chosen_boxes = chosen_boxes * ((width, height, width, height) if settings.normalised else 1)
        return corners(chosen_boxes) if settings.box_format == "cxcywh" else chosen_boxes

    scores = without_background(class_scores(raw, settings.activation), settings.background)
    limits = {"least": settings.score_threshold, "iou": settings.nms_iou}
    return detected(scores, boxes_of, framing, labels, **limits, most=settings.most)


def _guess(probe: HeadProbe) -> Guess | None:
    if len(probe.outputs) != 2:
        return None
    names = [tensor.name.lower() for tensor in probe.infos] if len(probe.infos) == len(probe.outputs) else ["", ""]
    boxes_last = "box" in names[1] and "box" not in names[0]
    for places in ((1, 0), (0, 1)) if boxes_last else ((0, 1), (1, 0)):
        try:
            boxes, scores = boxes_and_scores(probe.outputs, *places)
        except ValueError:
            continue
        guess = None
        if scores.shape[2] > 1 and np.isfinite(boxes).all():
            guess = _guess_of_boxes(boxes[0], scores[0], probe.labels, places)
            if guess is not None and not np.ptp(boxes[0], axis=0).any() and not _is_detr(names):
                return _asked(guess)
        if guess is not None:
            return guess
    return None


def _guess_of_boxes(boxes: Output, raw: Output, labels: int | None, places: tuple[int, int]) -> Guess | None:
    ordered = bool((boxes[:, 2:] >= boxes[:, :2]).all())
    queries = len(boxes) <= _MOST_QUERIES
    shares = float(np.abs(boxes).max()) <= 2
    # Centres and sides of real boxes are positive; encodings before decoding are not.
    if not ordered and (boxes[:, 2:] < 0).any():
        return None
    activation, background = activation_of(raw, labels, last=queries)
    # Different boxes are all in order by chance only where they are corners.
    box_format = "xyxy" if ordered and len(np.unique(boxes, axis=0)) > 1 else "cxcywh"
    settings = {"boxes": places[0], "scores": places[1], "box_format": box_format, "normalised": shares}
    settings |= {"activation": activation, "background": background} | ({"nms_iou": 1.0} if queries else {})
    kind = "shares of the picture" if shares else "pixels"
    return Guess(f"its outputs are {len(boxes)} boxes in {kind} and {raw.shape[1]} scores of each", settings)


def _is_detr(names: Sequence[str]) -> bool:
    """Whether outputs are called as Hugging Face's transformers call them: then boxes are centres, in shares."""
    return "pred_boxes" in names and bool({"logits", "pred_logits"} & set(names))


def _asked(guess: Guess) -> Guess:
    known = {f"head.{key}": guess.settings[key] for key in ("boxes", "scores", "activation", "background")}
    return Guess(
        f"{guess.because}, and all boxes are the same for a picture of noise, so nothing tells what they are in",
        guess.settings,
        f"Add {card_settings({'head.name': 'boxes_scores', **known})} with head.box_format cxcywh, xyxy or yxyx, and "
        f"head.normalised true for shares of the picture or false for pixels; {card_kept()}.",
    )


@head("boxes_scores", task="detection", settings=BoxesScores, classes=_classes, guess=_guess, order=7)
def boxes_scores(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: BoxesScores
) -> list[Prediction]:
    """Decoded boxes, and a score a class: DETR, RT-DETR, SSD and YOLO exports."""
    boxes, raw = boxes_and_scores(outputs, settings.boxes, settings.scores)
    return [
        _one(image_boxes, image_scores, framing, labels, settings)
        for image_boxes, image_scores, framing in zip(boxes, raw, framings, strict=True)
    ]
