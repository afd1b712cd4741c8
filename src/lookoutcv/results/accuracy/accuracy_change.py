"""What labels on both sides say: by how much a model is worse than it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lookoutcv.results.result import Result
from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class AccuracyChange(Result):
    """A figure of the model on both sides, by labels.

    Args:
        measure: "accuracy", or "mAP" of a detector.
        before, after: It in the baseline and in the window, 0 to 1.
        drop: before - after: negative where the model is better than it was.
        low, high: The interval of 90% around the drop.
        fell: Whether the model is surely worse, and by enough to speak of: 2 points.
        severity: By impact.
        images: Labelled images of the window; None in reports of version 1.
        classes: Of a detector: how many classes both sides have, over which `before` and `after` are means.
    """

    measure: Literal["accuracy", "mAP"]
    before: float
    after: float
    drop: float
    low: float
    high: float
    fell: bool
    severity: Severity
    images: int | None = None
    classes: int | None = None
