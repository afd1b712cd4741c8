"""What labels on both sides say: by how much a model is worse than it was, and how sure that is."""

from __future__ import annotations

import math
from typing import Literal

from lookoutcv.drift.accuracy.impact import LOW_DROP, impact_severity
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.true_accuracy import TrueAccuracy

# Half the width of a 90% interval in standard errors.
_INTERVAL = 1.645
# A report without drift tells of a loss that chance gives to one window in a hundred (one-sided).
_SURE = 2.326


def measured_change(
    measure: Literal["accuracy", "mAP"],
    sides: tuple[float, float],
    noise: float,
    images: int,
    classes: int | None = None,
) -> AccuracyChange:
    """A figure of the model on both sides, with the interval of what was lost.

    Args:
        measure: "accuracy", or "mAP" of a detector.
        sides: It in the baseline and in the window, 0 to 1.
        noise: Standard error of their difference.
        images: Labelled images of the window.
        classes: Of a detector: how many classes both sides have.
    Example:
        >>> [measured_change("accuracy", (0.9, 0.8), noise, 400).fell for noise in (0.02, 0.06)]
        [True, False]
    """
    drop = sides[0] - sides[1]
    return AccuracyChange(
        measure,
        *sides,
        drop,
        drop - _INTERVAL * noise,
        drop + _INTERVAL * noise,
        fell=bool(drop >= LOW_DROP and drop > _SURE * noise),
        severity=impact_severity(drop, noise),
        images=images,
        classes=classes,
    )


def accuracy_change(before: TrueAccuracy | None, after: TrueAccuracy | None, least: int) -> AccuracyChange | None:
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
    return measured_change("accuracy", (before.accuracy, after.accuracy), noise, after.images)
