"""How sharp, how detailed."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib.resources import files
from typing import Any

from lookoutcv.grids import linear, logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.metrics.noise import sigma as _sigma
from lookoutcv.pixels.reference import DETAIL_TILE_PX
from lookoutcv.pixels.view import CHANNELS, ImageView

_LUMA = CHANNELS.index("luma")
# Patterns that no camera takes, such as a checkerboard of single pixels, would go far beyond photographs.
_SUREST = 30.0
# Keep logarithms finite on flat images: in squares of the whole brightness range, squared gradients, grey levels.
_LEAST_DETAIL, _LEAST_GRADIENTS, _LEAST_NOISE = 1e-7, 1, 0.02


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
    numbers = view.survey.numbers
    count, total = numbers["interior"], numbers["laplacian"]
    return (count * numbers["laplacian_squares"] - total * total) / count**2 if count else 0.0


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
    numbers = view.survey.numbers
    variance = view.stds[_LUMA] ** 2
    # The sum is of 16 times the residual, squared.
    power = numbers["residual_squares"] / (256 * max(numbers["interior"], 1))
    return min(power / variance, 1.0) if variance > 0 else 0.0


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
    """Share of pixels on an edge: Sobel |gx| + |gy| over that of a step of 32 grey levels."""
    numbers = view.survey.numbers
    return float(numbers["edges"] / max(numbers["interior"], 1))


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

    The share of neighbour differences that survives a second blur of 9 px, away from the borders, on the image reduced
    by the whole number that leaves its short side at 512 to 1023 px. 1 for a flat image, in which nothing is sharp, and
    for one under 10 px.
    """
    shares = [1 - lost / before for before, lost in view.survey.numbers["blur"] if before]
    # A direction without differences, as along stripes, says nothing.
    return max(shares, default=1.0)


@metric(
    "sharpness.tile_detail",
    unit="log10",
    range=(-7, 1.3),
    grid=linear(-7, 1.3, 415),
    source="90th percentile over tiles of the focus measure of Pech-Pacheco et al., ICPR 2000",
    rises="richer in detail where they are sharpest",
    falls="poorer in detail where they are sharpest",
    change="direction",
    headline=False,
)
def tile_detail(view: ImageView) -> float:
    """Detail of the sharpest tenth of the picture: log10 of the mean squared Laplacian of its 8x8 tiles.

    Of brightness in [0, 1], on the image reduced as for `sharpness.blur`; a blurred background does not lower it. -7
    where a side is under 10 px.
    """
    numbers = view.survey.numbers
    return math.log10(numbers["detailed_tile"] / (DETAIL_TILE_PX * 255) ** 2 + _LEAST_DETAIL)


@metric(
    "sharpness.reblur",
    unit="log ratio",
    range=(None, None),
    grid=linear(-2, 8, 500),
    source="Loss under a second blur, after Crete et al., SPIE 2007, as a ratio of gradient energies",
    rises="sharper",
    falls="less sharp",
    change="log",
    headline=False,
)
def reblur(view: ImageView) -> float:
    """Logarithm of how many times smaller the squared gradients become under a binomial blur of 5 px.

    Low where the image was blurred already; noise raises it. On the image reduced as for `sharpness.blur`; 0 for a flat
    image and where a side is under 7 px.
    """
    numbers = view.survey.numbers
    # Gradients are counted in 8ths of a grey level, blurred ones in 16ths.
    sharp, blurred = 4 * numbers["gradient_squares"], numbers["blurred_gradient_squares"]
    return math.log((sharp + _LEAST_GRADIENTS) / (blurred + _LEAST_GRADIENTS))


@metric(
    "sharpness.focus",
    unit="log odds",
    range=(-_SUREST, _SUREST),
    grid=linear(-_SUREST, _SUREST, 1200),
    source="Logistic regression fitted by scripts/fit_focus.py; docs/cards/focus.md",
    rises="more in focus",
    falls="more out of focus",
    change="direction",
    headline=False,
)
def focus(view: ImageView) -> float:
    """How surely the image is in focus rather than blurred, told apart from noise, darkness, low contrast and JPEG.

    Log odds: above 0 rather sharp. From `sharpness.tile_detail`, `sharpness.reblur`, `sharpness.blur` and the logarithm
    of `noise.sigma`. Where sharp images end differs between cameras, so compare with your own.
    """
    weights = focus_weights()
    odds = weights["intercept"] + sum(weights[name] * value for name, value in focus_features(view).items())
    return max(-_SUREST, min(_SUREST, odds))


def focus_features(view: ImageView) -> dict[str, float]:
    """The numbers that `sharpness.focus` weighs."""
    return {
        "sharpness.tile_detail": tile_detail(view),
        "sharpness.reblur": reblur(view),
        "sharpness.blur": blur(view),
        "log10 noise.sigma": math.log10(_sigma(view) + _LEAST_NOISE),
    }


@cache
def focus_weights() -> dict[str, float]:
    """The fitted weights of `focus_features`, and the intercept."""
    found: Any = json.loads(files("lookoutcv.metrics").joinpath("focus.json").read_text("utf-8"))
    return {str(name): float(weight) for name, weight in found["weights"].items()}
