"""A model that is run, as a source of predictions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lookoutcv.errors import RuntimeDied
from lookoutcv.measuring.predictions.prediction_source import Pixels
from lookoutcv.models import CardLike, Predictor, open_model
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.predictions import Prediction
from lookoutcv.records.model_identity import ModelIdentity

ModelLike = str | os.PathLike[str] | Callable[..., Any] | Predictor


class ModelSource:
    """Which model, and how it is opened: small enough to travel to another process, where it is opened again.

    Args:
        model: A file, "file.py:function", a function, or a model that is open already, which stays in this process.
        card: As for `open_model`.
        device: "cpu", "cuda" or "cuda:1".
        threads: How many threads an inference may use; None for one a core.
        trust: As for `open_model`.
    """

    def __init__(
        self,
        model: ModelLike,
        card: CardLike = None,
        device: str = "cpu",
        threads: int | None = None,
        *,
        trust: bool = False,
    ) -> None:
        self.model, self.card, self.device, self.threads, self.trust = model, card, device, threads, trust
        self._predictor = model if isinstance(model, Predictor) else None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_predictor": None}

    @property
    def picklable(self) -> bool:
        """Whether other processes can open it too."""
        return not isinstance(self.model, Predictor)

    @property
    def predictor(self) -> Predictor:
        """The model, opened on first use in each process.

        Raises:
            ModelError: As `open_model`.
        """
        if self._predictor is None:
            assert not isinstance(self.model, Predictor)
            self._predictor = open_model(
                self.model, self.card, device=self.device, threads=self.threads, trust=self.trust
            )
        return self._predictor

    @property
    def identity(self) -> ModelIdentity:
        """Which model predicts."""
        predictor = self.predictor
        return ModelIdentity(predictor.name, predictor.sha256, predictor.task, predictor.labels)

    @property
    def metrics(self) -> tuple[OutputMetric, ...]:
        """What is measured on its predictions."""
        return for_task(self.predictor.task)

    @property
    def batch_size(self) -> int:
        """How many images it runs together."""
        return self.predictor.batch

    @property
    def definition(self) -> str | None:
        """The model's file, its card, and where it runs; None of a function, which may follow from anything."""
        predictor = self.predictor
        if predictor.sha256 is None or ".py:" in predictor.name:
            return None
        return repr((predictor.sha256, predictor.card, predictor.labels, self.device, self.threads, self.trust))

    @property
    def notes(self) -> tuple[str, ...]:
        """What of its card was assumed or guessed."""
        return self.predictor.notes

    def for_images(self, ids: Iterable[str]) -> ModelSource:
        """Itself: it predicts for any image."""
        return self

    def predict(self, ids: Sequence[str], images: Sequence[Pixels]) -> Sequence[Prediction | RuntimeDied | None]:
        """What the model says of images, whatever their names.

        Raises:
            ModelError: It fails.
        """
        return self.predictor.predict_each(images)
