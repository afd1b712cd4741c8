"""What a model looked at, over the image as it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.explanation.attribution import Attribution
from lookoutcv.predictions import Prediction

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
FloatArray = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class Heatmap:
    """How much each place of an image counts for one class.

    Args:
        label: The class, or the object, that is explained.
        score: What the model gave it, 0 to 1.
        values: (H, W) float32 over the shown image: 0 to 1, divided by the largest; NaN where the model saw nothing,
            because the image was cut for it.
        attribution: Where the values come from: method, layer, notes, whether there is something to draw.
        number: Of the class, in the order of the model's scores; of an object, in the order of the predictions.
    """

    label: str
    score: float
    values: FloatArray
    attribution: Attribution
    number: int = 0

    @property
    def usable(self) -> bool:
        """Whether there is something to draw."""
        return self.attribution.usable

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the map, in sentences."""
        return self.attribution.notes


@dataclass(frozen=True, eq=False)
class Explanation:
    """One image, what a model said of it, and what it looked at.

    Args:
        pixels: (H, W, 3) uint8 RGB: the image as it is shown, no larger than `SHOWN_PX` on a side.
        size: Height and width of the image itself.
        prediction: Of the model.
        heatmaps: One for each class that was explained, in their order.
        notes: What else is to be said, in sentences.
    """

    pixels: Pixels
    size: tuple[int, int]
    prediction: Prediction
    heatmaps: tuple[Heatmap, ...]
    notes: tuple[str, ...] = ()

    @property
    def heatmap(self) -> Heatmap:
        """The first one."""
        return self.heatmaps[0]
