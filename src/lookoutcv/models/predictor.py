"""A model that is ready: images in, predictions out."""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.errors import RuntimeDied
from lookoutcv.images import read
from lookoutcv.models.cards.card import Card
from lookoutcv.models.input.framing import Pixels
from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Task


@only_known_keywords()
class Predictor(ABC):
    """A model with its card. Made by `open_model`. Threads may share a model of tensors: they take turns.

    Args:
        name: What messages call it: its path.
        sha256: Of the model's file, in hexadecimal; None for a function.
    """

    card: Card
    """The card, complete but for labels that the file holds."""
    task: Task
    """What the model is for."""
    labels: tuple[str, ...]
    """One name a class; empty for embeddings."""
    notes: tuple[str, ...]
    """What was assumed or guessed, in sentences; empty where the card says it all."""

    def __init__(self, name: str, sha256: str | None) -> None:
        self.name = name
        self.sha256 = sha256
        self.undefined = 0

    @property
    @abstractmethod
    def batch(self) -> int:
        """How many images are run at once."""

    @abstractmethod
    def with_card(self, card: Card) -> Predictor:
        """The same opened model under another card.

        Raises:
            WrongCard: It does not fit.
        """

    @abstractmethod
    def _predicted(self, images: Sequence[Pixels]) -> list[Prediction]:
        """Predictions of at most `batch` images."""

    def predict(self, images: Any) -> list[Prediction]:
        """What the model says of images.

        Args:
            images: Any number of them, in a list or as a generator gives them, or one alone. Each is an array,
                (H, W, 3) uint8 upright RGB, of any size; or what `lookoutcv.images.read` takes: a path or a PIL image,
                which is turned upright.
        Returns:
            One prediction an image, in order. Where scores are not numbers, the confidence is NaN; `undefined` counts
            such images.
        Raises:
            ShapeMismatch: One is no image.
            ImageError, SourceError: One cannot be read.
            InferenceFailed: The runtime failed.
            WrongCard: The outputs are not what the card says.
        """
        # An array of four axes is several images, too.
        alone = (images.ndim in (2, 3)) if isinstance(images, np.ndarray) else not isinstance(images, Iterable)
        one = alone or isinstance(images, str | bytes | os.PathLike)
        waiting = iter([images] if one else images)
        predictions: list[Prediction] = []
        while batch := [_pixels(image) for image in islice(waiting, self.batch)]:
            predictions += self._predicted(batch)
        self.undefined += sum(map(is_undefined, predictions))
        return predictions

    def predict_each(self, images: Sequence[Pixels]) -> list[Prediction | RuntimeDied]:
        """What the model says of images, where some may be its end: in their place stands what happened.

        Args:
            images: As for `predict`. Where its runtime dies of them, they are asked again one by one.
        Raises:
            ModelError: As `predict`; also where it died too often.
        """
        try:
            return list(self.predict(images))
        except RuntimeDied as death:
            return [death] if len(images) == 1 else [one for image in images for one in self.predict_each([image])]


def _pixels(image: Any) -> Pixels:
    """Arrays are taken as they are: whoever has one knows how it was read."""
    return image if isinstance(image, np.ndarray) else read(image).pixels


def is_undefined(prediction: Prediction) -> bool:
    """Whether a model gave no numbers for an image: a confidence or its embedding is NaN or infinite.

    Example:
        >>> is_undefined(Classification("cat", float("nan"))), is_undefined(Classification("cat", 0.5))
        (True, False)
    """
    if isinstance(prediction, Classification):
        return math.isnan(prediction.confidence)
    if isinstance(prediction, Detections):
        return bool(np.isnan(prediction.confidences).any())
    return isinstance(prediction, Embedding) and not bool(np.isfinite(prediction.vector).all())
