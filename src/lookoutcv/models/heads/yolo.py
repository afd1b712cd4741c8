"""One row a grid cell: a box, how likely it holds an object, and a score a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lookoutcv.models.heads.base import Evidence, Guess, Head, Output
from lookoutcv.models.preprocessing import Framing
from lookoutcv.models.suppression import suppressed
from lookoutcv.predictions import Detections, Prediction

# Rows are cells, at least a few hundred; columns are a box and classes.
_FEWEST_CELLS = 64


@dataclass(frozen=True)
class Yolo:
    """How the rows are read.

    Args:
        output: Which output holds them, from 0 on.
        strides: Sizes of the cells in pixels, in the order of the rows.
        grid: Centres are offsets within their cell, and sides logarithms, both in cells (YOLOX); else boxes are pixels.
        box_format: `cxcywh` or `xyxy`; of pixels only.
        objectness: A column after the box says how likely there is an object; it multiplies the scores.
        columns_first: The output is (4 + C, cells) instead of (cells, 4 + C), as YOLOv8 has it.
        logits: Objectness and scores are before the sigmoid.
        score_threshold: Less sure objects are left out.
        nms_iou: Of two boxes of a class that overlap more, the surer is kept.
        most: The most objects an image.
    Source: Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv:2107.08430.
    """

    output: int = 0
    strides: tuple[int, ...] = (8, 16, 32)
    grid: bool = True
    box_format: Literal["cxcywh", "xyxy"] = "cxcywh"
    objectness: bool = True
    columns_first: bool = False
    logits: bool = False
    score_threshold: float = 0.3
    nms_iou: float = 0.45
    most: int = 300


def cells(size: tuple[int, int], strides: Sequence[int]) -> Any:
    """(n, 3) float64: column, row and stride of every cell, stride by stride, row by row.

    Example:
        >>> cells((16, 32), [16]).tolist()
        [[0.0, 0.0, 16.0], [1.0, 0.0, 16.0]]
    """
    parts = []
    for stride in strides:
        rows, columns = np.mgrid[: size[0] // stride, : size[1] // stride]
        parts.append(np.stack([columns.ravel(), rows.ravel(), np.full(rows.size, stride)], axis=1))
    return np.concatenate(parts).astype(np.float64)


def _rows(outputs: Sequence[Output], how: Yolo) -> Output:
    if how.output >= len(outputs):
        raise ValueError(f"there is no output {how.output}, only {len(outputs)}")
    output = outputs[how.output]
    if output.ndim != 3:
        raise ValueError(f"an output of shape {output.shape} is not rows of boxes and scores")
    rows = output.transpose(0, 2, 1) if how.columns_first else output
    if rows.shape[2] < 5 + how.objectness:
        raise ValueError(f"rows of {rows.shape[2]} numbers are not a box and scores")
    return rows


def _classes(outputs: Sequence[Output], how: Yolo) -> int:
    return int(_rows(outputs, how).shape[2]) - 4 - how.objectness


def _read(outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], how: Yolo) -> list[Prediction]:
    rows = _rows(outputs, how)
    grid = cells(framings[0].size, how.strides) if how.grid and framings else None
    if grid is not None and len(grid) != rows.shape[1]:
        raise ValueError(
            f"{rows.shape[1]} rows do not fill grids of strides {list(how.strides)}, which have {len(grid)}"
        )
    return [_one(row, grid, framing, labels, how) for row, framing in zip(rows, framings, strict=True)]


def _one(rows: Output, grid: Any, framing: Framing, labels: Sequence[str], how: Yolo) -> Prediction:
    # A score is at most its objectness: most cells need no look at their classes.
    likely = np.flatnonzero(_scores(rows[:, 4], how) >= how.score_threshold) if how.objectness else np.arange(len(rows))
    scores = _scores(rows[likely, 4 + how.objectness :], how)
    if how.objectness:
        scores = scores * _scores(rows[likely, 4:5], how)
    best = np.argmax(scores, axis=1)
    sure = scores[np.arange(len(scores)), best]
    boxes = _corners(rows[likely, :4].astype(np.float64), None if grid is None else grid[likely], how)
    keep = (sure >= how.score_threshold) & np.isfinite(boxes).all(axis=1)  # NaN is not
    best, sure, boxes = best[keep], sure[keep], boxes[keep]
    kept = suppressed(boxes, sure, best, how.nms_iou, how.most)
    names = [labels[index] for index in best[kept]]
    return Detections.of(framing.boxes_in_image(boxes[kept]), names, np.clip(sure[kept], 0, 1))


def _scores(raw: Output, how: Yolo) -> Output:
    found: Output = raw.astype(np.float32)
    if how.logits:
        with np.errstate(over="ignore"):
            found = 1 / (1 + np.exp(-found))
    return found


def _corners(boxes: Any, grid: Any, how: Yolo) -> Any:
    if grid is not None:
        with np.errstate(over="ignore"):
            boxes = np.concatenate([boxes[:, :2] + grid[:, :2], np.exp(boxes[:, 2:])], axis=1) * grid[:, 2:]
    elif how.box_format == "xyxy":
        return boxes
    half = boxes[:, 2:] / 2
    return np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)


def _guess(evidence: Evidence) -> Guess | None:
    if len(evidence.outputs) != 1 or evidence.outputs[0].ndim != 3:
        return None
    shape = evidence.outputs[0].shape
    columns_first = shape[1] < shape[2]
    count, width = max(shape[1:]), min(shape[1:])
    if width < 6 or count < _FEWEST_CELLS:
        return None
    rows = evidence.outputs[0][0].T if columns_first else evidence.outputs[0][0]
    # Centres in pixels spread over the picture; offsets within cells stay near 0.
    spread = float(np.nanmax(np.abs(rows[:, :2]), initial=0)) > max(evidence.size) / 4
    # YOLOv8 and its followers have columns first and no objectness; those before have rows and objectness.
    objectness = not columns_first if evidence.labels is None else width - 4 - evidence.labels == 1
    logits = bool((rows[:, 4:] < 0).any())
    fills = len(cells(evidence.size, Yolo().strides)) == count
    grid = not spread and fills
    settings = {"grid": grid, "objectness": objectness, "columns_first": columns_first, "logits": logits}
    kind = "offsets in a grid" if grid else "pixels"
    return Guess(f"its output is {count} rows of a box in {kind} and {width - 4 - objectness} scores", settings)


yolo = Head(
    "yolo", "detection", Yolo, _classes, _read, _guess, "A row a grid cell: YOLOX, YOLOv5 to v8 and the like.", order=8
)
