"""Which model it is whose predictions records, baselines and logs hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lookoutcv.errors import CorruptFile
from lookoutcv.predictions import TASKS, Task


@dataclass(frozen=True)
class ModelIdentity:
    """Which model: kept with record files and baselines, and told by whatever has predictions.

    Args:
        name: The model's path or name.
        sha256: Of its file; None for a function.
        task: What it is for.
        labels: One name a class.
        imported: Its predictions were made elsewhere and came in a file or a log: `sha256` is that of the file, or
            None, and the model is known by its name alone.
    """

    name: str
    sha256: str | None
    task: Task
    labels: tuple[str, ...]
    imported: bool = False

    def matches(self, other: ModelIdentity) -> bool:
        """Whether the predictions of both mean the same: one file or function, one task, the same labels.

        Where the predictions of one are imported, the name decides instead of the file, and its labels may be those
        that it happened to predict.

        Example:
            >>> one = ModelIdentity("a/net.onnx", "00ff", "classification", ("cat", "dog"))
            >>> one.matches(ModelIdentity("b/net.onnx", "00ff", "classification", ("cat", "dog")))
            True
        """
        if self.imported or other.imported:
            return self.task == other.task and self.name == other.name
        return self._key == other._key

    @property
    def _key(self) -> tuple[Any, ...]:
        # A file of functions holds several models; a function without a file has nothing but its name.
        function = self.name.rpartition(":")[2] if self.sha256 is None or ".py:" in self.name else ""
        return self.sha256, function, self.task, self.labels

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        values = {"name": self.name, "sha256": self.sha256, "task": self.task, "labels": list(self.labels)}
        return {**values, "imported": True} if self.imported else values

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
        return cls(str(values["name"]), sha256, values["task"], labels, values.get("imported") is True)


def model_metadata(model: ModelIdentity | None) -> dict[str, Any]:
    """The entry of a record file's metadata that tells of the model."""
    return {} if model is None else {"model": model.to_dict()}


def model_from_metadata(metadata: Mapping[str, Any]) -> ModelIdentity | None:
    """The model in what `model_metadata` gave; None where there is none.

    Raises:
        CorruptFile: It is not what `model_metadata` gave.
    """
    values = metadata.get("model")
    try:
        return None if values is None else ModelIdentity.from_dict(values)
    except (KeyError, TypeError, ValueError, AttributeError) as reason:
        raise CorruptFile(
            f"what the records say of their model is damaged ({type(reason).__name__}: {reason})",
            "Make them again with `lookout measure SOURCE --model MODEL -o records.parquet`.",
            path="",
        ) from reason
