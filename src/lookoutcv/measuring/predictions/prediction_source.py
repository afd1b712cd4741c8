"""Who is asked about every image that is measured: a model that is run, or predictions that were made elsewhere."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np

from lookoutcv.errors import MetricFailed
from lookoutcv.models import CardLike, Predictor, open_model
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.outputs.base import measured as output_values
from lookoutcv.predictions import Prediction
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.records.prediction_columns import prediction_row

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
ModelLike = str | os.PathLike[str] | Callable[..., Any] | Predictor

# Images wait for their batch decoded; of large ones fewer do.
_MOST_WAITING_BYTES = 64 << 20
_FEWEST_AT_ONCE = 16


class PredictionSource(Protocol):
    """Answers for images: small enough to travel to another process, where `picklable` says so."""

    @property
    def identity(self) -> ModelIdentity:
        """Who answers."""
        ...

    @property
    def metrics(self) -> tuple[OutputMetric, ...]:
        """What is measured on its answers."""
        ...

    @property
    def picklable(self) -> bool:
        """Whether other processes can ask it too."""
        ...

    @property
    def batch_size(self) -> int:
        """How many images it is best asked about together."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What was assumed, or what a reader of its answers must know, in sentences."""
        ...

    def on(self, ids: Iterable[str]) -> PredictionSource:
        """The same, told the names of the images that it will be asked about."""
        ...

    def answers(self, ids: Sequence[str], images: Sequence[Pixels]) -> Sequence[Prediction | None]:
        """What it says of images: one answer an image, in order; None where it has none.

        Args:
            ids: Their names within their source.
            images: (H, W, 3) uint8 upright RGB each.
        Raises:
            ModelError: It fails.
        """
        ...


class ModelSource:
    """Which model, and how it is opened: small enough to travel to another process, where it is opened again.

    Args:
        model: A file, "file.py:function", a function, or a model that is open already, which stays in this process.
        card: As for `open_model`.
        device: "cpu", "cuda" or "cuda:1".
        threads: How many threads an inference may use; None for one a core.
    """

    def __init__(
        self, model: ModelLike, card: CardLike = None, device: str = "cpu", threads: int | None = None
    ) -> None:
        self.model, self.card, self.device, self.threads = model, card, device, threads
        self._opened = model if isinstance(model, Predictor) else None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_opened": None}

    @property
    def picklable(self) -> bool:
        """Whether other processes can open it too."""
        return not isinstance(self.model, Predictor)

    def opened(self) -> Predictor:
        """The model, opened on first use in each process.

        Raises:
            ModelError: As `open_model`.
        """
        if self._opened is None:
            assert not isinstance(self.model, Predictor)
            self._opened = open_model(self.model, self.card, device=self.device, threads=self.threads)
        return self._opened

    @property
    def identity(self) -> ModelIdentity:
        """Who answers."""
        found = self.opened()
        return ModelIdentity(found.name, found.sha256, found.task, found.labels)

    @property
    def metrics(self) -> tuple[OutputMetric, ...]:
        """What is measured on its answers."""
        return for_task(self.opened().task)

    @property
    def batch_size(self) -> int:
        """How many images it runs together."""
        return self.opened().batch

    @property
    def notes(self) -> tuple[str, ...]:
        """What of its card was assumed or guessed."""
        return self.opened().notes

    def on(self, ids: Iterable[str]) -> ModelSource:
        """Itself: it answers for any image."""
        return self

    def answers(self, ids: Sequence[str], images: Sequence[Pixels]) -> Sequence[Prediction | None]:
        """What the model says of images, whatever their names.

        Raises:
            ModelError: It fails.
        """
        return self.opened().predict(images)


class Waiting:
    """Images that wait until there are enough of them to ask about.

    Args:
        asked: Who.
    """

    def __init__(self, asked: PredictionSource) -> None:
        self._asked, self._metrics = asked, asked.metrics
        self._images: list[tuple[int, str, Pixels]] = []
        self._bytes = 0

    def add(self, row: int, id: str, pixels: Pixels) -> None:
        """Take an image."""
        self._images.append((row, id, pixels))
        self._bytes += pixels.nbytes

    @property
    def full(self) -> bool:
        """Whether it is time to ask."""
        return len(self._images) >= max(self._asked.batch_size, _FEWEST_AT_ONCE) or self._bytes >= _MOST_WAITING_BYTES

    def answers(self) -> Iterator[tuple[int, dict[str, Any] | MetricFailed]]:
        """What is said of those that wait, by row: the columns of their records, or why there are none.

        Raises:
            ModelError: The model fails.
        """
        waiting, self._images, self._bytes = self._images, [], 0
        if not waiting:
            return
        rows, ids, images = zip(*waiting, strict=True)
        for row, pixels, said in zip(rows, images, self._asked.answers(ids, images), strict=True):
            try:
                yield row, self._columns(said, pixels)
            except MetricFailed as error:
                yield row, error

    def _columns(self, said: Prediction | None, pixels: Pixels) -> dict[str, Any]:
        if said is None:
            return dict.fromkeys((metric.name for metric in self._metrics), math.nan)
        return {**prediction_row(said), **output_values(said, pixels, self._metrics)}
