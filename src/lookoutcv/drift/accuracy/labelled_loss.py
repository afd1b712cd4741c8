"""Is a model worse than it was, by a few labels of the window? Exact, where an interval would need more of them."""

from __future__ import annotations

from lookoutcv.drift.accuracy.impact import LOW_DROP
from lookoutcv.drift.statistics.rare_events import fisher_mid_p_more
from lookoutcv.results.accuracy.labelled_loss import LabelledLoss

# One-sided.
_SURE = 0.05


def labelled_loss(before: tuple[float, int], after: tuple[float, int]) -> LabelledLoss:
    """Test whether the model makes mistakes more often in the window than in the baseline.

    One-sided mid-p of Fisher's exact test on right and wrong predictions of both sides, so that the labels of the
    baseline count with the error that they have themselves. A test of the window's labels against a baseline taken for
    exact calls 11% of windows like the baseline worse at a nominal 5%, where both have 100 labels (simulated, accuracy
    .8).

    Args:
        before, after: Accuracy, and the labelled images that it was counted on, at least one; of both sides.
    Example:
        >>> labelled_loss((0.9, 1000), (0.7, 40)).fell, labelled_loss((0.9, 30), (0.8, 40)).fell
        (True, False)
    """
    (accuracy, images), (accuracy_after, images_after) = before, after
    wrong = round((1 - accuracy) * images), round((1 - accuracy_after) * images_after)
    p_value = fisher_mid_p_more(wrong[0], images, wrong[1], images_after)
    drop = accuracy - accuracy_after
    return LabelledLoss(
        before=accuracy,
        after=accuracy_after,
        baseline_images=images,
        images=images_after,
        drop=drop,
        p_value=p_value,
        fell=bool(drop >= LOW_DROP and p_value <= _SURE),
    )
