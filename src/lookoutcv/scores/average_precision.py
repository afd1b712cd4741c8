"""How good a detector is: COCO's average precision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import FloatArray
from lookoutcv.predictions import Detections
from lookoutcv.results.accuracy.true_detection import ClassPrecision
from lookoutcv.scores.matching import THRESHOLDS, Flags, Matched, matched

# COCO's: recalls 0, .01 ... 1.
_RECALLS: FloatArray = np.linspace(0, 1, 101)
# From so many boxes of a class on, confidences are rounded to so many steps and equal boxes are counted together, so
# that memory does not grow with the images: about 3 MB a class at most. It moves the average precision by under .001.
_MOST_EXACT, _STEPS = 200_000, 4096
_LEVELS = 1 << np.arange(len(THRESHOLDS), dtype=np.uint16)


@dataclass(frozen=True)
class DetectionScores:
    """How well objects were found.

    Args:
        map50: Mean over the classes of the average precision at an overlap of .5; NaN where there is no true object.
        map: The same over overlaps of .5 to .95.
        classes: Each class that has a true object, by name.
        images: How many.
        unknown_labels: Boxes of the model by class, of classes that no image has: they lower no figure.
    """

    map50: float
    map: float
    classes: tuple[ClassPrecision, ...]
    images: int
    unknown_labels: dict[str, int]


@dataclass(frozen=True, eq=False)
class Ranking:
    """Boxes of one class, by falling confidence.

    Args:
        confidences: (n,), falling.
        hits: (10, n) whether each is a true one at each of `THRESHOLDS`.
        counted: (10, n) False for boxes that are neither right nor wrong.
        weights: (n,) how many boxes each stands for.
    """

    confidences: FloatArray
    hits: Flags
    counted: Flags
    weights: FloatArray

    def precisions(self, objects: float) -> FloatArray:
        """(10,) average precision at each threshold, for so many true objects (over 0)."""
        right = np.cumsum(self.weights * self.hits, axis=1)
        predicted = np.cumsum(self.weights * self.counted, axis=1)
        return _areas(right, predicted, objects)


class DetectionAccumulator:
    """Scores of a detector over any number of images, in memory that does not grow with them.

    Example:
        >>> accumulator = DetectionAccumulator()
        >>> true = Detections.of([[0, 0, 10, 10]], ["dog"], [1])
        >>> accumulator.add(true, Detections.of([[0, 0, 10, 8]], ["dog"], [0.9]))[0].missed
        0
        >>> accumulator.scores().map50
        1.0
    """

    def __init__(self) -> None:
        self._classes: dict[str, _Boxes] = {}
        self.images = 0

    def add(self, truth: Detections, detections: Detections) -> list[Matched]:
        """Count one image.

        Args:
            truth: The true objects; confidence 0 for a crowd.
            detections: The model's.
        Returns:
            How they match, class by class.
        """
        outcome = list(matched(truth, detections))
        for matched_class in outcome:
            self._classes.setdefault(matched_class.label, _Boxes()).add(matched_class)
        self.images += 1
        return outcome

    def scores(self) -> DetectionScores:
        """The scores so far. More images may be added afterwards."""
        names = sorted(self._classes)
        classes = tuple(_class(name, self._classes[name]) for name in names if self._classes[name].objects)
        means = [mean_of(getattr(scores_of_class, name) for scores_of_class in classes) for name in ("ap50", "ap")]
        unknown_labels = {name: self._classes[name].found for name in names if not self._classes[name].objects}
        return DetectionScores(
            means[0], means[1], classes, self.images, {name: count for name, count in unknown_labels.items() if count}
        )


def score_detections(truth: Sequence[Detections], detections: Sequence[Detections]) -> DetectionScores:
    """Compare a detector's boxes with true ones.

    Boxes are matched as `matching.matched` says. Precision is made to fall with recall and averaged at 101 recalls. At
    most 100 boxes of an image and class count. COCO's sizes of objects are left out.

    Args:
        truth: The true objects of each image; confidence 0 for a crowd.
        detections: The model's, in the same order. A confidence of NaN comes last.
    Raises:
        ShapeMismatch: Not as many images on both sides.
    Example:
        >>> true = Detections.of([[0, 0, 10, 10]], ["dog"], [1])
        >>> score_detections([true], [Detections.of([[0, 0, 10, 8]], ["dog"], [0.9])]).map50
        1.0

    Source: Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, and its evaluation code.
    """
    if len(truth) != len(detections):
        raise ShapeMismatch(
            f"detections of {len(detections)} images for {len(truth)} true ones",
            "Give the true and the found objects of the same images.",
            shape=(len(detections),),
        )
    accumulator = DetectionAccumulator()
    for true, predicted in zip(truth, detections, strict=True):
        accumulator.add(true, predicted)
    return accumulator.scores()


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
    return float(_areas(np.cumsum(hits)[None], np.arange(1, len(hits) + 1)[None], objects)[0])


def mean_of(values: Iterable[float]) -> float:
    """The mean; NaN of nothing.

    Example:
        >>> mean_of([0.25, 0.75]), mean_of([])
        (0.5, nan)
    """
    numbers = list(values)
    return float(np.mean(numbers)) if numbers else float("nan")


class _Boxes:
    """The boxes of one class: hits and misses as bits, a bit a threshold."""

    def __init__(self) -> None:
        self.objects = self.found = 0
        self._waiting: list[Matched] = []
        self._count = 0
        self._kept: Any = np.zeros(0, _ROW)

    def add(self, matched_class: Matched) -> None:
        self.objects += matched_class.objects
        self.found += len(matched_class.confidences)
        if len(matched_class.confidences):
            self._waiting.append(matched_class)
            self._count += len(matched_class.confidences)
        if self._count >= _MOST_EXACT:
            self._kept, self._count = _together(self._rows()), 0

    def ranking(self) -> Ranking:
        rows = self._kept = self._rows()
        rows = rows[np.argsort(-rows["confidence"], kind="stable")]
        levels = _LEVELS[:, None]
        return Ranking(rows["confidence"], (rows["hits"] & levels) > 0, (rows["counted"] & levels) > 0, rows["weight"])

    def _rows(self) -> Any:
        fresh = np.zeros(sum(len(matched_class.confidences) for matched_class in self._waiting), _ROW)
        if len(fresh):
            fresh["confidence"] = np.concatenate([matched_class.confidences for matched_class in self._waiting])
            for name in ("hits", "counted"):
                flags = np.concatenate([getattr(matched_class, name) for matched_class in self._waiting], axis=1)
                fresh[name] = (flags * _LEVELS[:, None]).sum(axis=0)
            fresh["weight"] = 1
        self._waiting = []
        return np.concatenate([self._kept, fresh])


_ROW = np.dtype([("confidence", "<f8"), ("hits", "<u2"), ("counted", "<u2"), ("weight", "<f8")])


def _together(rows: Any) -> Any:
    """Rows with confidences rounded, equal ones counted as one."""
    rows = rows.copy()
    rows["confidence"] = np.round(rows["confidence"] * _STEPS) / _STEPS
    kinds, indices = np.unique(rows[["confidence", "hits", "counted"]], return_inverse=True)
    merged = np.zeros(len(kinds), _ROW)
    for name in ("confidence", "hits", "counted"):
        merged[name] = kinds[name]
    merged["weight"] = np.bincount(indices.ravel(), weights=rows["weight"])
    return merged


def _class(label: str, boxes: _Boxes) -> ClassPrecision:
    ranking = boxes.ranking()
    precisions = ranking.precisions(boxes.objects)
    right = np.cumsum(ranking.weights * ranking.hits[0])
    predicted = np.cumsum(ranking.weights * ranking.counted[0])
    most = float(right[-1] / boxes.objects) if len(right) else 0.0
    # Boxes of one confidence are above a threshold together or not at all.
    ends = np.flatnonzero(np.append(ranking.confidences[1:] != ranking.confidences[:-1], True)[: len(right)])
    f1 = 2 * right[ends] / (predicted[ends] + boxes.objects)
    at = ends[int(np.argmax(f1))] if len(ends) and f1.max() > 0 else None
    confidence = None if at is None or not np.isfinite(ranking.confidences[at]) else float(ranking.confidences[at])
    return ClassPrecision(
        label,
        float(precisions[0]),
        float(precisions.mean()),
        0.0 if at is None else float(right[at] / predicted[at]),
        0.0 if at is None else float(right[at] / boxes.objects),
        confidence,
        most,
        boxes.objects,
        boxes.found,
    )


def _areas(right: Any, predicted: Any, objects: float) -> FloatArray:
    """Precision, made to fall, at 101 recalls, from the numbers of right and of counted boxes so far, a row each."""
    rows, boxes = right.shape
    precision = right / np.maximum(predicted, 1e-9)
    falling = np.zeros((rows, boxes + 1))
    falling[:, :boxes] = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    # COCO adds a spacing of 1 to the denominator: it changes no digit.
    at = np.stack([np.searchsorted(row, _RECALLS, side="left") for row in right / objects])
    areas: FloatArray = np.take_along_axis(falling, at, axis=1).mean(axis=1)
    return areas
