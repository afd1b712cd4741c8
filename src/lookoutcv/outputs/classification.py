"""How sure a classifier is."""

from __future__ import annotations

import math

import numpy as np

from lookoutcv.grids import linear
from lookoutcv.outputs.base import OutputView, output_metric


@output_metric(
    "output.confidence",
    task="classification",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 400),
    source="Probability of the predicted class; Hendrycks & Gimpel, ICLR 2017",
    rises="answered more confidently",
    falls="answered less confidently",
    change="points",
)
def confidence(view: OutputView) -> float:
    """Probability of the most probable class."""
    return float(view.prediction.confidence)


@output_metric(
    "output.entropy",
    task="classification",
    unit="bit",
    range=(0, 16),
    grid=linear(0, 16, 800),
    source="Shannon, 'A mathematical theory of communication', 1948",
    rises="answered less decidedly",
    falls="answered more decidedly",
    change="absolute",
    headline=False,
)
def entropy(view: OutputView) -> float:
    """Entropy of the class probabilities: 0 for one certain class. Missing where the scores are not known."""
    scores = view.prediction.scores
    if scores is None or np.isnan(scores).any():
        return math.nan
    present = scores[scores > 0].astype(np.float64)
    return max(0.0, float(-(present * np.log2(present)).sum()))


@output_metric(
    "output.margin",
    task="classification",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 400),
    source="Margin sampling; Scheffer, Decomain & Wrobel, IDA 2001",
    rises="answered with a larger lead",
    falls="answered with a smaller lead",
    change="points",
    headline=False,
)
def margin(view: OutputView) -> float:
    """How far the best class leads the second. Missing where the scores are not known or there is one class only."""
    scores = view.prediction.scores
    if scores is None or len(scores) < 2 or np.isnan(scores).any():
        return math.nan
    second, best = np.partition(scores, -2)[-2:]
    return float(best - second)
