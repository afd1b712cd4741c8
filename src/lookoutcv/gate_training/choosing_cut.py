"""Where sharp begins, from scores of images of which it is known: a quantile of sharp ones, or a scan of thresholds."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.gate.cut import Cut, SizedCut, interpolated
from lookoutcv.scores.proportions import exact_interval

Scores: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]

# As older services scan.
_THRESHOLDS = 200
_STEPS = 60
# Of a separable set the slope would be endless; labels are pulled towards a coin by one example each (Platt, 1999).
_STEEPEST = 1e3


def quantile_cut(
    sharp: Scores,
    own: Scores,
    false_reject: float,
    by_size: Sequence[SizedCut] = (),
    shorts: Sequence[float] = (),
) -> Cut:
    """The cut that refuses a share of sharp images.

    Args:
        sharp: Scores that choose it: of the user's sharp images, and of copies of them as a camera may give them.
        own: Of them, those of the images themselves, of which the share that is refused is told.
        false_reject: The share, 0 to 1.
        by_size: Cuts for images of other sizes.
        shorts: Shorter sides of `own`, by which these are judged where there are several cuts.
    Example:
        >>> cut = quantile_cut(np.arange(100.0), np.arange(100.0), 0.02)
        >>> cut.value, cut.refused
        (2.0, 0.02)
    """
    ordered = np.sort(sharp)
    # The largest cut that refuses at most that share: an image at the cut is sharp.
    value = float(ordered[min(int(false_reject * len(ordered) + 1e-9), len(ordered) - 1)])
    cuts = np.array([interpolated(by_size, short) for short in shorts]) if by_size else value
    refused = int((own < cuts).sum())
    low, high = exact_interval(refused, len(own))
    return Cut(value, tuple(by_size), "quantile", len(own), false_reject, refused / len(own), low, high)


def scanned_cut(sharp: Scores, blurred: Scores) -> Cut:
    """The threshold with the most right labels, of 200 between the smallest and the largest score.

    Of several that are as good the middle one is taken, so that it lies between the two kinds.

    Example:
        >>> 3 < scanned_cut(np.array([6.0, 7.0]), np.array([1.0, 3.0])).value < 6
        True
    """
    every = np.concatenate([sharp, blurred])
    thresholds = np.linspace(every.min(), every.max(), _THRESHOLDS)
    right = (sharp[:, None] >= thresholds).sum(0) + (blurred[:, None] < thresholds).sum(0)
    best = np.flatnonzero(right == right.max())
    # Of the runs of best thresholds the first; the middle of it.
    run = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)[0]
    value = float(thresholds[run[len(run) // 2]])
    refused = int((sharp < value).sum())
    low, high = exact_interval(refused, len(sharp))
    return Cut(value, (), "scan", len(sharp), None, refused / len(sharp), low, high)


def fitted_slope(
    sharp: Scores, blurred: Scores, cuts: tuple[Scores, Scores], scale: Callable[[float], float], default: float
) -> float:
    """How much surer a label becomes with each unit of the scaled score beyond the cut, in log odds.

    The slope of largest likelihood of a logistic curve through the cut, with labels that are pulled towards a coin as
    by Platt ("Probabilistic outputs for support vector machines", 1999), so that it is finite.

    Args:
        sharp, blurred: Scores.
        cuts: Of each of both: where the curve is one half.
        scale: The variant's.
        default: The variant's own slope, where there are no images of both kinds.
    """
    if not len(sharp) or not len(blurred):
        return default
    pairs = zip((*sharp, *blurred), (*cuts[0], *cuts[1]), strict=True)
    distance = np.array([scale(float(score)) - scale(float(cut)) for score, cut in pairs])
    wanted = np.concatenate(
        [np.full(len(sharp), (len(sharp) + 1) / (len(sharp) + 2)), np.full(len(blurred), 1 / (len(blurred) + 2))]
    )
    low, high = 0.0, _STEEPEST / max(float(np.abs(distance).max()), 1e-9)
    for _ in range(_STEPS):  # the derivative falls with the slope
        slope = (low + high) / 2
        expected = 1 / (1 + np.exp(-np.clip(slope * distance, -700, 700)))
        if float(((wanted - expected) * distance).sum()) > 0:
            low = slope
        else:
            high = slope
    return low if math.isfinite(low) else default
