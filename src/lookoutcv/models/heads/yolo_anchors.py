"""Grids of anchors before their decoding: YOLOv3 to v5 and v7 as they are trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lookoutcv.calls.option_names import card_settings
from lookoutcv.models.detection.box_decoding import channels_last, corners, detected, sigmoid
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Prediction

Family = Literal["yolov3", "yolov3-tiny", "yolov4", "yolov5", "yolov7"]
_V3 = ((10, 13, 16, 30, 33, 23), (30, 61, 62, 45, 59, 119), (116, 90, 156, 198, 373, 326))
_V4 = ((12, 16, 19, 36, 40, 28), (36, 75, 76, 55, 72, 146), (142, 110, 192, 243, 459, 401))
# Anchors, width and height in pixels from the finest grid on, of each family's published COCO model, and whether sides
# are squares of sigmoids (YOLOv5) or exponentials (YOLOv3).
_FAMILIES: dict[str, tuple[tuple[tuple[float, ...], ...], bool]] = {
    "yolov3": (_V3, False),
    "yolov3-tiny": (((10, 14, 23, 27, 37, 58), (81, 82, 135, 169, 344, 319)), False),
    "yolov4": (_V4, False),
    "yolov5": (_V3, True),
    "yolov7": (_V4, True),
}
# YOLOv4 stretches the sigmoid of centres, more in the finer grids, so that they reach the edges of their cells.
_STRETCH = {"yolov4": (1.2, 1.1, 1.05)}


@dataclass(frozen=True)
class YoloAnchors:
    """How the grids are read.

    Args:
        family: Whose formula boxes follow, and whose anchors they have unless `anchors` says otherwise.
        anchors: For each grid, from the finest on: width and height of its anchors in pixels, one after the other.
        outputs: Which outputs are the grids; None for all of four or five sides.
        score_threshold: Objects with less confidence are left out.
        nms_iou: Of two boxes of a class that overlap more, the surer is kept; 1 keeps all.
        most: The most objects an image.
    Source: Redmon and Farhadi, "YOLOv3: An Incremental Improvement", arXiv:1804.02767; Bochkovskiy et al., "YOLOv4",
        arXiv:2004.10934; the detection layer of Ultralytics YOLOv5; Wang et al., "YOLOv7", arXiv:2207.02696.
    """

    family: Family = "yolov5"
    anchors: tuple[tuple[float, ...], ...] | None = None
    outputs: tuple[int, ...] | None = None
    score_threshold: float = 0.3
    nms_iou: float = 0.45
    most: int = 300

    @property
    def sides(self) -> list[Any]:
        """(A, 2) width and height for each grid."""
        return [np.asarray(anchors, np.float64).reshape(-1, 2) for anchors in self.anchors or _FAMILIES[self.family][0]]


def _grids(outputs: Sequence[Output], settings: YoloAnchors) -> list[Output]:
    """(N, A, h, w, 5 + C) for each grid, the finest first."""
    if settings.anchors is not None and any(not anchors or len(anchors) % 2 for anchors in settings.anchors):
        raise ValueError("an anchor has a width and a height, and each output has at least one")
    places = (
        [i for i, output in enumerate(outputs) if output.ndim in (4, 5)]
        if settings.outputs is None
        else settings.outputs
    )
    chosen = [outputs[place] for place in places if place < len(outputs)]
    sides = settings.sides
    if len(chosen) != len(sides) or len(places) != len(chosen):
        raise ValueError(f"it has {len(chosen)} outputs that can be grids, and there are anchors for {len(sides)}")
    unrolled = sorted(
        _unrolled(chosen, [len(anchors) for anchors in sides]), key=lambda grid: -grid.shape[2] * grid.shape[3]
    )
    if len({grid.shape[4] for grid in unrolled}) > 1 or unrolled[0].shape[4] < 6:
        raise ValueError(f"outputs of shapes {_shapes(chosen)} are not grids of {len(sides[0])} anchors")
    return unrolled


def _unrolled(grids: Sequence[Output], anchors: Sequence[int]) -> list[Output]:
    """Grids of any layout with their anchors, cells and columns apart."""
    if len(set(anchors)) > 1 or len({grid.ndim for grid in grids}) > 1:
        raise ValueError(f"outputs of shapes {_shapes(grids)} are not grids of as many anchors each")
    count = anchors[0]
    if grids[0].ndim == 5:
        if all(grid.shape[1] == count for grid in grids):
            return list(grids)
        if all(grid.shape[3] == count for grid in grids):
            return [grid.transpose(0, 3, 1, 2, 4) for grid in grids]
        raise ValueError(f"outputs of shapes {_shapes(grids)} are not grids of {count} anchors")
    if channels_last(grids):
        grids = [grid.transpose(0, 3, 1, 2) for grid in grids]
    if any(grid.shape[1] % count for grid in grids):
        raise ValueError(f"{grids[0].shape[1]} columns cannot be shared by {count} anchors")
    return [
        grid.reshape(len(grid), count, grid.shape[1] // count, *grid.shape[2:]).transpose(0, 1, 3, 4, 2)
        for grid in grids
    ]


def _shapes(outputs: Sequence[Output]) -> str:
    return ", ".join(str(output.shape) for output in outputs)


def _classes(outputs: Sequence[Output], settings: YoloAnchors) -> int:
    return int(_grids(outputs, settings)[0].shape[4]) - 5


def _one(grids: Sequence[Output], framing: Framing, labels: Sequence[str], settings: YoloAnchors) -> Prediction:
    scores, boxes = [], []
    squares = _FAMILIES[settings.family][1]
    stretches = (2.0,) * len(grids) if squares else _STRETCH.get(settings.family, (1.0,) * len(grids))
    for grid, sides, stretch in zip(grids, settings.sides, stretches, strict=True):
        # A score is at most its objectness: most cells need no look at their classes.
        cells = np.nonzero(sigmoid(grid[..., 4]) >= settings.score_threshold)
        anchor, row, column = cells
        rows = grid[cells].astype(np.float64)
        scores.append(sigmoid(rows[:, 5:]) * sigmoid(rows[:, 4:5]))
        # A centre is its cell's corner and a sigmoid that was stretched about its middle; a side its anchor's, scaled.
        inside = sigmoid(rows[:, :2]).astype(np.float64) * stretch - (stretch - 1) / 2
        strides = framing.size[1] / grid.shape[2], framing.size[0] / grid.shape[1]
        with np.errstate(over="ignore"):
            factors = (2 * sigmoid(rows[:, 2:4]).astype(np.float64)) ** 2 if squares else np.exp(rows[:, 2:4])
        centres = (np.stack([column, row], axis=1) + inside) * strides
        boxes.append(corners(np.concatenate([centres, factors * sides[anchor]], axis=1)))
    together = np.concatenate(boxes)
    limits = {"least": settings.score_threshold, "iou": settings.nms_iou}
    return detected(
        np.concatenate(scores), lambda chosen: together[chosen], framing, labels, **limits, most=settings.most
    )


def _guess(probe: HeadProbe) -> Guess | None:
    shapes = [output.shape for output in probe.outputs]
    if len(shapes) not in (2, 3) or len({len(shape) for shape in shapes}) > 1 or len(shapes[0]) not in (4, 5):
        return None
    settings = YoloAnchors("yolov5" if len(shapes) == 3 else "yolov3-tiny")
    try:
        count = _classes(probe.outputs, settings)
    except ValueError:
        return None
    if probe.labels not in (None, count):
        return None
    asked = {"head.name": "yolo_anchors", "head.family": "F"}
    return Guess(
        f"its outputs are {len(shapes)} grids of 3 anchors and {count} scores, before their decoding",
        {},
        f"Anchors and formula are not in the outputs: add {card_settings(asked)} with F one of {', '.join(_FAMILIES)}, "
        "and head.anchors where the model has its own.",
    )


@head("yolo_anchors", task="detection", settings=YoloAnchors, classes=_classes, guess=_guess, order=7)
def yolo_anchors(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: YoloAnchors
) -> list[Prediction]:
    """Grids of anchors before decoding: YOLOv3 to v5 and v7."""
    grids = _grids(outputs, settings)
    return [_one([grid[i] for grid in grids], framing, labels, settings) for i, framing in enumerate(framings)]
