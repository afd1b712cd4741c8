"""What is really in an image, as a person marked it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions.detections import Detections

FloatArray = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class TrueObjects:
    """Objects that people marked in an image, n >= 0, in the form that a data set keeps them in.

    Args:
        boxes: (n, 4) float32 x1, y1, x2, y2; in pixels of the upright image or, where `relative`, as shares of its
            width and height.
        labels: n names.
        relative: Boxes are shares of the sides, as in YOLO data sets: pixels are known once the image is read.
        crowd: n truth values, or none at all: whether a box is a region that nobody counted, such as a crowd of COCO.
            What a detector finds there is neither right nor wrong.
    Raises:
        ShapeMismatch: Their lengths differ.
    Example:
        >>> TrueObjects.of([[0.5, 0, 1, 1]], ["dog"], relative=True).in_pixels(200, 100).boxes.tolist()
        [[100.0, 0.0, 200.0, 100.0]]
    """

    boxes: FloatArray
    labels: tuple[str, ...]
    relative: bool = False
    crowd: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        if self.boxes.shape != (len(self.labels), 4) or len(self.crowd) not in (0, len(self.labels)):
            crowds = f" and {len(self.crowd)} flags of crowds" if self.crowd else ""
            raise ShapeMismatch(
                f"{len(self.labels)} labels and boxes of shape {self.boxes.shape}{crowds}",
                "Give one box of four numbers and one label an object.",
                shape=self.boxes.shape,
            )

    @classmethod
    def of(
        cls, boxes: Any, labels: Sequence[str], *, relative: bool = False, crowd: Sequence[bool] = ()
    ) -> TrueObjects:
        """Of anything that numpy takes."""
        corners = np.asarray(boxes, dtype=np.float32).reshape(-1, 4)
        return cls(corners, tuple(labels), relative, tuple(map(bool, crowd)))

    @classmethod
    def none(cls) -> TrueObjects:
        """Somebody looked, and there is no object."""
        return cls.of([], [])

    def in_pixels(self, width_px: int, height_px: int) -> Detections:
        """The objects in an image of a known size, as a detector that is always right would predict.

        Args:
            width_px, height_px: Of the upright image.
        Returns:
            Boxes within the image, corners in order; confidences 1, and 0 for crowds.
        """
        sides = np.array([width_px, height_px, width_px, height_px], dtype=np.float32)
        corners = self.boxes * sides if self.relative else self.boxes
        counted = 1 - np.array(self.crowd or (False,) * len(self.labels), dtype=np.float32)
        return Detections.of(np.clip(corners, 0, sides), self.labels, counted)
