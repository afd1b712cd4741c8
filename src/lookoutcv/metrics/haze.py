"""How hazy."""

from __future__ import annotations

import cv2
import numpy as np

from lookoutcv.grids import linear
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView

_PATCH = np.ones((15, 15), dtype=np.uint8)


@metric(
    "haze.dark_channel",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 255),
    source="He, Sun & Tang, 'Single image haze removal using dark channel prior', CVPR 2009",
    rises="hazier",
    falls="less hazy",
)
def dark_channel(view: ImageView) -> float:
    """Mean of the darkest value around each pixel: near 0 in clear air, higher in haze, fog or glare.

    The darkest of the three channels and of the 15x15 px around the pixel, on the scale from 0 to 1. A patch of fixed
    size covers less of a larger image, so compare images of like size.
    """
    red, green, blue = cv2.split(view.pixels)
    # Patches are cut off at the borders: the default border of an erosion never is the smallest value.
    darkest = cv2.erode(cv2.min(cv2.min(red, green), blue), _PATCH)
    return float(cv2.mean(darkest)[0]) / 255
