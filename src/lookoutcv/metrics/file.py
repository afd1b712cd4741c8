"""What the stored file says."""

from __future__ import annotations

import math

from lookoutcv.grids import logarithmic
from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView


@metric(
    "file.bytes",
    unit="bytes",
    range=(0, None),
    grid=logarithmic(10, 1e9, 920),
    source="Size of the encoded file",
    rises="larger as files",
    falls="smaller as files",
)
def stored_bytes(view: ImageView) -> float:
    """Bytes of the encoded file; missing where the image came as an array."""
    known = view.facts.stored_bytes
    return math.nan if known is None else float(known)
