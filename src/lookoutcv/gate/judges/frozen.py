"""A camera that is frozen: the same picture again and again, exactly or stored anew, one or a few in turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lookoutcv.gate.judges.base import Limit, Numbers, judge
from lookoutcv.pixels.view import ImageView, Pixels

# A camera that alternates shows that many pictures at most.
_REMEMBERED = 4
# Pixels that are compared, in cells of 6 x 6.
_ROWS, _COLUMNS, _CELL = 72, 96, 6
# Sensors are never still: two pictures of one scene differ by .26 grey levels even where the noise has a sigma of .3,
# a picture that is stored anew at no lower quality mostly by less than .2 (docs/benchmarks.md).
_MOST_DIFFERENCE, _MOST_IN_A_CELL = 0.2, 1.0
# A clock may run on at the upper or lower edge, in so many of the 192 cells.
_EDGE_CELLS, _CLOCK_CELLS = 2, 16


@dataclass
class _Memory:
    """The last different pictures of a camera.

    Args:
        pictures: The size and some pixels of each.
        images: How many images in a row, this one included, showed nothing but them.
    """

    pictures: deque[tuple[tuple[int, int], Pixels]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    images: int = 0


@judge(
    "frozen",
    Limit(
        "images",
        high=4,
        above="the camera may be frozen: its last {value} images show nothing new, at most {limit} is usual",
        form=".0f",
        own=False,
    ),
    memory=_Memory,
)
def frozen(view: ImageView, learnt: Mapping[str, Any], memory: _Memory) -> Numbers:
    """Whether its camera still sends new pictures: how many images in a row show one of its last four pictures.

    A scene in which nothing moves is new each time, for the sake of the sensor's noise; a picture that does not change
    by a bit, or a uniform one, is not. A clock at the edge may run on.
    """
    size, pixels = (view.height, view.width), _some_pixels(view.luma)
    known = any(size == other and _same(pixels, before) for other, before in memory.pictures)
    if known:
        memory.images += 1
    else:
        memory.pictures.append((size, pixels))
        memory.images = 1
    return Numbers({"images": float(memory.images)})


def _some_pixels(luma: Pixels) -> Pixels:
    rows, columns = (
        (np.arange(count) * side + side // 2) // count
        for count, side in zip((_ROWS, _COLUMNS), luma.shape, strict=True)
    )
    some: Pixels = luma[rows[:, None], columns]
    return some


def _same(one: Pixels, other: Pixels) -> bool:
    if np.array_equal(one, other):
        return True
    differences = _cells(np.abs(one.astype(np.int16) - other)).mean(axis=(1, 3))
    moved = differences > _MOST_IN_A_CELL
    at_edge = moved.copy()
    at_edge[_EDGE_CELLS:-_EDGE_CELLS] = False
    if (moved & ~at_edge).any() or at_edge.sum() > _CLOCK_CELLS:
        return False
    # Where a picture is black or burnt out it does not change, however much the camera lives.
    lively = (np.ptp(_cells(one), axis=(1, 3)) > 0) & ~at_edge
    return bool(lively.any()) and float(differences[lively].mean()) <= _MOST_DIFFERENCE


def _cells(pixels: Any) -> Any:
    return pixels.reshape(_ROWS // _CELL, _CELL, _COLUMNS // _CELL, _CELL)
