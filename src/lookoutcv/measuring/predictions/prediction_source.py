"""What has a prediction for every image that is measured: a model that is run, or predictions made elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np

from lookoutcv.errors import RuntimeDied
from lookoutcv.outputs import OutputMetric
from lookoutcv.predictions import Prediction
from lookoutcv.records.model_identity import ModelIdentity

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class PredictionSource(Protocol):
    """Predictions for images: small enough to travel to another process, where `picklable` says so."""

    @property
    def identity(self) -> ModelIdentity:
        """Which model predicts."""
        ...

    @property
    def metrics(self) -> tuple[OutputMetric, ...]:
        """What is measured on its predictions."""
        ...

    @property
    def picklable(self) -> bool:
        """Whether other processes can use it too."""
        ...

    @property
    def batch_size(self) -> int:
        """How many images it is best given together."""
        ...

    @property
    def definition(self) -> str | None:
        """All that its answers follow from, images and this package aside; None where that cannot be known."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, or what a reader of its predictions must know, in sentences."""
        ...

    def for_images(self, ids: Iterable[str]) -> PredictionSource:
        """The same, told the names of the images that it will be given."""
        ...

    def predict(self, ids: Sequence[str], images: Sequence[Pixels]) -> Sequence[Prediction | RuntimeDied | None]:
        """One prediction an image, in order; None where it has none, and what happened where the model died of it.

        Args:
            ids: Their names within their source.
            images: (H, W, 3) uint8 upright RGB each.
        Raises:
            ModelError: It fails.
        """
        ...
