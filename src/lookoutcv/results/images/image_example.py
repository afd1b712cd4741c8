"""An image worth looking at."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class ImageExample(Result):
    """One image worth looking at.

    Args:
        id: Its name in its source.
        score: How far it lies in the direction in which the window moved; comparable within one report.
        reasons: What is unusual about it, strongest first: "darker", "less sharp".
        thumbnail: JPEG bytes in base64; None where thumbnails were not wanted or the image is not at hand.
    """

    id: str
    score: float
    reasons: list[str] = field(default_factory=list)
    thumbnail: str | None = field(default=None, repr=False)
