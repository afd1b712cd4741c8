"""Traces of lossy compression."""

from __future__ import annotations

from typing import Any

from lookoutcv.grids import logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.reference import PHASES
from lookoutcv.pixels.view import ImageView

# Half a grey level, the rounding error of 8-bit pixels: keeps the ratio finite on flat images.
_ROUNDING = 0.5


@metric(
    "compression.blockiness",
    unit="1",
    range=(1, 511),
    grid=logarithmic(1, 512, 1248),
    source="After Wang, Sheikh & Bovik, 'No-reference perceptual quality assessment of JPEG images', ICIP 2002",
    rises="blockier from compression",
    falls="less blocky from compression",
)
def blockiness(view: ImageView) -> float:
    """Mean step across the borders of 8x8 blocks over the mean step elsewhere: near 1 without blocks.

    The position of the blocks is searched, so that cropped and turned images count too; the largest of eight positions
    is chosen, so an image without blocks lies above 1 by chance, the more the smaller it is. 1 where a side is under
    17 px.
    """
    if min(view.width, view.height) < 2 * PHASES + 1:
        return 1.0
    numbers = view.survey.numbers
    return (_border_ratio(numbers, "across") + _border_ratio(numbers, "down")) / 2


def _border_ratio(numbers: dict[str, Any], direction: str) -> float:
    """The mean step at the most blocky of the eight grid positions over that at the others."""
    steps = [total / count for total, count in zip(numbers[direction], numbers[f"{direction}_count"], strict=True)]
    border = max(steps)
    others = (sum(steps) - border) / (PHASES - 1)
    # Of eight equal means the largest may come out smaller than the others' mean by rounding.
    return float(max(1.0, (border + _ROUNDING) / (others + _ROUNDING)))
