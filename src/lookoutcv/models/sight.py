"""What a model sees of an image, and what it says of variants of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lookoutcv.models.input.framing import Framing, Pixels
from lookoutcv.predictions import Prediction


@dataclass(frozen=True, eq=False)
class Sight:
    """What a model sees of an image.

    Args:
        pixels: (h, w, 3) uint8 RGB: the image in the model's own size, cut or stretched.
        framing: How the image lies in it.
        tensor: (1, ...) what its network gets of them; None of a function, which is given images.
        predict: What the model says of such pictures, (N, h, w, 3) uint8; positions are in their pixels.
    """

    pixels: Pixels
    framing: Framing
    tensor: Any
    predict: Callable[[Any], list[Prediction]]
