"""The model that is asked about every image that is measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.models import CardLike, Predictor, open_model
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.outputs.base import measured as output_values
from lookoutcv.predictions import Task
from lookoutcv.records.answers import answer_row

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
ModelLike = str | os.PathLike[str] | Callable[..., Any] | Predictor

# Images wait for their batch decoded; of large ones fewer do.
_MOST_WAITING_BYTES = 64 << 20
_FEWEST_AT_ONCE = 16


@dataclass(frozen=True)
class ModelFacts:
    """Who answered: kept with records and baselines.

    Args:
        name: The model's path or name.
        sha256: Of its file; None for a function.
        task: What it is for.
        labels: One name a class.
    """

    name: str
    sha256: str | None
    task: Task
    labels: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"name": self.name, "sha256": self.sha256, "task": self.task, "labels": list(self.labels)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelFacts:
        """The inverse of `to_dict`."""
        sha256 = None if values["sha256"] is None else str(values["sha256"])
        return cls(str(values["name"]), sha256, values["task"], tuple(map(str, values["labels"])))


class Asked:
    """Which model, and how it is opened: small enough to travel to another process, where it is opened again.

    Args:
        model: A file, "file.py:function", a function, or a model that is open already, which stays in this process.
        card: As for `open_model`.
        device: "cpu", "cuda" or "cuda:1".
    """

    def __init__(self, model: ModelLike, card: CardLike = None, device: str = "cpu") -> None:
        self.model, self.card, self.device = model, card, device
        self._opened = model if isinstance(model, Predictor) else None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_opened": None}

    @property
    def travels(self) -> bool:
        """Whether other processes can open it too."""
        return not isinstance(self.model, Predictor)

    def opened(self) -> Predictor:
        """The model, opened on first use in each process.

        Raises:
            ModelError: As `open_model`.
        """
        if self._opened is None:
            assert not isinstance(self.model, Predictor)
            self._opened = open_model(self.model, self.card, device=self.device)
        return self._opened

    @property
    def facts(self) -> ModelFacts:
        """Who answers."""
        found = self.opened()
        return ModelFacts(found.name, found.sha256, found.task, found.labels)

    @property
    def metrics(self) -> tuple[OutputMetric, ...]:
        """What is measured on its answers."""
        return for_task(self.opened().task)


class Waiting:
    """Images that wait until there are enough of them to ask a model about.

    Args:
        asked: Which model.
    """

    def __init__(self, asked: Asked) -> None:
        self._model = asked.opened()
        self._metrics = asked.metrics
        self._images: list[tuple[int, Pixels]] = []
        self._bytes = 0

    def add(self, row: int, pixels: Pixels) -> Iterator[tuple[int, dict[str, Any]]]:
        """Take an image; where that makes a batch, the answers to all that waited, by row."""
        self._images.append((row, pixels))
        self._bytes += pixels.nbytes
        if len(self._images) >= max(self._model.batch, _FEWEST_AT_ONCE) or self._bytes >= _MOST_WAITING_BYTES:
            yield from self.answers()

    def answers(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """The answers to those that wait: the columns of their records."""
        waiting, self._images, self._bytes = self._images, [], 0
        said: Sequence[Any] = self._model.predict([pixels for _, pixels in waiting]) if waiting else ()
        for (row, pixels), prediction in zip(waiting, said, strict=True):
            yield row, {**answer_row(prediction), **output_values(prediction, pixels, self._metrics)}
