"""How hazy."""

from __future__ import annotations

from lookoutcv.grids import linear
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView


@metric(
    "haze.dark_channel",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 255),
    source="He, Sun & Tang, 'Single image haze removal using dark channel prior', CVPR 2009, on 16x16 tiles",
    rises="hazier",
    falls="less hazy",
)
def dark_channel(view: ImageView) -> float:
    """Mean of the darkest values of an image's parts: near 0 in clear air, higher in haze, fog or glare.

    The darkest of the three channels in each whole tile of 16x16 px, on the scale from 0 to 1. A tile of fixed size
    covers less of a larger image, so compare images of like size.
    """
    numbers = view.survey.numbers
    return float(numbers["dark"] / (255 * numbers["tiles"]))
