"""An image that a classifier was sure of, and wrong about."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class WrongImage(Result):
    """An image whose class was predicted wrongly.

    Args:
        id: Its name in its source.
        label: The class that it has.
        prediction: The class that was predicted.
        confidence: In that, 0 to 1.
        thumbnail: JPEG bytes in base64; None where thumbnails were not wanted or the image is not at hand.
    """

    id: str
    label: str
    prediction: str
    confidence: float
    thumbnail: str | None = field(default=None, repr=False)
