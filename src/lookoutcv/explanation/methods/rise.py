"""Maps from the scores of many randomly masked copies of the image."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lookoutcv.explanation.asked_scores import BATCH, Questions
from lookoutcv.explanation.methods.base import score_method

# As published: a grid of 7 x 7, each cell kept with a probability of one half.
_GRID = 7
_KEPT = 0.5
# A mask varies over a seventh of a side; more places of it than these tell nothing further.
_MAP_SIDE = 56


@score_method("rise", source="Petsiuk et al., RISE, BMVC 2018", samples=1000)
def rise(questions: Questions) -> np.ndarray[Any, Any]:
    """How far the score of randomly masked images goes with a place being kept."""
    height, width = questions.image.shape[:2]
    scale = min(1.0, _MAP_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    shape = size[1], size[0]
    weighted, masked, scored = np.zeros(shape), np.zeros(shape), 0.0
    for start in range(0, questions.samples, BATCH):
        masks = random_masks(questions.rng, min(BATCH, questions.samples - start), height, width)
        scores = questions.kept(masks)
        for mask, score in zip(masks, scores, strict=True):
            small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
            weighted += score * small
            masked += small
        scored += float(scores.sum())
    # The published mean of score times mask is this plus the mean score at every place, which says nothing of places.
    return (weighted / questions.samples - scored / questions.samples * masked / questions.samples) / _KEPT


def random_masks(rng: np.random.Generator, count: int, height: int, width: int) -> np.ndarray[Any, Any]:
    """Smooth masks: (count, height, width) float32 from 0, removed, to 1, kept.

    A grid of zeros and ones, enlarged and shifted by part of a cell.

    Example:
        >>> random_masks(np.random.default_rng(0), 2, 10, 20).shape
        (2, 10, 20)
    """
    masks = np.empty((count, height, width), np.float32)
    cell = -(-height // _GRID), -(-width // _GRID)
    for mask in masks:
        grid = (rng.random((_GRID + 1, _GRID + 1)) < _KEPT).astype(np.float32)
        large = cv2.resize(grid, ((_GRID + 1) * cell[1], (_GRID + 1) * cell[0]), interpolation=cv2.INTER_LINEAR)
        y, x = (int(rng.integers(side)) for side in cell)
        mask[:] = large[y : y + height, x : x + width]
    return masks
