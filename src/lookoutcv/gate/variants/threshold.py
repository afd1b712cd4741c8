"""The variance of the Laplacian against a threshold, as most older services have it."""

from __future__ import annotations

import math

from lookoutcv.gate.variants.base import Learnt, Score, Scorer, variant
from lookoutcv.metrics.sharpness import laplacian
from lookoutcv.pixels.view import ImageView

_LEAST = 0.01


def _score(view: ImageView) -> Score:
    if min(view.height, view.width) < 3:
        return Score(math.nan, "it is under 3 px high or wide")
    return Score(laplacian(view))


def _scale(variance: float) -> float:
    return math.log(max(variance, 0.0) + _LEAST)


@variant(
    "threshold",
    source="Pech-Pacheco et al., 'Diatom autofocusing in brightfield microscopy', ICPR 2000",
    slope=2.0,
    scale=_scale,
    chooses="scan",
)
def threshold(learnt: Learnt) -> Scorer:
    """Variance of the Laplacian: simple, and taken in by noise, darkness and compression."""
    return _score
