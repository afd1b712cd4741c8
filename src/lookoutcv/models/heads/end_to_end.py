"""Rows of a box, a score and a class, after the model's own choice: YOLOv10 and exports with suppression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lookoutcv.calls.option_names import card_kept, card_settings
from lookoutcv.models.detection.box_decoding import around, corners, sigmoid
from lookoutcv.models.detection.declared_rows import columns_beside, fills_grids
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Detections, Prediction

_COLUMNS = 6
# More rows than this are candidates, not detections.
_MOST_ROWS = 1000


@dataclass(frozen=True)
class EndToEnd:
    """How the rows are read: a box, its score, its class, and perhaps more.

    Args:
        output: Which output holds them, from 0 on.
        normalised: Boxes are shares of the input's sides, 0 to 1; else its pixels.
        box_format: `xyxy` or `cxcywh`.
        extra: Columns after the class: key points, the coefficients of masks, or an angle.
        oriented: The last column is an angle in radians by which the box is turned; the upright box around it is given.
        class_offset: Added to the model's class to find its label.
        logits: Scores are before the sigmoid.
        score_threshold: Objects with less confidence are left out.
    Source: Wang et al., "YOLOv10: Real-Time End-to-End Object Detection", arXiv:2405.14458; Ultralytics, NMSModel.
    """

    output: int = 0
    normalised: bool = False
    box_format: Literal["xyxy", "cxcywh"] = "xyxy"
    extra: int = 0
    oriented: bool = False
    class_offset: int = 0
    logits: bool = False
    score_threshold: float = 0.3


def _rows(outputs: Sequence[Output], settings: EndToEnd) -> Output:
    if settings.output >= len(outputs):
        raise ValueError(f"there is no output {settings.output}, only {len(outputs)}")
    output = outputs[settings.output]
    if output.ndim != 3 or output.shape[2] != _COLUMNS + settings.extra:
        more = f" and {settings.extra} numbers more" if settings.extra else ""
        raise ValueError(f"an output of shape {output.shape} is not rows of a box, a score and a class{more}")
    if settings.oriented and not settings.extra:
        raise ValueError("an output with angles has them after the class: head.extra must be 1 or more")
    return output


def _classes(outputs: Sequence[Output], settings: EndToEnd) -> None:
    _rows(outputs, settings)


def _guess(probe: HeadProbe) -> Guess | None:
    places = [place for place, output in enumerate(probe.outputs) if output.ndim == 3]
    others = [output for output in probe.outputs if output.ndim != 3]
    if len(places) != 1 or len(others) > 1 or any(output.ndim != 4 for output in others):
        return None
    rows = probe.outputs[places[0]][0]
    beside = columns_beside(probe.facts, others)
    declared = probe.facts.task is not None and rows.shape[1] == _COLUMNS + (beside or 0)
    oriented = declared and probe.facts.task == "obb"
    few = len(rows) > 1 and (len(rows) <= _MOST_ROWS or probe.facts.suppressed is True)
    if not few or not _are_detections(rows, ordered=not oriented):
        return None
    if probe.facts.task == "detect" and not probe.facts.suppressed and _may_be_scores(rows, probe.labels):
        return _either(rows) if probe.facts.suppressed is None else None
    if rows.shape[1] != _COLUMNS + (beside or 0):
        return _asked(rows, probe)
    settings: dict[str, Any] = {"extra": beside} if beside else {}
    settings |= {"output": places[0]} if places[0] else {}
    settings |= {"oriented": True, "box_format": "cxcywh"} if oriented else {}
    return _in_units(rows, probe, settings)


def _in_units(rows: Output, probe: HeadProbe, settings: dict[str, Any]) -> Guess:
    """What the boxes are in: as the values tell; where there are none, as the exporter is known to have it."""
    largest = float(np.abs(rows[:, :4]).max())
    shares = 0 < largest <= 2 or (largest == 0 and bool(probe.facts.shares))
    kind = "shares of the picture" if shares else "pixels"
    because = f"its output is {len(rows)} rows of a box in {kind}, a score and a class"
    extra = settings.get("extra", 0)
    because += f", and {extra} numbers more" if extra else ""
    if largest == 0 and probe.facts.task is None:
        asked = {"head.name": "end_to_end", **({"head.extra": extra} if extra else {}), "head.normalised": False}
        return Guess(
            f"its output is {len(rows)} rows of {rows.shape[1]} numbers, which may be a box, a score and a class; "
            "for a picture of noise all are 0, so boxes may be in pixels or in shares of the picture",
            settings,
            f"Add {card_settings(asked)} for pixels (YOLOv10), or true for shares; {card_kept()}.",
        )
    return Guess(because, {**settings, "normalised": shares})


def _may_be_scores(rows: Output, labels: int | None) -> bool:
    """Whether rows of zeros may as well be a box and a score for each of two names, as RT-DETR has them."""
    return rows.shape[1] == _COLUMNS == 4 + (labels or 0) and not rows.any()


def _either(rows: Output) -> Guess:
    return Guess(
        f"its output is {len(rows)} rows of {rows.shape[1]} numbers, all 0 for a picture of noise, and its file "
        "does not say whether boxes were chosen inside: a box, a score and a class, or a box and two scores",
        {},
        f"Add {card_settings({'head.name': 'end_to_end'})}, or {card_settings({'head.name': 'yolo'})}; {card_kept()}.",
    )


def _asked(rows: Output, probe: HeadProbe) -> Guess | None:
    """A question, where nothing tells rows of a box, score, class and more from rows of a box and scores."""
    more = rows.shape[1] - _COLUMNS
    cells_there = any(fills_grids(side, probe.size) for side in rows.shape)
    if more < 1 or probe.facts.task is not None or cells_there or probe.labels in (more + 1, more + 2):
        return None
    a_map = len(rows) * probe.size[1] == rows.shape[1] * probe.size[0]
    if a_map or (rows.any() and not rows[:, 4].any()):
        return None
    return Guess(
        f"its output is {len(rows)} rows of {rows.shape[1]} numbers, and nothing in the file says what they are: a "
        f"box, a score, a class and {more} more (key points, masks, an angle), or a box and {more + 2} scores",
        {},
        f"Add {card_settings({'head.name': 'end_to_end', 'head.extra': more})} (with head.oriented true and "
        f"head.box_format cxcywh where the last is an angle), or {card_settings({'head.name': 'yolo'})}; "
        f"{card_kept()}.",
    )


def _are_detections(rows: Output, *, ordered: bool) -> bool:
    """Whether the first six columns can be a box, a score and a class; rows of zeros can."""
    if rows.shape[1] < _COLUMNS or not np.isfinite(rows).all():
        return False
    confidences, classes = rows[:, 4], rows[:, 5]
    return (
        bool((classes == np.rint(classes)).all())
        and float(classes.min()) >= 0
        and 0 <= float(confidences.min()) <= float(confidences.max()) <= 1
        and not (ordered and bool((rows[:, 2:4] < rows[:, :2] - 1e-3).any()))
    )


def _boxes(rows: Output, framing: Framing, settings: EndToEnd) -> Output:
    height, width = framing.size
    boxes = rows[:, :4].astype(np.float64) * ((width, height, width, height) if settings.normalised else 1)
    if settings.oriented:
        return around(boxes if settings.box_format == "cxcywh" else _centred(boxes), rows[:, -1].astype(np.float64))
    return corners(boxes) if settings.box_format == "cxcywh" else boxes


def _centred(boxes: Output) -> Output:
    return np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], axis=1)


@head("end_to_end", task="detection", settings=EndToEnd, classes=_classes, guess=_guess, order=4)
def end_to_end(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: EndToEnd
) -> list[Prediction]:
    """Rows of a box, a score and a class: YOLOv10, exports with suppression, with key points, masks or angles."""
    predictions: list[Prediction] = []
    for rows, framing in zip(_rows(outputs, settings), framings, strict=True):
        confidences = sigmoid(rows[:, 4]) if settings.logits else rows[:, 4]
        keep = np.flatnonzero((confidences >= settings.score_threshold) & np.isfinite(rows).all(axis=1))
        keep = keep[np.argsort(-confidences[keep], kind="stable")]
        classes = np.rint(rows[keep, 5]).astype(np.int64) + settings.class_offset
        if len(classes) and not 0 <= int(classes.min()) <= int(classes.max()) < len(labels):
            raise ValueError(f"it finds class {int(classes.max())}, and there are {len(labels)} labels")
        boxes = framing.boxes_in_image(_boxes(rows[keep], framing, settings))
        names = [labels[index] for index in classes]
        predictions.append(Detections.of(boxes, names, np.clip(confidences[keep], 0, 1)))
    return predictions
