"""Boxes as encodings of anchors, and a score for each class: SSD before its decoding."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

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

_FEWEST_ANCHORS = 64


@dataclass(frozen=True)
class SsdAnchors:
    """How the outputs are read.

    Args:
        boxes, scores: Which output is which, from 0 on.
        encoding: Order of the four numbers: `yxhw` (TensorFlow) or `xywh` (Caffe, PyTorch).
        variances: Factors of centres and of sides.
        anchors: cx, cy, w, h of each, as shares of the input's sides; None for those of the settings below.
        strides: Sizes of the cells in pixels, of one grid after the other.
        scales: Side of the anchors of the first and of the last grid, as shares; those between are evenly spaced.
        aspect_ratios: Width over height of the anchors of each cell.
        interpolated: One more square anchor a cell, of a side between this grid's and the next.
        reduced: The first grid has only three anchors a cell: a small square one and those of ratio 2 and 1/2.
        activation: What makes probabilities of scores: `none`, `sigmoid` or `softmax`.
        background: Which column stands for no object: `none`, `first` or `last`.
        score_threshold: Objects with less confidence are left out.
        nms_iou: Of two boxes of a class that overlap more, the surer is kept; 1 keeps all.
        most: The most objects an image.
    Source: Liu et al., "SSD: Single Shot MultiBox Detector", arXiv:1512.02325; anchors as create_ssd_anchors of the
        TensorFlow Object Detection API makes them for SSD MobileNet.
    """

    boxes: int = 0
    scores: int = 1
    encoding: Literal["yxhw", "xywh"] = "yxhw"
    variances: tuple[float, float] = (0.1, 0.2)
    anchors: tuple[tuple[float, float, float, float], ...] | None = None
    strides: tuple[int, ...] = (16, 32, 64, 128, 256, 512)
    scales: tuple[float, float] = (0.2, 0.95)
    aspect_ratios: tuple[float, ...] = (1.0, 2.0, 0.5, 3.0, 1 / 3)
    interpolated: bool = True
    reduced: bool = True
    activation: Activation = "sigmoid"
    background: Background = "first"
    score_threshold: float = 0.3
    nms_iou: float = 0.45
    most: int = 300


def anchors_of(size: tuple[int, int], settings: SsdAnchors) -> Any:
    """(n, 4) float64 cx, cy, w, h of every anchor, as shares of the input's sides.

    Example:
        >>> len(anchors_of((300, 300), SsdAnchors()))
        1917
    """
    if settings.anchors is not None:
        return np.asarray(settings.anchors, dtype=np.float64).reshape(-1, 4)
    parts, low, high, count = [], *settings.scales, len(settings.strides)
    sizes = [low + (high - low) * i / max(count - 1, 1) for i in range(count)] + [1.0]
    for level, stride in enumerate(settings.strides):
        shapes = [(sizes[level], ratio) for ratio in settings.aspect_ratios]
        if settings.interpolated:
            shapes.append((math.sqrt(sizes[level] * sizes[level + 1]), 1.0))
        if level == 0 and settings.reduced:
            shapes = [(0.1, 1.0), (sizes[0], 2.0), (sizes[0], 0.5)]
        rows, columns = math.ceil(size[0] / stride), math.ceil(size[1] / stride)
        y, x, shape = np.mgrid[:rows, :columns, : len(shapes)]
        side = np.array([scale for scale, _ in shapes])[shape]
        root = np.sqrt([ratio for _, ratio in shapes])[shape]
        # A side is a share of the shorter side of the input, whatever its shape.
        short = min(size)
        anchor_columns = [
            (x + 0.5) / columns,
            (y + 0.5) / rows,
            side * root * short / size[1],
            side / root * short / size[0],
        ]
        parts.append(np.stack([column.ravel() for column in anchor_columns], axis=1))
    return np.concatenate(parts)


def _parts(outputs: Sequence[Output], boxes: int, scores: int) -> tuple[Output, Output]:
    """(N, A, 4) and (N, A, C), sides of 1 between them left out."""
    if max(boxes, scores) >= len(outputs):
        raise ValueError(f"it has {len(outputs)} outputs, and the head needs encodings and scores")
    encodings, score_output = outputs[boxes], outputs[scores]
    if encodings.ndim == 4 and encodings.shape[2] == 1:
        encodings = encodings[:, :, 0]
    if (
        encodings.ndim != 3
        or encodings.shape[2] != 4
        or score_output.ndim != 3
        or score_output.shape[:2] != encodings.shape[:2]
    ):
        raise ValueError(
            f"outputs of shapes {outputs[boxes].shape} and {score_output.shape} are not encodings and scores"
        )
    return encodings, score_output


def _classes(outputs: Sequence[Output], settings: SsdAnchors) -> int:
    encodings, scores = _parts(outputs, settings.boxes, settings.scores)
    if settings.anchors is not None and len(settings.anchors) != encodings.shape[1]:
        raise ValueError(f"its outputs are of {encodings.shape[1]} anchors, and the card has {len(settings.anchors)}")
    count = scores.shape[2] - (settings.background != "none")
    if count < 1:
        raise ValueError("an output of scores holds nothing but the background")
    return int(count)


def _boxes_of(
    encodings: Output, anchors: Any, size: tuple[int, int], settings: SsdAnchors
) -> Callable[[Output], Output]:
    def decoded(chosen: Output) -> Output:
        offsets = encodings[chosen].astype(np.float64)
        if settings.encoding == "yxhw":
            offsets = offsets[:, [1, 0, 3, 2]]
        near = anchors[chosen]
        centres = offsets[:, :2] * settings.variances[0] * near[:, 2:] + near[:, :2]
        with np.errstate(over="ignore"):
            sides = np.exp(offsets[:, 2:] * settings.variances[1]) * near[:, 2:]
        return corners(np.concatenate([centres, sides], axis=1)) * (size[1], size[0], size[1], size[0])

    return decoded


def _guess(probe: HeadProbe) -> Guess | None:
    if len(probe.outputs) != 2:
        return None
    for places in ((0, 1), (1, 0)):
        try:
            encodings, scores = _parts(probe.outputs, *places)
        except ValueError:
            continue
        count = encodings.shape[1]
        if count < _FEWEST_ANCHORS or scores.shape[2] < 2:
            return None
        because = f"its outputs are encodings of {count} anchors and {scores.shape[2]} scores of each"
        activation, background = activation_of(scores[0], probe.labels, last=False)
        settings = {"boxes": places[0], "scores": places[1], "activation": activation, "background": background}
        if len(anchors_of(probe.size, SsdAnchors())) == count:
            return Guess(because + ", as SSD MobileNet has them", settings)
        return Guess(
            because,
            settings,
            "Which anchors is not in the outputs: write `head: {name: ssd_anchors, anchors: [[cx, cy, w, h], ...]}` in "
            "the card, or the strides, scales and aspect_ratios that make them.",
        )
    return None


@head("ssd_anchors", task="detection", settings=SsdAnchors, classes=_classes, guess=_guess, order=9)
def ssd_anchors(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: SsdAnchors
) -> list[Prediction]:
    """Encodings of anchors, and a score a class: SSD before its decoding."""
    encodings, scores = _parts(outputs, settings.boxes, settings.scores)
    if not framings:
        return []
    anchors = anchors_of(framings[0].size, settings)
    if len(anchors) != encodings.shape[1]:
        raise ValueError(
            f"its outputs are of {encodings.shape[1]} anchors, and head.strides and the like make {len(anchors)}"
        )
    limits = {"least": settings.score_threshold, "iou": settings.nms_iou}
    return [
        detected(
            without_background(class_scores(image_scores, settings.activation), settings.background),
            _boxes_of(image_encodings, anchors, framing.size, settings),
            framing,
            labels,
            **limits,
            most=settings.most,
        )
        for image_encodings, image_scores, framing in zip(encodings, scores, framings, strict=True)
    ]
