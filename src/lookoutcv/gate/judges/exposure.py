"""Too dark, too bright, clipped, or without any contrast: beyond what any scene explains, night included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lookoutcv.gate.judges.base import Limit, Numbers, judge
from lookoutcv.metrics.exposure import bright_clipping
from lookoutcv.pixels.view import ImageView

# A lamp, a few stars or a hot pixel are less than this share of a picture; they make neither day nor night.
_OUTERMOST = 0.005


@judge(
    "exposure",
    Limit(
        "brightest",
        low=16,
        below="it is too dark: 99.5% of it has grey level {value} of 255 or less, at least {limit} is fit",
        form=".0f",
    ),
    Limit(
        "darkest",
        high=240,
        above="it is too bright: 99.5% of it has grey level {value} of 255 or more, at most {limit} is fit",
        form=".0f",
    ),
    Limit(
        "clipped",
        high=0.98,
        above="it is overexposed: {value} of it is white without detail, at most {limit} is fit",
        form=".1%",
    ),
    Limit(
        "range",
        low=3,
        below="it has no contrast: 99% of it lies within {value} of 255 grey levels, at least {limit} is fit",
        form=".0f",
    ),
)
def exposure(view: ImageView, learnt: Mapping[str, Any]) -> Numbers:
    """Whether its light lies within what a picture needs: not black, not white, not flat.

    Brightest and darkest are the .995 and .005 quantiles of luma, so that a picture of the night is fit as soon as a
    hundredth of it is lit.
    """
    numbers = view.survey.numbers
    below = np.cumsum(numbers["histogram"])
    darkest, brightest = np.searchsorted(below, np.array([_OUTERMOST, 1 - _OUTERMOST]) * below[-1]).tolist()
    return Numbers(
        {
            "brightest": float(brightest),
            "darkest": float(darkest),
            "clipped": bright_clipping.measure(view),
            "range": float(brightest - darkest),
        }
    )
