"""Maps from covering one part of the image after the other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lookoutcv.explanation.asked_scores import BATCH, Questions
from lookoutcv.explanation.methods.base import score_method

# A window covers so many cells of the map each way, and moves by one: what lies across two windows is seen whole.
_WINDOW = 2


@score_method(
    "occlusion",
    source="Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014",
    samples=169,
)
def occlusion(questions: Questions) -> np.ndarray[Any, Any]:
    """How much the score falls where a window of the image is covered by its mean colour."""
    height, width = questions.image.shape[:2]
    rows, columns = _cells(height, width, questions.samples)
    down, across = _edges(height, rows), _edges(width, columns)
    fallen, covered = np.zeros((rows, columns)), np.zeros((rows, columns))
    window = min(_WINDOW, rows), min(_WINDOW, columns)
    corners = [(y, x) for y in range(rows - window[0] + 1) for x in range(columns - window[1] + 1)]
    for start in range(0, len(corners), BATCH):
        batch = corners[start : start + BATCH]
        masks = np.ones((len(batch), height, width), np.float32)
        for mask, (y, x) in zip(masks, batch, strict=True):
            mask[down[y] : down[y + window[0]], across[x] : across[x + window[1]]] = 0
        for (y, x), score in zip(batch, questions.kept(masks), strict=True):
            fallen[y : y + window[0], x : x + window[1]] += questions.whole - score
            covered[y : y + window[0], x : x + window[1]] += 1
    return fallen / covered


def _cells(height: int, width: int, samples: int) -> tuple[int, int]:
    """Rows and columns of nearly square cells, of which no more windows can be taken than there are samples."""
    down = max(1, min(int(math.sqrt(samples * height / width)), samples, height - 1))
    across = max(1, min(samples // down, math.ceil(math.sqrt(samples * width / height)), width - 1))
    return min(height, down + _WINDOW - 1), min(width, across + _WINDOW - 1)


def _edges(side: int, cells: int) -> list[int]:
    return [round(side * cell / cells) for cell in range(cells + 1)]
