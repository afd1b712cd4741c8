"""Boxes, classes, scores and a count, after the model's own suppression: TFLite's detection post-processing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from lookoutcv.calls.option_names import card_kept, card_settings
from lookoutcv.models.cards.label_file import PLACEHOLDERS
from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Detections, Prediction

# As exporters name outputs. TensorFlow 2 exports for TFLite are numbered in the order of their names: count, scores,
# classes, boxes.
_CLASSES = re.compile(r"class|categor|label|statefulpartitionedcall:2$|postprocess:1$")
_SCORES = re.compile(r"score|conf|prob|statefulpartitionedcall:1$|postprocess:2$")
_COUNT = re.compile(r"num|count|statefulpartitionedcall:0$|postprocess:3$")
_PIXEL_BOXES = re.compile(r"det_boxes|pred_boxes")
_TENSORFLOW_BOXES = re.compile(r"detection_boxes|statefulpartitionedcall|postprocess|identity|location")
# Boxes in shares of the picture reach a little beyond it.
_MOST_SHARE = 2
# Beyond, what is called a share of the picture is none.
_NO_SHARE = 10
# Of numbers of half precision or 8 bits.
_TOLERANCE = 0.01


@dataclass(frozen=True)
class Ssd:
    """How the outputs are read.

    Args:
        boxes, classes, scores: Which output is which, from 0 on.
        count: Which output says how many rows are meant; None for all of them.
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
    count: int | None = None
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
    if settings.count is not None and (settings.count >= len(outputs) or outputs[settings.count].size != len(boxes)):
        raise ValueError(f"its outputs have no count at head.count {settings.count}, one number an image")
    return boxes, classes, scores


def _check(boxes: Output, classes: Output, scores: Output, settings: Ssd) -> None:
    """Whether what is taken for objects can be such; raises ValueError with what is wrong."""
    likely = (scores >= settings.score_threshold) & np.isfinite(scores) & np.isfinite(classes)
    if not likely.any():
        return
    if float(scores[likely].max()) > 1 + _TOLERANCE:
        raise ValueError(
            f"a score of {float(scores[likely].max()):g}: head.scores and head.classes may be the other way round"
        )
    if float(np.nanmax(np.abs(classes - np.rint(classes))[likely], initial=0)) > _TOLERANCE:
        raise ValueError("a class that is no whole number: head.scores and head.classes may be the other way round")
    largest = float(np.nanmax(np.abs(boxes[likely]), initial=0))
    if settings.normalised and np.isfinite(largest) and largest > _NO_SHARE:
        raise ValueError(f"a box of {largest:g} times the picture: its boxes may be in pixels (head.normalised=false)")


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
    because = "its outputs have the shapes of boxes, classes and scores"
    told = _classes_among(probe, flat)
    if told is None:
        asked = {"head.name": "ssd", "head.boxes": boxes[0], "head.classes": flat[0], "head.scores": flat[1]}
        return Guess(
            f"{because}, and neither their names nor, for a picture of noise, their numbers tell which is which",
            {},
            f"Add {card_settings(asked)}, or the last two the other way round; {card_kept()}.",
        )
    classes, how = told
    scores = flat[1] if classes == flat[0] else flat[0]
    settings: dict[str, Any] = {"boxes": boxes[0], "classes": classes, "scores": scores}
    if classes < len(probe.infos) and probe.infos[classes].background_first:
        settings |= {"class_offset": 0 if probe.labels is None or probe.placeholder else -1}
    counts = [i for i, shape in enumerate(shapes) if shape in ((1,), (1, 1)) and i not in (*boxes, *flat)]
    names = [tensor.name.lower() for tensor in probe.infos]
    if len(counts) == 1 and len(names) == len(shapes) and _COUNT.search(names[counts[0]]):
        settings |= {"count": counts[0]}
    return _with_form(probe, Guess(because + how, settings))


def _classes_among(probe: HeadProbe, flat: Sequence[int]) -> tuple[int, str] | None:
    """Which of two outputs holds the classes, and why; None where nothing tells.

    The names go first, then whole numbers among real ones: in the file, then in the outputs for a picture of noise.
    """
    names = {i: probe.infos[i].name.lower() for i in flat} if len(probe.infos) == len(probe.outputs) else {}
    for pattern, is_classes in ((_CLASSES, True), (_SCORES, False)):
        named = [i for i, name in names.items() if pattern.search(name)]
        if len(named) == 1:
            return (named[0] if is_classes else next(i for i in flat if i != named[0])), ", as their names say"
    integers = [i for i in flat if np.issubdtype(probe.outputs[i].dtype, np.integer)]
    if len(integers) == 1:
        return integers[0], ""
    rows = {i: probe.outputs[i][0] for i in flat}
    # Scores are never above 1 and never below 0; classes are whole numbers.
    whole = [i for i, row in rows.items() if (row == np.rint(row)).all()]
    large = [i for i, row in rows.items() if float(np.nanmax(row, initial=0)) > 1]
    if len(whole) == 1:
        return whole[0], ""
    return (large[0], "") if len(large) == 1 else None


def _with_form(probe: HeadProbe, guess: Guess) -> Guess:
    """The order and the unit of the sides: as the numbers tell, else as whoever names outputs so has them."""
    place = guess.settings["boxes"]
    corners = probe.outputs[place][0]
    largest = float(np.nanmax(np.abs(corners), initial=0))
    info = probe.infos[place] if len(probe.infos) == len(probe.outputs) else None
    name = "" if info is None else info.name.lower()
    if info is not None and info.box_format is not None:
        form = {"box_format": info.box_format, "normalised": not info.in_pixels}
        return replace(guess, settings={**guess.settings, **form})
    # TensorRT's EfficientNMS (of YOLOv7 and v8) and YOLO-NAS give corners in pixels.
    in_pixels = largest > _MOST_SHARE or (largest == 0 and _PIXEL_BOXES.fullmatch(name) is not None)
    if in_pixels:
        return replace(guess, settings={**guess.settings, "box_format": "xyxy", "normalised": False})
    if largest == 0 and name and not _TENSORFLOW_BOXES.search(name):
        known = {f"head.{key}": value for key, value in guess.settings.items()}
        asked = {"head.name": "ssd", **known, "head.normalised": True, "head.box_format": "yxyx"}
        return replace(
            guess,
            because=f"{guess.because}; for a picture of noise all boxes are 0, so nothing tells what they are in",
            question=f"Add {card_settings(asked)} (TensorFlow), or false and xyxy for corners in pixels; "
            f"{card_kept()}.",
        )
    return guess


@head("ssd", task="detection", settings=Ssd, classes=_classes, guess=_guess, order=5)
def ssd(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Ssd
) -> list[Prediction]:
    """Boxes, classes, scores: TFLite's detection post-processing, EfficientNMS, YOLO-NAS, torchvision's detectors."""
    offset = settings.class_offset
    if offset is None:
        offset = int(bool(labels) and labels[0].lower() in PLACEHOLDERS)
    predictions: list[Prediction] = []
    parts = _parts(outputs, settings)
    counts = [None] * len(parts[0]) if settings.count is None else outputs[settings.count].reshape(-1).tolist()
    for count, *arrays, framing in zip(counts, *parts, framings, strict=True):
        # What stands beyond the count is left from before.
        boxes, classes, scores = (array if count is None else array[: max(int(count), 0)] for array in arrays)
        _check(boxes, classes, scores, settings)
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
