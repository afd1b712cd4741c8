"""Too few pixels to be of use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lookoutcv.gate.judges.base import Limit, Numbers, judge
from lookoutcv.pixels.view import ImageView


@judge(
    "size",
    Limit(
        "short_px",
        low=32,
        below="it is too small: its shorter side has {value} px, at least {limit} is fit",
        form=".0f",
    ),
)
def size(view: ImageView, learnt: Mapping[str, Any]) -> Numbers:
    """Whether it has pixels enough."""
    return Numbers({"short_px": float(min(view.height, view.width))})
