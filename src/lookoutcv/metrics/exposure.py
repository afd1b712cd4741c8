"""How light, how contrasty, how clipped."""

from __future__ import annotations

import math

import numpy as np

from lookoutcv.grids import linear
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import CHANNELS, ImageView

_LUMA = CHANNELS.index("luma")


@metric(
    "exposure.brightness",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 255),
    source="Mean luma, ITU-R BT.601",
    rises="brighter",
    falls="darker",
)
def brightness(view: ImageView) -> float:
    """Mean luma: 0 black, 1 white."""
    return view.means[_LUMA] / 255


@metric(
    "exposure.contrast",
    unit="1",
    range=(0, 0.5),
    grid=linear(0, 0.5, 250),
    source="RMS contrast; Peli, 'Contrast in complex images', JOSA A 1990",
    rises="higher in contrast",
    falls="lower in contrast",
)
def contrast(view: ImageView) -> float:
    """Standard deviation of luma: 0 flat, 0.5 half black and half white."""
    return view.stds[_LUMA] / 255


@metric(
    "exposure.dark_clipping",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 200),
    source="Share of pixels at the three darkest levels",
    rises="more clipped in the shadows",
    falls="less clipped in the shadows",
    change="points",
)
def dark_clipping(view: ImageView) -> float:
    """Share of pixels whose luma is black or nearly so, so that shadow detail is lost."""
    numbers = view.survey.numbers
    return float(numbers["clipped"][0] / numbers["histogram_count"])


@metric(
    "exposure.bright_clipping",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 200),
    source="Share of pixels at the three brightest levels",
    rises="more clipped in the highlights",
    falls="less clipped in the highlights",
    change="points",
)
def bright_clipping(view: ImageView) -> float:
    """Share of pixels whose luma is white or nearly so, so that highlight detail is lost."""
    numbers = view.survey.numbers
    return float(numbers["clipped"][1] / numbers["histogram_count"])


@metric(
    "exposure.entropy",
    unit="bit",
    range=(0, 8),
    grid=linear(0, 8, 400),
    source="Shannon, 'A mathematical theory of communication', 1948",
    rises="richer in tones",
    falls="poorer in tones",
)
def entropy(view: ImageView) -> float:
    """Entropy of the luma histogram: 0 for one level only, 8 when all 256 levels are equally frequent."""
    numbers = view.survey.numbers
    counts, total = numbers["histogram"], numbers["histogram_count"]
    return max(0.0, math.log2(total) - float(np.dot(counts, np.log2(np.maximum(counts, 1))) / total))
