"""What a file's declarations say of the columns in a detector's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lookoutcv.models.cards.file_facts import FileFacts
from lookoutcv.models.detection.box_decoding import cells

Array = np.ndarray[Any, Any]

# Sizes of the cells of usual detectors, and how many boxes a cell has.
_STRIDES = ((8, 16, 32), (16, 32), (8, 16, 32, 64), (4, 8, 16, 32), (8, 16), (16,), (32,), (8,))
_BOXES_A_CELL = (1, 3)


def columns_beside(facts: FileFacts, others: Sequence[Array]) -> int | None:
    """How many columns rows have beside a box, its scores or its class; None where the file should say and does not.

    Args:
        facts: Of the file: a pose has its key points, an oriented box its angle.
        others: The outputs beside the rows: objects with masks have as many coefficients as there are maps to mix.
    Example:
        >>> columns_beside(FileFacts("obb"), []), columns_beside(FileFacts(), [np.zeros((1, 32, 160, 160))])
        (1, 32)
    """
    if facts.task == "pose":
        return facts.keypoint_numbers
    if facts.task == "obb":
        return 1
    maps = [output for output in others if output.ndim == 4]
    if len(others) == len(maps) == 1 and facts.task in (None, "segment"):
        return _channels(maps[0].shape)
    return 0


def _channels(shape: tuple[int, ...]) -> int:
    """How many maps there are, first or last: the side that differs from the other two, which are often equal."""
    if shape[1] == shape[2] or shape[2] == shape[3]:
        return int(shape[3] if shape[1] == shape[2] else shape[1])
    return int(min(shape[1], shape[3]))


def fills_grids(count: int, size: tuple[int, int]) -> bool:
    """Whether so many rows are one, or three, for each cell of usual grids.

    Example:
        >>> fills_grids(8400, (640, 640)), fills_grids(300, (640, 640))
        (True, False)
    """
    return any(count == boxes * len(cells(size, strides)) for strides in _STRIDES for boxes in _BOXES_A_CELL)
