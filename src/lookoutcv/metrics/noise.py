"""How noisy."""

from __future__ import annotations

import math

from lookoutcv.grids import logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView


@metric(
    "noise.sigma",
    unit="grey level",
    range=(0, 427),
    grid=logarithmic(0.01, 1000, 576),
    source="Immerkaer, 'Fast noise variance estimation', CVIU 1996",
    rises="noisier",
    falls="less noisy",
)
def sigma(view: ImageView) -> float:
    """Standard deviation of the noise, estimated from second differences, which leave out straight edges.

    Fine texture counts as noise. 0 where a side is under 3 px.
    """
    numbers = view.survey.numbers
    return float(math.sqrt(math.pi / 2) / 6 * numbers["second_differences"] / max(numbers["interior"], 1))
