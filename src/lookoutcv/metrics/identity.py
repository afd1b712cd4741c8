"""Which picture it is, whatever its size and compression."""

from __future__ import annotations

from lookoutcv.metrics.base import metric
from lookoutcv.pixels.view import ImageView


@metric(
    "identity.phash",
    unit="64 bits",
    range=(0, 2**64 - 1),
    grid=None,
    source="Zauner, 'Implementation and benchmarking of perceptual image hash functions', 2010",
)
def phash(view: ImageView) -> float:
    """Perceptual hash: few of its 64 bits differ between copies of a picture; 0 for a picture without detail."""
    return view.survey.perceptual_hash
