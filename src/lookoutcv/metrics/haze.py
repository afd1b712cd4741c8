"""How hazy."""

from __future__ import annotations

import cv2
import numpy as np

from lookoutcv.grids import linear
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView

_PATCH_PX = 16


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
    """Mean over 16x16 tiles of the darkest value of any channel: near 0 in clear air, higher in haze, fog or glare."""
    darkest = np.minimum(np.minimum(view.pixels[..., 0], view.pixels[..., 1]), view.pixels[..., 2])
    height, width = darkest.shape
    bottom, right = -height % _PATCH_PX, -width % _PATCH_PX
    if bottom or right:
        darkest = cv2.copyMakeBorder(darkest, 0, bottom, 0, right, cv2.BORDER_CONSTANT, value=255)
    rows = darkest.reshape(-1, _PATCH_PX, darkest.shape[1]).min(axis=1)
    tiles = rows.reshape(rows.shape[0], -1, _PATCH_PX).min(axis=2)
    return float(tiles.mean()) / 255
