"""How good a detector was, where people marked the objects."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.result import Result


@dataclass(frozen=True)
class ClassPrecision(Result):
    """How well the objects of one class were found.

    Args:
        label: The class.
        ap50: Average precision at an overlap of .5, 0 to 1.
        ap: The mean over overlaps of .5 to .95.
        precision: Share of the boxes that are right, at an overlap of .5 and from `confidence` on.
        recall: Share of the objects found, likewise.
        confidence: Where the harmonic mean of both (F1) is largest; None where no box is right.
        most_recall: Share of the objects found at any confidence.
        objects: True objects.
        found: Boxes of the model.
    """

    label: str
    ap50: float
    ap: float
    precision: float
    recall: float
    confidence: float | None
    most_recall: float
    objects: int
    found: int


@dataclass(frozen=True)
class DetectionSide(Result):
    """A detector on one side, by COCO's rules.

    Args:
        images: Images whose objects are marked and that have predictions.
        objects: True objects of the model's classes.
        map: Mean average precision over overlaps of .5 to .95, over the classes that have objects.
        map50: The same at an overlap of .5.
        low, high: The interval of 90% around `map`, by a bootstrap of images.
        classes: The 50 classes with the most objects.
        left_out: True objects of classes that the model does not have.
    """

    images: int
    objects: int
    map: float
    map50: float
    low: float
    high: float
    classes: list[ClassPrecision] = field(default_factory=list)
    left_out: int = 0


@dataclass(frozen=True)
class TrueDetection(Result):
    """What marked objects say.

    Args:
        window, baseline: Each side; the baseline is None where nobody marked its objects.
        change: Of the mean average precision over the classes of both sides; None where a side has too few images or
            objects, or they have no class in common.
    """

    window: DetectionSide
    baseline: DetectionSide | None = None
    change: AccuracyChange | None = None
