"""How sharp, how detailed."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lookoutcv.grids import linear, logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import CHANNELS, ImageView, Pixels

_LUMA = CHANNELS.index("luma")
_CRETE_TAPS = 9
_CRETE_SIDE_PX = 512


@metric(
    "sharpness.laplacian",
    unit="grey level^2",
    range=(0, 1040400),
    grid=logarithmic(0.01, 2e6, 960),
    source="Pech-Pacheco et al., 'Diatom autofocusing in brightfield microscopy', ICPR 2000",
    rises="sharper",
    falls="less sharp",
)
def laplacian(view: ImageView) -> float:
    """Variance of the Laplacian: low where the image is blurred.

    Grows with contrast and image size too, so compare like with like. 0 where a side is under 3 px.
    """
    return view.detail.laplacian_variance


@metric(
    "sharpness.high_frequency",
    unit="1",
    range=(0, 1),
    grid=logarithmic(1e-6, 1, 690),
    source="Finest level of the Laplacian pyramid; Burt & Adelson, IEEE Trans. Communications 1983",
    rises="richer in fine detail",
    falls="poorer in fine detail",
)
def high_frequency(view: ImageView) -> float:
    """Share of the luma's power that a 3x3 binomial blur removes; independent of contrast. 0 for a flat image.

    The blur leaves out the outermost pixels; where those are flat and the inside is not, the share is cut off at 1.
    """
    variance = float(view.stds[_LUMA]) ** 2
    return min(view.detail.residual_power / variance, 1.0) if variance > 0 else 0.0


@metric(
    "sharpness.edge_density",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 400),
    source="Sobel & Feldman 1968; share of pixels over a fixed step of 32 grey levels a pixel",
    rises="richer in edges",
    falls="poorer in edges",
    change="points",
)
def edge_density(view: ImageView) -> float:
    """Share of pixels on an edge."""
    return view.detail.edge_share


@metric(
    "sharpness.blur",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 400),
    source="Crete et al., 'The blur effect: perception and estimation with a new no-reference metric', SPIE 2007",
    rises="more blurred",
    falls="less blurred",
)
def blur(view: ImageView) -> float:
    """Blur as people see it: 0 sharp, 1 blurred; the larger of the two directions.

    The share of neighbour differences that survives a second blur of 9 px, on the image with its short side reduced
    to 512 px. 1 for a flat image, in which nothing is sharp.
    """
    luma = _reduced(view.luma, _CRETE_SIDE_PX)
    across, down = _surviving(luma), _surviving(np.ascontiguousarray(luma.T))
    # A direction without differences, as along stripes, says nothing.
    return max((share for share in (across, down) if share is not None), default=1.0)


def _reduced(luma: Pixels, side_px: int) -> Pixels:
    scale = side_px / min(luma.shape)
    if scale >= 1:
        return luma
    size = (round(luma.shape[1] * scale), round(luma.shape[0] * scale))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _surviving(luma: Pixels) -> float | None:
    """The share of the differences between horizontal neighbours that a horizontal blur leaves; None without any."""
    if luma.shape[1] < 2:
        return None
    # Everything times the number of taps: sums of pixels instead of means, so that nothing is rounded.
    taps = (_CRETE_TAPS, 1)
    blurred = cv2.boxFilter(luma, cv2.CV_16S, taps, normalize=False, borderType=cv2.BORDER_REFLECT)
    before = _steps(luma).astype(np.int16) * np.int16(_CRETE_TAPS)
    total = float(cv2.sumElems(before)[0])
    if total == 0:
        return None
    lost = float(cv2.sumElems(np.maximum(before - _steps(blurred), 0))[0])
    return 1 - lost / total


def _steps(plane: Any) -> Any:
    return cv2.absdiff(plane[:, 1:], plane[:, :-1])
