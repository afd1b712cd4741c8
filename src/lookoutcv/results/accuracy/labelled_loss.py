"""Whether a few labels of a window show that a classifier is worse than it was."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class LabelledLoss(Result):
    """A test of lost accuracy where too few images of a window have labels for an interval.

    Args:
        before, after: Accuracy on the labelled images of the baseline and of the window, 0 to 1.
        baseline_images, images: How many these are.
        drop: before - after: negative where the model is better than it was.
        p_value: Chance of so many mistakes in the window or more if the model is as good as it was (one-sided).
        fell: Whether that is 5% or less, and the drop 2 points at least.
    """

    before: float
    after: float
    baseline_images: int
    images: int
    drop: float
    p_value: float
    fell: bool
