"""How good a detector was, where people marked the objects: average precision on both sides, and what was lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.drift.accuracy.drop import measured_change
from lookoutcv.grids import FloatArray
from lookoutcv.predictions import Detections
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.records.prediction_columns import OBJECTS, TRUTH, objects_of
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.true_detection import DetectionSide, TrueDetection
from lookoutcv.scores import DetectionAccumulator, DetectionScores, Matched
from lookoutcv.scores.average_precision import Ranking, mean_of

# Fewer true objects whose label is the model's say that the labels are of something else.
_LEAST_KNOWN = 0.5
# Fewer marked images or objects on a side say too little of a loss: the bootstrap, too, is too narrow then.
LEAST_MARKED, LEAST_OBJECTS = 30, 100
# A standard error from 100 draws is right to 7% (Efron & Tibshirani, 1993, ch. 6).
_DRAWS, _SEED = 100, 1993
# Images drawn from; the error of more follows from their number.
_MOST_DRAWN = 2000
_MOST_CLASSES = 50
_INTERVAL = 1.645


def true_detection(
    baseline: pa.Table, window: pa.Table, labels: Sequence[str], *, open: bool = False
) -> TrueDetection | None:
    """The average precision on records with marked objects.

    Args:
        baseline, window: Records with `objects` and `true_objects`, ordered by hash.
        labels: Of the model.
        open: These are only the labels that it was seen to predict.
    Returns:
        None where nobody marked the window's objects, or they are not of the model's classes.
    """
    after = _Side.of(window, labels, open)
    if after is None:
        return None
    before = _Side.of(baseline, labels, open)
    if before is None:
        return TrueDetection(after.summary())
    shared = before.classes & after.classes
    return TrueDetection(after.summary(), before.summary(), _change(before, after, shared))


def _change(before: _Side, after: _Side, shared: frozenset[str]) -> AccuracyChange | None:
    if not shared or not all(
        side.images >= LEAST_MARKED and side.objects_of(shared) >= LEAST_OBJECTS for side in (before, after)
    ):
        return None
    noise = math.hypot(before.noise(shared), after.noise(shared))
    return measured_change("mAP", (before.map_of(shared), after.map_of(shared)), noise, after.images, len(shared))


class _Side:
    """Matched images of one side."""

    def __init__(self, scores: DetectionScores, matched: list[list[Matched]], left_out: int) -> None:
        self.scores, self._left_out = scores, left_out
        self.images = len(matched)
        self.classes = frozenset(precision.label for precision in scores.classes)
        self._drawn = matched[:_MOST_DRAWN]
        self._known: dict[str, FloatArray] = {}

    @classmethod
    def of(cls, rows: pa.Table, labels: Sequence[str], open: bool) -> _Side | None:
        if OBJECTS not in rows.column_names or TRUTH not in rows.column_names:
            return None
        names = {label for true in objects_of(rows, TRUTH) if true is not None for label in true.labels}
        places, accumulator = LabelPlaces(labels, open=open, truth=names), DetectionAccumulator()
        known_objects = left_out = 0
        matched = []
        for true, predicted in zip(objects_of(rows, TRUTH), objects_of(rows), strict=True):
            if true is None or predicted is None:
                continue
            mine = _own(true, places)
            known_objects, left_out = known_objects + len(mine), left_out + len(true) - len(mine)
            matched.append(
                accumulator.add(mine, replace(predicted, labels=tuple(map(places.predicted, predicted.labels))))
            )
        scores = accumulator.scores()
        if not scores.classes or known_objects < _LEAST_KNOWN * (known_objects + left_out):
            return None
        return cls(scores, matched, left_out)

    def summary(self) -> DetectionSide:
        classes = sorted(self.scores.classes, key=lambda precision: (-precision.objects, precision.label))
        half = _INTERVAL * self.noise(self.classes)
        return DetectionSide(
            images=self.scores.images,
            objects=sum(precision.objects for precision in classes),
            map=self.scores.map,
            map50=self.scores.map50,
            low=max(0.0, self.scores.map - half),
            high=min(1.0, self.scores.map + half),
            classes=classes[:_MOST_CLASSES],
            left_out=self._left_out,
        )

    def objects_of(self, classes: frozenset[str]) -> int:
        return sum(precision.objects for precision in self.scores.classes if precision.label in classes)

    def map_of(self, classes: frozenset[str]) -> float:
        return mean_of(precision.ap for precision in self.scores.classes if precision.label in classes)

    def noise(self, classes: frozenset[str]) -> float:
        """Standard error of the mean average precision over these classes, if other images had been taken."""
        values = np.stack([self._precisions(label) for label in sorted(classes)], axis=1)
        # A draw without an object of a class says nothing of that class.
        present = np.isfinite(values)
        sums, numbers = np.where(present, values, 0).sum(axis=1), present.sum(axis=1)
        means = sums[numbers > 0] / numbers[numbers > 0]
        spread = float(means.std(ddof=1)) if len(means) > 1 else 0.0
        return spread * math.sqrt(len(self._drawn) / self.images)

    def _precisions(self, label: str) -> FloatArray:
        """(draws,) average precision of a class on as many images, drawn with replacement."""
        if label not in self._known:
            count, boxes = len(self._drawn), _Class.of(label, self._drawn)
            draws = np.random.default_rng(_SEED).multinomial(count, np.full(count, 1 / count), size=_DRAWS)
            self._known[label] = np.array([boxes.precision(weights.astype(np.float64)) for weights in draws])
        return self._known[label]


@dataclass(frozen=True, eq=False)
class _Class:
    """The boxes of one class, by falling confidence, with the image of each; and the objects of each image."""

    ranking: Ranking
    images: Any
    objects: FloatArray

    @classmethod
    def of(cls, label: str, matched: Sequence[Sequence[Matched]]) -> _Class:
        objects = np.zeros(len(matched))
        of_label, images = [], []
        for image, outcome in enumerate(matched):
            for of_class in outcome:
                if of_class.label == label:
                    objects[image] = of_class.objects
                    of_label.append(of_class)
                    images.append(np.full(len(of_class.confidences), image))
        confidences = np.concatenate([of_class.confidences for of_class in of_label]) if of_label else np.zeros(0)
        order = np.argsort(-confidences, kind="stable")
        hits, counted = (
            np.concatenate([getattr(of_class, name) for of_class in of_label], axis=1)[:, order]
            if of_label
            else np.zeros((10, 0), bool)
            for name in ("hits", "counted")
        )
        image_of_box = np.concatenate(images)[order] if images else np.zeros(0, np.int64)
        return cls(Ranking(confidences[order], hits, counted, np.ones(len(order))), image_of_box, objects)

    def precision(self, weights: FloatArray) -> float:
        """Average precision where each image comes so many times; NaN without objects."""
        objects = float(weights @ self.objects)
        if not objects:
            return math.nan
        return float(replace(self.ranking, weights=weights[self.images]).precisions(objects).mean())


def _own(true: Detections, places: LabelPlaces) -> Detections:
    """The true objects in the model's own words; those of other classes are left out."""
    indices = [places.of(label) for label in true.labels]
    known = [index for index, place in enumerate(indices) if place is not None]
    names = tuple(places.names[place] for place in indices if place is not None)
    return Detections(true.boxes[known], names, true.confidences[known])
