"""Which of a detector's boxes in one image are true ones: COCO's matching."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.grids import FloatArray
from lookoutcv.predictions import Detections
from lookoutcv.scores.box_overlap import areas, overlaps, within

Flags = np.ndarray[Any, np.dtype[np.bool_]]

# COCO's: overlaps .50, .55 ... .95, the 100 most confident boxes of a class in an image.
THRESHOLDS: FloatArray = np.linspace(0.5, 0.95, 10)
MOST_BOXES = 100
# As COCO's code does, which also takes an overlap a rounding error short of the threshold.
_SHORT = 1e-10


@dataclass(frozen=True, eq=False)
class Matched:
    """The boxes of one class in one image, by falling confidence.

    Args:
        label: The class.
        confidences: (n,) float64; what was NaN is -inf.
        hits: (10, n) whether each box is a true one at each of `THRESHOLDS`.
        counted: (10, n) False for boxes that lie in a crowd: neither right nor wrong.
        objects: True objects, crowds not counted.
    """

    label: str
    confidences: FloatArray
    hits: Flags
    counted: Flags
    objects: int

    @property
    def missed(self) -> int:
        """Objects that no box found, at an overlap of .5."""
        return self.objects - int(self.hits[0].sum())

    @property
    def false(self) -> int:
        """Boxes that found no object, at an overlap of .5."""
        return int((self.counted[0] & ~self.hits[0]).sum())

    @property
    def doubt(self) -> float:
        """How far they are from the truth: 1 for each missed object, the confidence of each false box, and what
        the confidence of each right one lacks to 1."""
        confidences = np.clip(self.confidences, 0, 1)
        right, wrong = self.hits[0], self.counted[0] & ~self.hits[0]
        return float(self.missed + (1 - confidences[right]).sum() + confidences[wrong].sum())


def matched(truth: Detections, detections: Detections) -> Iterator[Matched]:
    """Match the boxes of one image, class by class, by name.

    Boxes are taken by falling confidence; each takes the true box of its class that it overlaps most among those not
    yet taken, if the overlap reaches the threshold, and is else a false one. A false one that lies in a crowd of its
    class (by the share of the box) does not count. True boxes without area, which nothing overlaps, are left out.

    Args:
        truth: The true objects; confidence 0 for a crowd.
        detections: The model's. A confidence of NaN comes last.
    Example:
        >>> true = Detections.of([[0, 0, 10, 10]], ["dog"], [1])
        >>> [(one.missed, one.false) for one in matched(true, Detections.of([[0, 0, 10, 8]], ["dog"], [0.9]))]
        [(0, 0)]

    Source: Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, and its evaluation code.
    """
    crowds, solid = truth.confidences == 0, areas(truth.boxes) > 0
    true_labels, detected_labels = np.array(truth.labels, dtype=object), np.array(detections.labels, dtype=object)
    certainty = np.nan_to_num(detections.confidences.astype(np.float64), nan=-np.inf)
    for label in sorted({*truth.labels, *detections.labels}):
        of_label = solid & (true_labels == label)
        mine = np.flatnonzero(detected_labels == label)
        order = mine[np.argsort(-certainty[mine], kind="stable")[:MOST_BOXES]]
        boxes, objects = detections.boxes[order], truth.boxes[of_label & ~crowds]
        hits = _hits(overlaps(boxes, objects))
        inside = within(boxes, truth.boxes[of_label & crowds]).max(axis=1, initial=0.0)
        counted = hits | (inside[None, :] < THRESHOLDS[:, None] - _SHORT)
        yield Matched(label, certainty[order], hits, counted, len(objects))


def _hits(shares: FloatArray) -> Flags:
    """Which boxes are true ones at each threshold, (thresholds, n), from (n, m) overlaps."""
    hits = np.zeros((len(THRESHOLDS), len(shares)), np.bool_)
    if not shares.size:
        return hits
    near = shares >= THRESHOLDS[0] - _SHORT
    if near.sum(axis=0).max() <= 1 and near.sum(axis=1).max() <= 1:  # no box has a rival
        alone: Flags = shares.max(axis=1)[None, :] >= THRESHOLDS[:, None] - _SHORT
        return alone
    for level, threshold in enumerate(THRESHOLDS):
        free = np.ones(shares.shape[1], np.bool_)
        for box, row in enumerate(shares):
            best = int(np.argmax(np.where(free, row, -1.0)))
            if free[best] and row[best] >= threshold - _SHORT:
                hits[level, box], free[best] = True, False
    return hits
