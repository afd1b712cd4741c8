"""The rest of the picture is missing: a flat or repeated band where a file was cut off and a decoder filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lookoutcv.gate.judges.base import Limit, Numbers, judge
from lookoutcv.pixels.view import ImageView, Pixels

# Decoders fill whole rows of JPEG's blocks, which are 8 or 16 px high.
_LEAST_ROWS = 8
# The row of blocks in which a file ends is partly filled; what lies beyond it is whole.
_PARTLY_PX, _LOOKED_AT_PX = 34, 16
# Of a row of a photograph, the share of neighbours that differ, and of pixels that are not as the band is.
_LEAST_LIVELY, _LEAST_OTHER = 0.25, 0.9
# Upright pictures of which the stored bottom is elsewhere, by EXIF orientation: quarter turns that bring it down again.
_TURNS = {3: 2, 4: 2, 5: 3, 6: 1, 7: 1, 8: 3}


@judge(
    "truncation",
    Limit(
        "filled",
        high=0.03,
        above="it is cut off: the last {value} of its rows are flat or all the same, as of a file that broke off,"
        " at most {limit} is fit",
        form=".0%",
    ),
)
def truncation(view: ImageView, learnt: Mapping[str, Any]) -> Numbers:
    """Whether its end is a picture, too: the share of rows at its stored bottom that are a filling.

    A filling is a band of exactly equal rows (grey, black or a repeated row), from side to side, that begins in the
    midst of a photograph: above it neighbours differ in the whole width. Bars of both sides of a letterbox, a floor or
    a sky, a white ground, screens and drawings are none.
    """
    turned = np.rot90(view.luma, _TURNS.get(view.facts.exif_orientation or 1, 0))
    rows = _equal_at_end(turned)
    height = turned.shape[0]
    if rows < _LEAST_ROWS or not _breaks_off(turned, rows) or _equal_at_end(turned[::-1]) >= min(rows, _LEAST_ROWS):
        return Numbers({"filled": 0.0})
    colours = np.rot90(view.pixels, _TURNS.get(view.facts.exif_orientation or 1, 0))
    # Colours are stored coarser than brightness: they bleed across the edge.
    inner = colours[height - max(rows - _PARTLY_PX, _LEAST_ROWS) :]
    same = bool((inner == colours[-1]).all())
    return Numbers({"filled": rows / height if same else 0.0})


def _equal_at_end(luma: Pixels) -> int:
    """How many rows at the end equal the last."""
    last = luma[-1]
    height = len(luma)
    # Nearly every picture is through here.
    if height < 2 * _LEAST_ROWS or not np.array_equal(luma[-_LEAST_ROWS], last):
        return 0
    differ = np.flatnonzero((luma != last).any(axis=1))
    return height - 1 - int(differ[-1]) if differ.size else height


def _breaks_off(luma: Pixels, rows: int) -> bool:
    """Whether the picture goes on, in its whole width, right up to its last rows."""
    end = luma.shape[0] - rows - _PARTLY_PX
    above = luma[max(end - _LOOKED_AT_PX, 0) : max(end, 0)]
    if above.shape[0] < _LOOKED_AT_PX or luma.shape[1] < 2:
        return False
    lively = np.mean(above[:, 1:] != above[:, :-1])
    between_rows = np.mean(above[1:] != above[:-1])
    return bool(min(lively, between_rows) >= _LEAST_LIVELY and np.mean(above != luma[-1]) >= _LEAST_OTHER)
