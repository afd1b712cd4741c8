"""What labels on both sides say: by how much a model is worse than it was, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from lookoutcv.drift.accuracy.impact import LOW_DROP, impact_severity
from lookoutcv.drift.accuracy.true_accuracy import TrueAccuracy
from lookoutcv.results.drift_report import Severity

# Half the width of a 90% interval in standard errors.
_INTERVAL = 1.645
# A report without drift tells of a loss that chance gives to one window in a hundred (one-sided).
_SURE = 2.326


@dataclass(frozen=True)
class MeasuredDrop:
    """A figure of the model on both sides, by labels.

    Args:
        measure: "accuracy", or "mAP" of a detector.
        before, after: It in the baseline and in the window, 0 to 1.
        noise: Standard error of their difference.
        images: Labelled images of the window.
    """

    measure: str
    before: float
    after: float
    noise: float
    images: int

    @property
    def drop(self) -> float:
        """How much was lost; negative where the model is better than it was."""
        return self.before - self.after

    @property
    def low(self) -> float:
        """The lower end of its 90% interval."""
        return self.drop - _INTERVAL * self.noise

    @property
    def high(self) -> float:
        """The upper end of its 90% interval."""
        return self.drop + _INTERVAL * self.noise

    @property
    def severity(self) -> Severity:
        """Severity by impact."""
        return impact_severity(self.drop, self.noise)

    @property
    def fell(self) -> bool:
        """Whether the model is surely worse, and by enough to speak of: 2 points.

        Example:
            >>> MeasuredDrop("accuracy", 0.9, 0.8, 0.02, 400).fell, MeasuredDrop("accuracy", 0.9, 0.8, 0.06, 40).fell
            (True, False)
        """
        return self.drop >= LOW_DROP and self.drop > _SURE * self.noise

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "measure": self.measure,
            "before": self.before,
            "after": self.after,
            "drop": self.drop,
            "low": self.low,
            "high": self.high,
            "fell": self.fell,
            "severity": self.severity,
        }


def accuracy_drop(before: TrueAccuracy | None, after: TrueAccuracy | None, least: int) -> MeasuredDrop | None:
    """The loss of accuracy by labels on both sides.

    Args:
        before, after: Of the baseline and the window.
        least: Labelled images that the window must have.
    Returns:
        None where a side has no labels, or the window too few.
    """
    if before is None or after is None or after.images < least:
        return None
    shares = ((before.accuracy, before.images), (after.accuracy, after.images))
    noise = math.sqrt(sum(share * (1 - share) / images for share, images in shares))
    return MeasuredDrop("accuracy", before.accuracy, after.accuracy, noise, after.images)
