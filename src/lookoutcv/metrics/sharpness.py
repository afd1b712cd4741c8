"""How sharp, how detailed."""

from __future__ import annotations

from lookoutcv.grids import linear, logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import CHANNELS, ImageView

_LUMA = CHANNELS.index("luma")


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
