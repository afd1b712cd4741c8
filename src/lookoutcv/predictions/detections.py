"""Objects and where they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch

FloatArray = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class Detections:
    """What a detector says of an image: n objects, n >= 0.

    Args:
        boxes: (n, 4) float32 x1, y1, x2, y2 in pixels of the upright image; x2 >= x1, y2 >= y1.
        labels: n names.
        confidences: (n,) float32, 0 to 1; NaN where the model gave none.
    Raises:
        ShapeMismatch: Their lengths differ.
    Example:
        >>> Detections.of([[10, 10, 30, 20]], ["dog"], [0.9]).labels
        ('dog',)
    """

    boxes: FloatArray
    labels: tuple[str, ...]
    confidences: FloatArray

    def __post_init__(self) -> None:
        count = len(self.labels)
        if self.boxes.shape != (count, 4) or self.confidences.shape != (count,):
            raise ShapeMismatch(
                f"{count} labels, boxes of shape {self.boxes.shape} and confidences of shape {self.confidences.shape}",
                "Give one box of four numbers, one label and one confidence an object.",
                shape=self.boxes.shape,
            )

    @classmethod
    def of(cls, boxes: Any, labels: Sequence[str], confidences: Any) -> Detections:
        """Of anything that numpy takes; corners in either order."""
        corners = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
        ordered = np.concatenate(
            [np.minimum(corners[:, :2], corners[:, 2:]), np.maximum(corners[:, :2], corners[:, 2:])], axis=1
        )
        return cls(ordered, tuple(labels), np.asarray(confidences, dtype=np.float32).reshape(-1))

    @classmethod
    def none(cls) -> Detections:
        """No object was found."""
        return cls(np.zeros((0, 4), np.float32), (), np.zeros(0, np.float32))

    def __len__(self) -> int:
        return len(self.labels)
