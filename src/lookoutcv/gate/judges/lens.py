"""A dirty or partly covered lens: what stays dark, flat or blurred at the same place while all else changes."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from lookoutcv.gate.judges.base import Limit, Numbers, judge
from lookoutcv.pixels.view import ImageView, Pixels

_ROWS, _COLUMNS, _CELL_PX = 12, 16, 8
# Over so many different pictures, how far a place must fall behind, in log2 of detail: chosen on half of the
# photographs of docs/benchmarks.md so that clean lenses stay below.
_BEHIND = {16: 2.3, 32: 1.55, 64: 1.1}
# The rest of a spot falls behind less than its middle.
_OF_A_SPOT, _LEAST_CELLS = 0.6, 3
# Looking costs as much as decoding, so that only every so-many-th new picture makes it look.
_LOOKED_EVERY = 4
# What one picture in ten shows at a place, the place can show.
_CAN_SHOW = 0.9
# Pictures that differ by less, in log2 of detail of a cell, tell nothing new. Of a camera that looks at one scene
# nobody knows whether a wall is flat or the lens dirty: half its cells vary by less around what they mostly show.
_LEAST_NEW, _LEAST_VARIED = 0.9, 0.5
# Grey levels: what a sensor's noise leaves in a cell, and the least that a picture must have for it to tell anything.
_FLOOR, _LEAST_DETAIL = 0.2, 1.0
# The scenes of most cameras are alike to the left and to the right; only in the middle a place has no counterpart.
_MIDDLE = slice(5, 11)
_DARK, _FLAT = 0.5, 1.5


@dataclass
class _Memory:
    """A camera's last different pictures.

    Args:
        details: Of each picture, log2 of the detail of its cells over that of its median cell.
        levels: Of each picture, the mean luma of its cells.
        numbers: Of each picture, its number among all images of the camera.
        seen: How many images there were.
        new: How many of them told something new.
        wide: Whether the last was wider than high; of a camera that was turned, all is forgotten.
        last: What was found after the last picture that told something new.
    """

    details: deque[Any] = field(default_factory=lambda: deque(maxlen=max(_BEHIND)))
    levels: deque[Any] = field(default_factory=lambda: deque(maxlen=max(_BEHIND)))
    numbers: deque[int] = field(default_factory=lambda: deque(maxlen=max(_BEHIND)))
    seen: int = 0
    new: int = 0
    wide: bool = True
    last: tuple[float, str, int] = (math.nan, "", 0)


@judge(
    "lens",
    Limit("share", high=0.01, above="the same {value} of the picture", form=".0%", own=False),
    memory=_Memory,
)
def lens(view: ImageView, learnt: Mapping[str, Any], memory: _Memory) -> Numbers:
    """Whether its lens is clean: the share of the picture that stays dark, flat or blurred while the rest changes.

    It abstains until a camera has sent 16 different pictures, and where a camera always looks at the same scene. A
    place is suspected only where it falls behind the whole picture, its row, and its counterpart across the middle:
    the sky above, a bonnet below and empty borders do so in none or not in all of them.
    """
    if min(view.height, view.width) < _ROWS * _CELL_PX:
        return Numbers({"share": math.nan})
    memory.seen += 1
    if (view.width >= view.height) != memory.wide:
        memory.details.clear()
        memory.levels.clear()
        memory.numbers.clear()
        memory.wide, memory.last = view.width >= view.height, (math.nan, "", 0)
    levels, detail = _cells(view.luma)
    typical = float(np.median(detail))
    relative = (np.log2(detail + _FLOOR) - math.log2(typical + _FLOOR)).astype(np.float16)
    if typical >= _LEAST_DETAIL and (not memory.details or _differ(relative, memory.details[-1]) >= _LEAST_NEW):
        memory.details.append(relative)
        memory.levels.append(np.clip(levels, 0, 255).astype(np.uint8))
        memory.numbers.append(memory.seen)
        memory.new += 1
        if memory.new % _LOOKED_EVERY == 0:
            memory.last = _found(memory)
    share, where, first = memory.last
    if not share > 0:
        return Numbers({"share": share})
    since = memory.seen - first + 1
    text = f"{where} over the last {since} images of this camera: its lens may be dirty or partly covered"
    return Numbers({"share": share}, details={"share": text})


def _cells(luma: Pixels) -> tuple[Any, Any]:
    """Mean luma and mean |Laplacian| of each cell of the reduced picture, (12, 16)."""
    size = (_COLUMNS * _CELL_PX, _ROWS * _CELL_PX)
    small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    detail = np.abs(cv2.Laplacian(small, cv2.CV_32F, ksize=1))
    cells = (_COLUMNS, _ROWS)
    return cv2.resize(small, cells, interpolation=cv2.INTER_AREA), cv2.resize(
        detail, cells, interpolation=cv2.INTER_AREA
    )


def _differ(one: Any, other: Any) -> float:
    return float(np.sqrt(np.mean((one.astype(np.float32) - other) ** 2)))


def _found(memory: _Memory) -> tuple[float, str, int]:
    """The share of the picture that stays behind, how and where, and the number of the first image that shows it."""
    share = math.nan
    for count in sorted(_BEHIND, reverse=True):
        if len(memory.details) < count:
            continue
        details = np.stack(list(memory.details)[-count:]).astype(np.float32)
        if _varied(details) < _LEAST_VARIED:
            continue
        share = 0.0
        spot = _spot(_behind(details), _BEHIND[count])
        if spot.any():
            levels = np.stack(list(memory.levels)[-count:]).astype(np.float32)
            return float(spot.mean()), f"{_place(spot)} stays {_look(spot, details, levels)}", memory.numbers[-count]
    return share, "", 0


def _varied(details: Any) -> float:
    """Median over cells of how far, in the median, they lie from their own median."""
    return float(np.median(np.median(np.abs(details - np.median(details, axis=0)), axis=0)))


def _behind(details: Any) -> Any:
    """How far the most detailed pictures of each cell fall behind the picture, the row and the counterpart."""
    shown = np.quantile(details, _CAN_SHOW, axis=0)
    rivals = np.minimum(float(np.median(shown)), np.median(shown, axis=1, keepdims=True))
    counterpart = shown[:, ::-1].copy()
    counterpart[:, _MIDDLE] = np.inf
    return np.minimum(rivals, counterpart) - shown


def _spot(behind: Any, least: float) -> Any:
    """The cells of all spots: together, some of them far behind."""
    _, seeds = cv2.connectedComponents((behind > least).astype(np.uint8), connectivity=4)
    large = [one for one in range(1, int(seeds.max()) + 1) if np.count_nonzero(seeds == one) >= _LEAST_CELLS]
    _, spots = cv2.connectedComponents((behind > _OF_A_SPOT * least).astype(np.uint8), connectivity=4)
    return np.isin(spots, np.unique(spots[np.isin(seeds, large)]))


def _place(spot: Any) -> str:
    rows, columns = (np.mean(where) / side for where, side in zip(np.nonzero(spot), (_ROWS, _COLUMNS), strict=True))
    down = "upper" if rows < 1 / 3 else "lower" if rows > 2 / 3 - 1 / _ROWS else ""
    across = "left" if columns < 1 / 3 else "right" if columns > 2 / 3 - 1 / _COLUMNS else ""
    if down and across:
        return f"at the {down} {across}"
    return f"at the {across}" if across else f"at the {down} edge" if down else "in the middle"


def _look(spot: Any, details: Any, levels: Any) -> str:
    median_levels = np.median(levels, axis=0)
    if float(median_levels[spot].mean()) < _DARK * float(np.median(median_levels[~spot])):
        return "dark"
    lost = float(np.median(details[:, ~spot])) - float(np.median(details[:, spot]))
    return "flat" if lost > 2 * _FLAT else "blurred"
