"""How saturated, how colourful, and which way the colours lean."""

from __future__ import annotations

import math
from typing import Any

from lookoutcv.grids import linear
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.reference import SATURATION_ONE
from lookoutcv.pixels.view import CHANNELS, ImageView

_RED, _GREEN, _BLUE = (CHANNELS.index(c) for c in ("red", "green", "blue"))
_CAST_BOUND = math.log(256)
# Opponent colours lie within hypot(255, 127.5) of grey, and s + .3 m is largest under s^2 + m^2 <= r^2 at 1.044 r.
_COLOURFULNESS_BOUND = math.hypot(255, 127.5) * math.hypot(1, 0.3)


@metric(
    "colour.saturation",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 255),
    source="Mean S of HSV; Smith, 'Color gamut transform pairs', SIGGRAPH 1978",
    rises="more saturated",
    falls="less saturated",
)
def saturation(view: ImageView) -> float:
    """Mean of (max - min) / max over the channels of each pixel: 0 grey, 1 pure colours."""
    numbers = view.survey.numbers
    return float(numbers["saturation"] / (SATURATION_ONE * numbers["coloured"]))


@metric(
    "colour.colourfulness",
    unit="grey level",
    range=(0, _COLOURFULNESS_BOUND),
    grid=linear(0, 300, 600),
    source="Hasler & Süsstrunk, 'Measuring colorfulness in natural images', SPIE 2003, M3",
    rises="more colourful",
    falls="less colourful",
)
def colourfulness(view: ImageView) -> float:
    """Spread plus 0.3 times the mean of the opponent colours: 0 grey, about 33 moderate, over 80 high."""
    numbers = view.survey.numbers
    count = numbers["coloured"]
    red_green = _moments(numbers, "red_green", count)
    # Twice the yellow-blue axis is counted, which keeps it in whole numbers.
    yellow_blue = [value / 2 for value in _moments(numbers, "yellow_blue", count)]
    mean, deviation = zip(red_green, yellow_blue, strict=True)
    return math.hypot(*deviation) + 0.3 * math.hypot(*mean)


def _moments(numbers: Any, axis: str, count: int) -> tuple[float, float]:
    total, squares = numbers[axis], numbers[f"{axis}_squares"]
    return total / count, math.sqrt(count * squares - total * total) / count


@metric(
    "colour.red_green",
    unit="1",
    range=(-_CAST_BOUND, _CAST_BOUND),
    grid=linear(-2, 2, 800),
    source="Log ratio of channel means; grey world, Buchsbaum 1980",
    rises="redder",
    falls="greener",
    change="log",
)
def red_green(view: ImageView) -> float:
    """Colour cast: natural logarithm of mean red over mean green, one level added to each."""
    return math.log((view.means[_RED] + 1) / (view.means[_GREEN] + 1))


@metric(
    "colour.blue_green",
    unit="1",
    range=(-_CAST_BOUND, _CAST_BOUND),
    grid=linear(-2, 2, 800),
    source="Log ratio of channel means; grey world, Buchsbaum 1980",
    rises="bluer",
    falls="yellower",
    change="log",
)
def blue_green(view: ImageView) -> float:
    """Colour cast: natural logarithm of mean blue over mean green, one level added to each."""
    return math.log((view.means[_BLUE] + 1) / (view.means[_GREEN] + 1))
