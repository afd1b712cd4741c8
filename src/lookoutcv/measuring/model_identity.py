"""Who answered: what records and baselines keep of a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookoutcv.errors import CorruptFile
from lookoutcv.predictions import TASKS, Task


@dataclass(frozen=True)
class ModelIdentity:
    """Who answered: kept with records and baselines.

    Args:
        name: The model's path or name.
        sha256: Of its file; None for a function.
        task: What it is for.
        labels: One name a class.
        given: It answered elsewhere, and its answers came in a file: `sha256` is that of this file, and the model is
            known by its name alone.
    """

    name: str
    sha256: str | None
    task: Task
    labels: tuple[str, ...]
    given: bool = False

    def same(self, other: ModelIdentity) -> bool:
        """Whether the answers of both mean the same: one file or function, one task, the same labels.

        Where one answered elsewhere, the name decides instead of the file, and its labels may be those that it happened
        to answer.

        Example:
            >>> one = ModelIdentity("a/net.onnx", "00ff", "classification", ("cat", "dog"))
            >>> one.same(ModelIdentity("b/net.onnx", "00ff", "classification", ("cat", "dog")))
            True
        """
        if self.given or other.given:
            return self.task == other.task and self.name == other.name
        return self._identity == other._identity

    @property
    def _identity(self) -> tuple[Any, ...]:
        # A file of functions holds several models; a function without a file has nothing but its name.
        function = self.name.rpartition(":")[2] if self.sha256 is None or ".py:" in self.name else ""
        return self.sha256, function, self.task, self.labels

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        told = {"name": self.name, "sha256": self.sha256, "task": self.task, "labels": list(self.labels)}
        return {**told, "given": True} if self.given else told

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> ModelIdentity:
        """The inverse of `to_dict`.

        Raises:
            KeyError, TypeError, ValueError: The values are not what it gave.
        """
        sha256 = None if values["sha256"] is None else str(values["sha256"])
        if values["task"] not in TASKS or not isinstance(values["labels"], list):
            raise ValueError("no task, or no labels")
        labels = tuple(map(str, values["labels"]))
        return cls(str(values["name"]), sha256, values["task"], labels, values.get("given") is True)


def described(model: ModelIdentity | None) -> dict[str, Any]:
    """What a record file tells of the model."""
    return {} if model is None else {"model": model.to_dict()}


def respondent(metadata: Mapping[str, Any]) -> ModelIdentity | None:
    """The model that `described` told of; None where there is none.

    Raises:
        CorruptFile: It is not what `described` gave.
    """
    told = metadata.get("model")
    try:
        return None if told is None else ModelIdentity.from_dict(told)
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise CorruptFile(
            f"what the records say of their model is damaged ({type(reason).__name__}: {reason})",
            "Make them again with `lookout measure SOURCE --model MODEL -o records.parquet`.",
            path="",
        ) from reason
