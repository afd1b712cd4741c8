"""One row a grid cell: a box, how likely it holds an object, and a score a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lookoutcv.models.detection.box_decoding import cells, corners, detected, sigmoid
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Prediction

# Rows are cells, at least a few hundred; columns are a box and classes.
_FEWEST_CELLS = 64
# Transformers ask for some hundred objects, and each only once: there is nothing to suppress.
_MOST_QUERIES = 1000
# Where centres are decoded they lie in their cells, which their place in the output tells.
_DECODED = 0.9


@dataclass(frozen=True)
class Yolo:
    """How the rows are read.

    Args:
        output: Which output holds them, from 0 on.
        strides: Sizes of the cells in pixels, in the order of the rows.
        grid: Centres are offsets within their cell, sides logarithms, both in cells (YOLOX); else boxes are decoded.
        normalised: Decoded boxes are shares of the input's sides, 0 to 1; else its pixels.
        box_format: `cxcywh` or `xyxy`; of decoded boxes only.
        objectness: A column after the box says how likely there is an object; it multiplies the scores.
        columns_first: The output is (4 + C, cells) instead of (cells, 4 + C), as YOLOv8 has it.
        extra: Columns after the scores that are not read: the coefficients of masks, or points of poses.
        logits: Objectness and scores are before the sigmoid.
        score_threshold: Objects with less confidence are left out.
        nms_iou: Of two boxes of a class that overlap more, the surer is kept; 1 keeps all.
        most: The most objects an image.
    Source: Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430.
    """

    output: int = 0
    strides: tuple[int, ...] = (8, 16, 32)
    grid: bool = True
    normalised: bool = False
    box_format: Literal["cxcywh", "xyxy"] = "cxcywh"
    objectness: bool = True
    columns_first: bool = False
    extra: int = 0
    logits: bool = False
    score_threshold: float = 0.3
    nms_iou: float = 0.45
    most: int = 300


def _rows(outputs: Sequence[Output], settings: Yolo) -> Output:
    if settings.output >= len(outputs):
        raise ValueError(f"there is no output {settings.output}, only {len(outputs)}")
    output = outputs[settings.output]
    if output.ndim != 3:
        raise ValueError(f"an output of shape {output.shape} is not rows of boxes and scores")
    rows = output.transpose(0, 2, 1) if settings.columns_first else output
    if rows.shape[2] < 5 + settings.objectness + settings.extra:
        raise ValueError(f"rows of {rows.shape[2]} numbers are not a box and scores")
    return rows[:, :, : rows.shape[2] - settings.extra]


def _classes(outputs: Sequence[Output], settings: Yolo) -> int:
    return int(_rows(outputs, settings).shape[2]) - 4 - settings.objectness


def _one(rows: Output, grid: Any, framing: Framing, labels: Sequence[str], settings: Yolo) -> Prediction:
    def chances(raw: Output) -> Output:
        return sigmoid(raw) if settings.logits else raw.astype(np.float32, copy=False)

    # A score is at most its objectness: most cells need no look at their classes.
    likely = (
        np.flatnonzero(chances(rows[:, 4]) >= settings.score_threshold) if settings.objectness else np.arange(len(rows))
    )
    scores = chances(rows[likely, 4 + settings.objectness :])
    if settings.objectness:
        scores = scores * chances(rows[likely, 4:5])

    def boxes_of(chosen: Output) -> Output:
        index = likely[chosen]
        cell = None if grid is None else grid[index]
        return _decoded(rows[index, :4].astype(np.float64), cell, framing.size, settings)

    limits = {"least": settings.score_threshold, "iou": settings.nms_iou}
    return detected(scores, boxes_of, framing, labels, **limits, most=settings.most)


def _decoded(boxes: Output, grid: Any, size: tuple[int, int], settings: Yolo) -> Output:
    if grid is not None:
        with np.errstate(over="ignore"):
            return corners(np.concatenate([boxes[:, :2] + grid[:, :2], np.exp(boxes[:, 2:])], axis=1) * grid[:, 2:])
    if settings.normalised:
        boxes = boxes * (size[1], size[0], size[1], size[0])
    return boxes if settings.box_format == "xyxy" else corners(boxes)


def _guess(probe: HeadProbe) -> Guess | None:
    # Beside the rows there may be grids that they were decoded from, or masks.
    places = [place for place, output in enumerate(probe.outputs) if output.ndim == 3]
    others = [output for output in probe.outputs if output.ndim != 3]
    if len(places) != 1 or any(output.ndim < 4 for output in others):
        return None
    shape = probe.outputs[places[0]].shape
    columns_first = shape[1] < shape[2]
    if probe.labels is not None and shape[2] - 4 - probe.labels in (0, 1):
        columns_first = False
    count, width = (shape[2], shape[1]) if columns_first else (shape[1], shape[2])
    if width < 5 or count < _FEWEST_CELLS:
        return None
    rows = probe.outputs[places[0]][0].T if columns_first else probe.outputs[places[0]][0]
    kind, settings = _kind(rows, probe.size)
    queries = settings.get("normalised", False) and count <= _MOST_QUERIES
    # YOLOv8 and its followers have columns first and no objectness; those before have rows and objectness.
    objectness, extra = not columns_first and not queries, _extra(others, columns_first)
    if probe.labels is not None:
        scores_beside = width - 4 - probe.labels
        objectness, extra = (
            (scores_beside == 1, 0) if scores_beside in (0, 1) else (objectness, max(scores_beside - objectness, 0))
        )
    if width - 4 - objectness - extra < 1:
        return None
    values = rows[:, 4 : width - extra]
    settings |= {"objectness": objectness, "columns_first": columns_first, "logits": bool((values < 0).any())}
    settings |= {"output": places[0]} if places[0] else {}
    settings |= {"extra": extra} if extra else {}
    settings |= {"nms_iou": 1.0} if queries else {}
    scores = width - 4 - objectness - extra
    return Guess(f"its output is {count} rows of a box in {kind} and {scores} scores", settings)


def _extra(others: Sequence[Output], columns_first: bool) -> int:
    """As many coefficients as there are masks to mix, where a model of objects with masks is meant."""
    masks = [output for output in others if output.ndim == 4]
    return min(masks[0].shape[1], masks[0].shape[3]) if columns_first and len(others) == len(masks) == 1 else 0


def _kind(rows: Output, size: tuple[int, int]) -> tuple[str, dict[str, Any]]:
    """What boxes are in, in words and as settings."""
    # Centres in pixels spread over the picture; shares and offsets within cells stay near 0 to 1.
    if float(np.nanmax(np.abs(rows[:, :2]), initial=0)) > max(size) / 4:
        return "pixels", {"grid": False}
    grid = cells(size, Yolo().strides)
    if len(grid) == len(rows) and not _follows((grid[:, :2] + 0.5) * grid[:, 2:], rows[:, :2]):
        return "offsets in a grid", {"grid": True}
    if float(np.nanmax(np.abs(rows[:, :4]), initial=0)) <= 2:
        return "shares of the picture", {"grid": False, "normalised": True}
    return "pixels", {"grid": False}


def _follows(centres: Any, predicted: Any) -> bool:
    """Whether centres are those of their cells, but for a factor."""
    parts = [(centres[:, side], predicted[:, side].astype(np.float64)) for side in (0, 1)]
    if not all(np.isfinite(b).all() and a.std() > 0 and b.std() > 0 for a, b in parts):
        return False
    return all(float(np.corrcoef(a, b)[0, 1]) > _DECODED for a, b in parts)


@head("yolo", task="detection", settings=Yolo, classes=_classes, guess=_guess, order=8)
def yolo(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Yolo
) -> list[Prediction]:
    """A row a grid cell, boxes decoded or in a grid: YOLOX, YOLOv5 to v9, v11 and the like."""
    rows = _rows(outputs, settings)
    grid = cells(framings[0].size, settings.strides) if settings.grid and framings else None
    if grid is not None and len(grid) != rows.shape[1]:
        raise ValueError(
            f"{rows.shape[1]} rows do not fill grids of strides {list(settings.strides)}, which have {len(grid)}"
        )
    return [_one(row, grid, framing, labels, settings) for row, framing in zip(rows, framings, strict=True)]
