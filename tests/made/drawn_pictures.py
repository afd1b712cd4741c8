"""Pictures of simple shapes in memory, as training takes the pixels of a part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from lookoutcv.models.cards.card import Input
from lookoutcv.models.input.framing import framed

SHAPES = ("circle", "cross", "square")


class DrawnPictures:
    """Shapes of random colour, size and place: `count` of each class.

    Args:
        card_input: How the network wants them.
        count: Of each class.
        seed: Of what is drawn.
        classes: How many of the shapes.
    """

    def __init__(self, card_input: Input, count: int, seed: int, classes: int = 3) -> None:
        random = np.random.default_rng(seed)
        self._input = card_input
        self.labels = np.repeat(np.arange(classes), count)
        self._pictures = [_drawn(int(label), random) for label in self.labels]
        self.sha256 = f"{seed}-{count}-{classes}"

    def __len__(self) -> int:
        return len(self.labels)

    def framed(self, indices: Sequence[int] | Any) -> Any:
        return np.stack([framed(self._pictures[index], self._input)[0] for index in indices])

    def roomy(self, indices: Sequence[int] | Any) -> list[Any]:
        return [self._pictures[index] for index in indices]


def _drawn(label: int, random: np.random.Generator) -> Any:
    pixels = np.full((40, 40, 3), random.integers(0, 90, 3), np.uint8)
    colour = tuple(int(value) for value in random.integers(150, 256, 3))
    x, y = (int(value) for value in random.integers(14, 26, 2))
    half = int(random.integers(7, 12))
    if label == 0:
        cv2.circle(pixels, (x, y), half, colour, -1)
    elif label == 1:
        cv2.line(pixels, (x - half, y - half), (x + half, y + half), colour, 3)
        cv2.line(pixels, (x - half, y + half), (x + half, y - half), colour, 3)
    else:
        cv2.rectangle(pixels, (x - half, y - half), (x + half, y + half), colour, -1)
    return pixels
