"""How good a detector is: COCO's average precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray
from lookoutcv.predictions import Detections
from lookoutcv.scores.boxes import overlaps

Flags = np.ndarray[Any, np.dtype[np.bool_]]

# COCO's: overlaps .50, .55 ... .95, recalls 0, .01 ... 1, the 100 most confident boxes of an image.
THRESHOLDS: FloatArray = np.linspace(0.5, 0.95, 10)
_RECALLS: FloatArray = np.linspace(0, 1, 101)
MOST_BOXES = 100


@dataclass(frozen=True)
class ClassPrecision:
    """How well the objects of one class were found.

    Args:
        label: The class.
        ap50: Average precision at an overlap of .5, 0 to 1.
        ap: The mean over overlaps of .5 to .95.
        recall: Share of the objects found at an overlap of .5, at any confidence.
        objects: True objects.
        found: Boxes of the model.
    """

    label: str
    ap50: float
    ap: float
    recall: float
    objects: int
    found: int


@dataclass(frozen=True)
class DetectionScores:
    """How well objects were found.

    Args:
        map50: Mean over the classes of the average precision at an overlap of .5; NaN where there is no true object.
        map: The same over overlaps of .5 to .95.
        classes: Each class that has a true object, by name.
        images: How many.
    """

    map50: float
    map: float
    classes: tuple[ClassPrecision, ...]
    images: int


def score_detections(truth: Sequence[Detections], found: Sequence[Detections]) -> DetectionScores:
    """Compare a detector's boxes with true ones.

    Boxes of one class are taken by falling confidence; each takes the true box of its image and class that it overlaps
    most among those not yet taken, if the overlap reaches the threshold, and is else a false one. Precision is made to
    fall with recall and averaged at 101 recalls. At most 100 boxes of an image and class count.
    COCO's crowds and sizes of objects are left out.

    Args:
        truth: The true objects of each image; their confidences are not looked at.
        found: The model's, in the same order. A confidence of NaN comes last.
    Raises:
        ShapeMismatch: Not as many images on both sides.
    Example:
        >>> true = Detections.of([[0, 0, 10, 10]], ["dog"], [1])
        >>> score_detections([true], [Detections.of([[0, 0, 10, 8]], ["dog"], [0.9])]).map50
        1.0

    Source: Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, and its evaluation code.
    """
    if len(truth) != len(found):
        raise ShapeMismatch(
            f"detections of {len(found)} images for {len(truth)} true ones",
            "Give the true and the found objects of the same images.",
            shape=(len(found),),
        )
    images: dict[str, list[int]] = {label: [] for label in sorted({label for one in truth for label in one.labels})}
    for image, (true, said) in enumerate(zip(truth, found, strict=True)):
        for label in images.keys() & {*true.labels, *said.labels}:
            images[label].append(image)
    classes = tuple(
        _class(label, [truth[image] for image in some], [found[image] for image in some])
        for label, some in images.items()
    )
    means = [
        float(np.mean([getattr(one, name) for one in classes])) if classes else float("nan") for name in ("ap50", "ap")
    ]
    return DetectionScores(means[0], means[1], classes, len(truth))


def average_precision(hits: Flags, objects: int) -> float:
    """COCO's average precision of boxes by falling confidence.

    Args:
        hits: (n,) whether each box is a true one.
        objects: True objects, at least 1.
    Returns:
        0 to 1.
    Example:
        >>> round(average_precision(np.array([True, False, True]), 2), 4)
        0.835
    """
    right = np.cumsum(hits)
    precision = right / np.arange(1, len(hits) + 1)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    # COCO adds a spacing of 1 to the denominator: it changes no digit.
    at = np.searchsorted(right / objects, _RECALLS, side="left")
    return float(np.append(falling, 0.0)[np.minimum(at, len(hits))].mean())


def _class(label: str, truth: Sequence[Detections], found: Sequence[Detections]) -> ClassPrecision:
    confidences: list[FloatArray] = []
    hits: list[Flags] = []
    objects = 0
    for true, said in zip(truth, found, strict=True):
        true_boxes = true.boxes[[name == label for name in true.labels]]
        mine = np.array([name == label for name in said.labels], dtype=np.bool_)
        certainty = np.nan_to_num(said.confidences[mine].astype(np.float64), nan=-np.inf)
        order = np.argsort(-certainty, kind="stable")[:MOST_BOXES]
        confidences.append(certainty[order])
        hits.append(_matches(overlaps(said.boxes[mine][order], true_boxes)))
        objects += len(true_boxes)
    order = np.argsort(-np.concatenate(confidences), kind="stable")
    ranked = np.concatenate(hits, axis=1)[:, order]
    precisions = [average_precision(row, objects) for row in ranked]
    recall = float(ranked[0].sum() / objects)
    return ClassPrecision(label, precisions[0], float(np.mean(precisions)), recall, objects, len(order))


def _matches(shares: FloatArray) -> Flags:
    """Which boxes of an image are true ones at each threshold, (thresholds, n), from (n, m) overlaps."""
    hits = np.zeros((len(THRESHOLDS), len(shares)), np.bool_)
    if not shares.size:
        return hits
    for level, threshold in enumerate(THRESHOLDS):
        free = np.ones(shares.shape[1], np.bool_)
        for box, row in enumerate(shares):
            best = int(np.argmax(np.where(free, row, -1.0)))
            # As COCO's code does, which also takes an overlap a rounding error short of the threshold.
            if free[best] and row[best] >= threshold - 1e-10:
                hits[level, box], free[best] = True, False
    return hits
