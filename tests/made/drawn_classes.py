"""Folders of small pictures, a class each, that differ from one another: bars, rings, crosses and the like on noise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image


def drawn(kind: int, seed: int, side: int = 48) -> np.ndarray:
    """One picture: (side, side, 3) uint8; place and colour of the figure and the ground are drawn from the seed."""
    rng = np.random.default_rng((kind, seed))
    ground = rng.integers(0, 256, (6, 6, 3), np.uint8)
    picture = cv2.resize(ground, (side, side), interpolation=cv2.INTER_CUBIC) // 2
    colour = tuple(int(one) for one in rng.integers(160, 256, 3))
    x, y = (int(one) for one in rng.integers(side // 3, side - side // 3, 2))
    reach = int(rng.integers(side // 6, side // 3))
    if kind % 3 == 0:
        cv2.circle(picture, (x, y), reach, colour, 2)
    elif kind % 3 == 1:
        cv2.rectangle(picture, (x - reach, y - reach), (x + reach, y + reach), colour, -1)
    else:
        cv2.line(picture, (x - reach, y - reach), (x + reach, y + reach), colour, 3)
    return picture


def draw_classes(
    folder: Path, classes: Sequence[str] = ("ring", "square", "bar"), each: int = 6, side: int = 48, first: int = 0
) -> Path:
    """A folder per class, each with so many PNG files: 000.png ..."""
    for kind, label in enumerate(classes):
        (folder / label).mkdir(parents=True, exist_ok=True)
        for number in range(first, first + each):
            Image.fromarray(drawn(kind, number, side)).save(folder / label / f"{number:03d}.png")
    return folder
