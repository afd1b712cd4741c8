"""Noise in which nothing is seen any more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lookoutcv.gate.judges.base import Limit, Numbers, judge
from lookoutcv.metrics.noise import sigma
from lookoutcv.metrics.sharpness import high_frequency
from lookoutcv.pixels.view import ImageView

# What a 3x3 binomial blur takes of the power of white noise: 1 - 2/4 + 36/256.
_OF_WHITE_NOISE = 1 - 2 / 4 + 36 / 256
# Grey levels. Weaker noise hides nothing: of a clear sky it is all that there is, and the picture is fit.
_LEAST_SIGMA = 8.0


@judge(
    "noise",
    Limit("share", high=0.85, above="it is mostly noise: {value} of its contrast, at most {limit} is fit", form=".0%"),
)
def noise(view: ImageView, learnt: Mapping[str, Any]) -> Numbers:
    """Whether there is a picture in its noise: which share of all contrast (as variance) is as fine as noise.

    Photographs have a few hundredths, textures up to half. It is 0 where the noise is weaker than 8
    grey levels.
    """
    if sigma.measure(view) < _LEAST_SIGMA:
        return Numbers({"share": 0.0})
    return Numbers({"share": min(high_frequency.measure(view) / _OF_WHITE_NOISE, 1.0)})
