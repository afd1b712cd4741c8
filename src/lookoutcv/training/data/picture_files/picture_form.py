"""The forms in which pictures are wanted: framed for a model's input, or whole and somewhat larger, to augment."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.models.input.framing import framed
from lookoutcv.training.data.division import Pixels
from lookoutcv.training.data.picture_files.flat_file import FlatFile

# Of the input's side: what 224 px are cut from is 256 in the recipes of ImageNet.
ROOMY_RATIO = 256 / 224


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture lies in a file, and its shape."""

    start: int
    shape: tuple[int, ...]


@dataclass
class PictureForm:
    """Pictures in one form.

    Args:
        input: Of the model.
        roomy: Whole and larger, in the place of framed.
        file: Where they are kept; None where none are.
        places: Those that are kept, by the number of their sample.
    """

    input: Input
    roomy: bool
    file: FlatFile | None = None
    places: dict[int, Place] = field(default_factory=dict)

    def made(self, pixels: Pixels) -> Pixels:
        """A picture in this form."""
        return roomier(pixels, self.input) if self.roomy else framed(pixels, self.input)[0]


def form_key(input: Input, roomy: bool) -> tuple[Any, ...]:
    """What decides on the pixels: mean, std and the like come later."""
    if roomy:
        return "roomy", max(input.size or (0,))
    return (input.size, input.resize, input.place, input.fill, input.crop, input.interpolation)


def roomier(pixels: Pixels, input: Input) -> Pixels:
    """A whole picture, reduced until its shorter side is about a seventh larger than the input; never enlarged.

    Args:
        pixels: (H, W, 3).
        input: `size` must be known.
    Example:
        >>> roomier(np.zeros((500, 1000, 3), np.uint8), Input(size=(224, 224))).shape
        (256, 512, 3)
    """
    assert input.size is not None  # known before
    height, width = pixels.shape[:2]
    side = math.ceil(max(input.size) * ROOMY_RATIO)
    factor = side / min(height, width)
    if factor >= 1:
        return np.ascontiguousarray(pixels)
    size = (round(width * factor), round(height * factor))
    return cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]
