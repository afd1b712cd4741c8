"""How large, which shape, which way up."""

from __future__ import annotations

from lookoutcv.grids import linear, logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView


@metric(
    "geometry.width",
    unit="px",
    range=(1, None),
    grid=logarithmic(1, 65536, 560),
    source="Width of the upright image",
    rises="wider",
    falls="narrower",
    default=False,
)
def width(view: ImageView) -> float:
    """Columns of the upright image."""
    return view.width


@metric(
    "geometry.height",
    unit="px",
    range=(1, None),
    grid=logarithmic(1, 65536, 560),
    source="Height of the upright image",
    rises="taller",
    falls="less tall",
    default=False,
)
def height(view: ImageView) -> float:
    """Rows of the upright image."""
    return view.height


@metric(
    "geometry.size",
    unit="px",
    range=(1, None),
    grid=logarithmic(1, 1e9, 1040),
    source="Width times height",
    rises="larger",
    falls="smaller",
)
def size(view: ImageView) -> float:
    """Number of pixels."""
    return view.width * view.height


@metric(
    "geometry.aspect",
    unit="1",
    range=(0, None),
    grid=logarithmic(0.01, 100, 460),
    source="Width over height of the upright image",
    rises="wider in shape",
    falls="narrower in shape",
)
def aspect(view: ImageView) -> float:
    """Width over height: above 1 landscape, below 1 portrait."""
    return view.width / view.height


@metric(
    "geometry.orientation",
    unit="1",
    range=(0, 1),
    grid=linear(-0.5, 1.5, 2),
    source="EXIF 2.32 (CIPA DC-008), tag 0x0112",
    rises="more often stored turned or mirrored",
    falls="less often stored turned or mirrored",
    change="points",
)
def orientation(view: ImageView) -> float:
    """1 where the file stores the picture turned or mirrored, by its EXIF orientation; 0 where it is stored upright.

    0 also where no orientation is recorded. The tags 1 to 8 are names, not amounts: a mean of them would mean nothing.
    The pixels are upright already.
    """
    return float((view.facts.exif_orientation or 1) != 1)
