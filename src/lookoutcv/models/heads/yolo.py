"""One row a grid cell: a box, how likely it holds an object, and a score a class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lookoutcv.calls.option_names import card_kept, card_settings
from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.detection.box_decoding import cells, corners, detected, sigmoid
from lookoutcv.models.detection.declared_rows import columns_beside, fills_grids
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
        extra: Columns after the scores that are not read: the coefficients of masks, points of poses, or an angle.
        oriented: The last column is an angle in radians by which the box is turned; turned boxes suppress each other,
            and the upright box around each is given.
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
    oriented: bool = False
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
    if settings.oriented and not settings.extra:
        raise ValueError("an output with angles has them after the scores: head.extra must be 1 or more")
    return rows


def _classes(outputs: Sequence[Output], settings: Yolo) -> int:
    return int(_rows(outputs, settings).shape[2]) - 4 - settings.objectness - settings.extra


def _one(rows: Output, grid: Any, framing: Framing, labels: Sequence[str], settings: Yolo) -> Prediction:
    def chances(raw: Output) -> Output:
        return sigmoid(raw) if settings.logits else raw.astype(np.float32, copy=False)

    # A score is at most its objectness: most cells need no look at their classes.
    likely = (
        np.flatnonzero(chances(rows[:, 4]) >= settings.score_threshold) if settings.objectness else np.arange(len(rows))
    )
    scores = chances(rows[likely, 4 + settings.objectness : rows.shape[1] - settings.extra])
    if settings.objectness:
        scores = scores * chances(rows[likely, 4:5])

    def boxes_of(chosen: Output) -> Output:
        index = likely[chosen]
        cell = None if grid is None else grid[index]
        angles = rows[index, -1].astype(np.float64) if settings.oriented else None
        return _decoded(rows[index, :4].astype(np.float64), cell, angles, framing.size, settings)

    limits = {"least": settings.score_threshold, "iou": settings.nms_iou}
    return detected(scores, boxes_of, framing, labels, **limits, most=settings.most)


def _decoded(boxes: Output, grid: Any, angles: Any, size: tuple[int, int], settings: Yolo) -> Output:
    if grid is not None:
        with np.errstate(over="ignore"):
            return corners(np.concatenate([boxes[:, :2] + grid[:, :2], np.exp(boxes[:, 2:])], axis=1) * grid[:, 2:])
    if settings.normalised:
        boxes = boxes * (size[1], size[0], size[1], size[0])
    if angles is not None:
        return np.concatenate([boxes, angles[:, None]], axis=1)
    return boxes if settings.box_format == "xyxy" else corners(boxes)


@dataclass(frozen=True)
class _Columns:
    """What stands where in the rows."""

    columns_first: bool
    objectness: bool
    extra: int
    oriented: bool = False


def _guess(probe: HeadProbe) -> Guess | None:
    # Beside the rows there may be grids that they were decoded from, or masks.
    places = [place for place, output in enumerate(probe.outputs) if output.ndim == 3]
    others = [output for output in probe.outputs if output.ndim != 3]
    if len(places) != 1 or any(output.ndim < 4 for output in others):
        return None
    output = probe.outputs[places[0]]
    declared = _declared(probe, output.shape, others)
    if isinstance(declared, Guess):
        return declared
    columns_first = _columns_first(probe, output.shape) if declared is None else declared.columns_first
    rows = output[0].T if columns_first else output[0]
    count, width = rows.shape
    if width < 5 or count < _FEWEST_CELLS:
        return None
    kind, settings = _kind(rows, probe.size) if declared is None else _kind_declared(rows, probe)
    apart = count <= _MOST_QUERIES and not fills_grids(count, probe.size) and not columns_first
    queries = apart and (settings.get("normalised", False) or width - 4 == probe.labels)
    columns = declared or _columns(probe, others, width, columns_first, queries)
    scores = width - 4 - columns.objectness - columns.extra
    if scores < 1:
        return None
    question = _question(rows, probe, settings) if apart and declared is None else None
    values = rows[:, 4 : width - columns.extra]
    settings |= {"objectness": columns.objectness, "columns_first": columns_first}
    settings |= {"logits": bool((values < 0).any())}
    settings |= {"output": places[0]} if places[0] else {}
    settings |= {"extra": columns.extra} if columns.extra else {}
    settings |= {"oriented": True} if columns.oriented else {}
    settings |= {"nms_iou": 1.0} if queries else {}
    if queries and not settings.get("normalised") and _are_corners(rows):
        settings |= {"box_format": "xyxy"}
    return Guess(f"its output is {count} rows of a box in {kind} and {scores} scores", settings, question)


def _columns_first(probe: HeadProbe, shape: tuple[int, ...]) -> bool:
    if probe.labels is not None and shape[2] - 4 - probe.labels in (0, 1):
        return False
    return shape[1] < shape[2]


def _columns(probe: HeadProbe, others: Sequence[Output], width: int, columns_first: bool, queries: bool) -> _Columns:
    """What shapes tell where the file does not say."""
    # YOLOv8 and its followers have columns first and no objectness; those before have rows and objectness.
    objectness, extra = not columns_first and not queries, _extra(others, columns_first)
    if probe.labels is not None:
        scores_beside = width - 4 - probe.labels
        objectness, extra = (
            (scores_beside == 1, 0) if scores_beside in (0, 1) else (objectness, max(scores_beside - objectness, 0))
        )
    return _Columns(columns_first, objectness, extra)


def _declared(probe: HeadProbe, shape: tuple[int, ...], others: Sequence[Output]) -> _Columns | Guess | None:
    """What the file says of the columns; a question where the output has others; None where it says nothing."""
    task, beside = probe.facts.task, columns_beside(probe.facts, others)
    if task is None or probe.labels is None or beside is None:
        return None
    width = 4 + probe.labels + beside
    if probe.facts.suppressed:
        # Rows of chosen boxes are `end_to_end`'s, which has seen them before.
        return Guess(
            f"its file says that its boxes are chosen inside (end2end, nms), and its output of {shape[1]} x {shape[2]} "
            "holds no rows of a box, a score and a class",
            {},
            f"Name the head, {card_settings({'head.name': 'end_to_end'})} or yolo, and what is in its columns; or "
            "export it again.",
        )
    if width not in shape[1:]:
        return Guess(
            f"its file says that it is for {task} with {probe.labels} names, which makes rows of {width} numbers, and "
            f"its output has {shape[1]} x {shape[2]}",
            {},
            f"Correct the labels in the card, or name the head: {card_settings({'head.name': 'yolo'})}, and what is in "
            "its columns (head.objectness, head.extra).",
        )
    return _Columns(shape[1] == width, False, beside, task == "obb")


def _question(rows: Output, probe: HeadProbe, settings: dict[str, Any]) -> str | None:
    """What to ask of rows that are no cells of a grid and do not tell; None where they do."""
    how = f"add {card_settings({'head.name': 'yolo', 'head.grid': False})} and "
    objectness = "head.objectness=true or false (whether the first score is that of any object)"
    then = f"; {card_kept()}."
    if not rows[:, :4].any():
        asked = "head.normalised=true for shares of the picture or false for pixels, head.box_format=xyxy for corners"
        asked += "" if probe.labels is not None else f", {objectness}"
        return f"For a picture of noise its boxes are all 0, so nothing tells what they are in: {how}{asked}{then}"
    if probe.labels is None and not settings.get("normalised"):
        return f"Its rows are not the cells of a grid, so nothing tells the columns: {how}{objectness}{then}"
    return None


def _are_corners(rows: Output) -> bool:
    """Whether all boxes are in order as corners are, which sides are by chance only."""
    boxes = rows[:, :4]
    return bool((boxes[:, 2:] >= boxes[:, :2]).all() and len(np.unique(boxes, axis=0)) > 1)


def _extra(others: Sequence[Output], columns_first: bool) -> int:
    """As many coefficients as there are masks to mix, where a model of objects with masks is meant."""
    return (columns_beside(FileFacts(), others) or 0) if columns_first else 0


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


def _kind_declared(rows: Output, probe: HeadProbe) -> tuple[str, dict[str, Any]]:
    """The same of an export that says its task: such boxes are always decoded."""
    largest = float(np.nanmax(np.abs(rows[:, :4]), initial=0))
    shares = bool(probe.facts.shares) if largest == 0 else largest <= 2
    settings = {"grid": False} | ({"normalised": True} if shares else {})
    return ("shares of the picture" if shares else "pixels"), settings


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
