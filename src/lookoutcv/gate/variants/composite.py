"""The fitted score of focus, which knows of noise, light and compression."""

from __future__ import annotations

from lookoutcv.gate.variants.base import Learnt, Score, Scorer, variant
from lookoutcv.pixels.view import ImageView
from lookoutcv.sharpness.composite import DOUBTS, doubt, sharp_log_odds
from lookoutcv.sharpness.evidence import evidence


def _score(view: ImageView) -> Score:
    shown = evidence(view.luma)
    why = doubt(shown)
    return Score(sharp_log_odds(shown), "" if why is None else DOUBTS[why])


@variant("composite", source="Logistic regression; docs/cards/composite.md", standard_cut=0.0)
def composite(learnt: Learnt) -> Scorer:
    """Sharpness of the strongest edges, told apart from noise, darkness, low contrast and JPEG; the default."""
    return _score
