"""The model that is asked about every image that is measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import CorruptFile, MetricFailed
from lookoutcv.models import CardLike, Predictor, open_model
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.outputs.base import measured as output_values
from lookoutcv.predictions import TASKS, Task
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

    def same(self, other: ModelFacts) -> bool:
        """Whether the answers of both mean the same: one file or function, one task, the same labels.

        Example:
            >>> one = ModelFacts("a/net.onnx", "00ff", "classification", ("cat", "dog"))
            >>> one.same(ModelFacts("b/net.onnx", "00ff", "classification", ("cat", "dog")))
            True
        """
        return self._identity == other._identity

    @property
    def _identity(self) -> tuple[Any, ...]:
        # A file of functions holds several models; a function without a file has nothing but its name.
        function = self.name.rpartition(":")[2] if self.sha256 is None or ".py:" in self.name else ""
        return self.sha256, function, self.task, self.labels

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        return {"name": self.name, "sha256": self.sha256, "task": self.task, "labels": list(self.labels)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelFacts:
        """The inverse of `to_dict`.

        Raises:
            KeyError, TypeError, ValueError: The values are not what it gave.
        """
        sha256 = None if values["sha256"] is None else str(values["sha256"])
        if values["task"] not in TASKS or not isinstance(values["labels"], list):
            raise ValueError("no task, or no labels")
        return cls(str(values["name"]), sha256, values["task"], tuple(map(str, values["labels"])))


def described(model: ModelFacts | None) -> dict[str, Any]:
    """What a record file tells of the model."""
    return {} if model is None else {"model": model.to_dict()}


def respondent(metadata: Mapping[str, Any]) -> ModelFacts | None:
    """The model that `described` told of; None where there is none.

    Raises:
        CorruptFile: It is not what `described` gave.
    """
    told = metadata.get("model")
    try:
        return None if told is None else ModelFacts.from_dict(told)
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise CorruptFile(
            f"what the records say of their model is damaged ({type(reason).__name__}: {reason})",
            "Make them again with `lookout measure SOURCE --model MODEL -o records.parquet`.",
            path="",
        ) from reason


class Asked:
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
            self._opened = open_model(self.model, self.card, device=self.device, threads=self.threads)
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

    def add(self, row: int, pixels: Pixels) -> None:
        """Take an image."""
        self._images.append((row, pixels))
        self._bytes += pixels.nbytes

    @property
    def full(self) -> bool:
        """Whether it is time to ask."""
        return len(self._images) >= max(self._model.batch, _FEWEST_AT_ONCE) or self._bytes >= _MOST_WAITING_BYTES

    def answers(self) -> Iterator[tuple[int, dict[str, Any] | MetricFailed]]:
        """What the model says of those that wait, by row: the columns of their records, or why there are none.

        Raises:
            ModelError: The model fails.
        """
        waiting, self._images, self._bytes = self._images, [], 0
        said: Sequence[Any] = self._model.predict([pixels for _, pixels in waiting]) if waiting else ()
        for (row, pixels), prediction in zip(waiting, said, strict=True):
            try:
                yield row, {**answer_row(prediction), **output_values(prediction, pixels, self._metrics)}
            except MetricFailed as error:
                yield row, error
