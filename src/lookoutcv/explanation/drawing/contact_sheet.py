"""Several images with their maps on one picture: a row an image, a column a class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookoutcv.explanation.drawing.heatmap import Explanation, Pixels
from lookoutcv.explanation.drawing.overlay import captioned

_GAP_PX = 8


def contact_sheet(explanations: Sequence[tuple[str, Explanation]], *, originals: bool = True) -> Pixels:
    """One picture of all of them.

    Args:
        explanations: Name and explanation of each image.
        originals: The image itself stands before its maps.
    Returns:
        (H, W, 3) uint8 RGB on white.
    Raises:
        ValueError: There are none.
    """
    rows = []
    for name, one in explanations:
        cells = [one.pixels] if originals else []
        cells += [
            captioned(one.pixels, heatmap, name if place == 0 else "") for place, heatmap in enumerate(one.heatmaps)
        ]
        rows.append(_beside(cells))
    return _below(rows)


def _beside(cells: Sequence[Pixels]) -> Pixels:
    height = max(cell.shape[0] for cell in cells)
    padded = [_padded(cell, height, cell.shape[1] + _GAP_PX) for cell in cells]
    return np.concatenate(padded, axis=1)


def _below(rows: Sequence[Pixels]) -> Pixels:
    width = max(row.shape[1] for row in rows)
    return np.concatenate([_padded(row, row.shape[0] + _GAP_PX, width) for row in rows], axis=0)


def _padded(cell: Pixels, height: int, width: int) -> Pixels:
    canvas = np.full((height, width, 3), 255, np.uint8)
    canvas[: cell.shape[0], : cell.shape[1]] = cell
    return canvas
