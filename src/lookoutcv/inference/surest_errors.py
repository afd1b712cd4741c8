"""The images that a model is most wrong about, with small pictures of them, in memory that does not grow."""

from __future__ import annotations

import base64
import heapq
from collections.abc import Callable, Iterable

from lookoutcv.images import thumbnail
from lookoutcv.images.image import Pixels
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.measuring.redaction import Redaction, redaction
from lookoutcv.results.images.wrong_image import WrongImage

MOST_ERRORS = 20
# From an image's name and pixels to a JPEG in base64; None where it is not to be seen.
Picture = Callable[[str, Pixels], str | None]


class SmallPictures:
    """Thumbnails, with what must not be seen on them covered.

    Args:
        wanted: Whether there are to be any.
        redact: As in `Options`.
        source: The model or the imported predictions, whose objects "class:NAME" means.
    Raises:
        ConfigError: `redact` means nothing.
        MissingExtra: Faces are to be found, and scikit-image is not installed.
    """

    def __init__(self, wanted: bool, redact: str | Iterable[str] | None = None, source: PredictionSource | None = None):
        self._wanted = wanted
        self._redaction: Redaction | None = redaction(redact, source) if wanted else None

    def __call__(self, name: str, pixels: Pixels) -> str | None:
        """A JPEG in base64; None where none is wanted, or where it cannot be said what to cover."""
        if not self._wanted:
            return None
        covered = pixels if self._redaction is None else self._redaction.apply(name, pixels)
        return None if covered is None else base64.b64encode(thumbnail(covered)).decode("ascii")

    @property
    def notes(self) -> tuple[str, ...]:
        """What is covered, in a sentence; none where nothing is."""
        return () if self._redaction is None else (self._redaction.note,)


class SurestErrors:
    """The wrong predictions that a classifier was surest of.

    Args:
        picture: Makes the small pictures, of those that come among them.
        most: How many are kept.
    Example:
        >>> import numpy as np
        >>> errors = SurestErrors(lambda name, pixels: None, most=1)
        >>> for name, confidence in (("a.jpg", 0.6), ("b.jpg", 0.9), ("c.jpg", 0.9)):
        ...     errors.add(name, "cat", "dog", confidence, np.zeros((8, 8, 3), np.uint8))
        >>> [one.id for one in errors.found]
        ['b.jpg']
    """

    def __init__(self, picture: Picture, most: int = MOST_ERRORS) -> None:
        self._picture, self._most, self._count = picture, most, 0
        self._kept: list[tuple[float, int, WrongImage]] = []

    def add(self, name: str, label: str, prediction: str, confidence: float, pixels: Pixels) -> None:
        """An image whose prediction is wrong; where its confidence is not a number, it is left out."""
        self._count += 1
        # Of equally sure ones the first stay.
        rank = (confidence, -self._count)
        if not confidence >= 0 or (len(self._kept) == self._most and rank < self._kept[0][:2]):
            return
        wrong = WrongImage(name, label, prediction, min(confidence, 1.0), self._picture(name, pixels))
        heapq.heappush(self._kept, (*rank, wrong))
        if len(self._kept) > self._most:
            heapq.heappop(self._kept)

    @property
    def found(self) -> list[WrongImage]:
        """The surest first."""
        return [wrong for *_, wrong in sorted(self._kept, key=lambda one: one[:2], reverse=True)]
