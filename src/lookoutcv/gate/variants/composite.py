"""The fitted score of focus, which knows of noise, light and compression."""

from __future__ import annotations

import math

from lookoutcv.gate.variants.base import Learnt, Score, Scorer, variant
from lookoutcv.metrics.sharpness import focus
from lookoutcv.pixels.view import ImageView

_LEAST_PX = 16


def _score(view: ImageView) -> Score:
    if min(view.height, view.width) < _LEAST_PX:
        return Score(math.nan, f"it is under {_LEAST_PX} px high or wide")
    return Score(focus(view))


@variant("composite", source="Logistic regression; docs/cards/focus.md", standard_cut=0.0)
def composite(learnt: Learnt) -> Scorer:
    """Focus told apart from noise, darkness, low contrast and JPEG by a fitted score; the default."""
    return _score
