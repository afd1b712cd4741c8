"""Traces of lossy compression."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lookoutcv.grids import logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView

_BLOCK_PX = 8
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
    luma = view.luma
    if min(luma.shape) < 2 * _BLOCK_PX + 1:
        return 1.0
    across = cv2.reduce(cv2.absdiff(luma[:, 1:], luma[:, :-1]), 0, cv2.REDUCE_AVG, dtype=cv2.CV_64F)
    down = cv2.reduce(cv2.absdiff(luma[1:], luma[:-1]), 1, cv2.REDUCE_AVG, dtype=cv2.CV_64F)
    return (_border_ratio(across) + _border_ratio(down)) / 2


def _border_ratio(steps: Any) -> float:
    """The mean step at the most blocky of the eight grid positions over that at the others."""
    phases = np.array([steps.ravel()[start::_BLOCK_PX].mean() for start in range(_BLOCK_PX)])
    border = int(phases.argmax())
    others = float(np.delete(phases, border).mean())
    # Of eight equal means the largest may come out smaller than the others' mean by rounding.
    return max(1.0, (float(phases[border]) + _ROUNDING) / (others + _ROUNDING))
