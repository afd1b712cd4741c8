"""The box of a mask, as COCO files write masks: polygons, run lengths, and run lengths as compressed text.

The mask itself is not made: a box follows from where its runs begin and end.
Source: the run-length format of pycocotools (`maskApi.c`), against which the tests compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

# A picture of 120 megapixels has no more runs; a number of the compressed text has no more than seven characters.
_MOST_PIXELS = 2**31
_MOST_CHARACTERS = 7


def box_of_outline(outline: Any, size: tuple[int, int] | None = None) -> list[float] | None:
    """The box around a mask: x, y, width, height.

    Args:
        outline: Polygons, each a list x, y, x, y ..., or one such list; or run lengths: an object of `size`, height
            and width, and `counts`, a list or compressed text.
        size: Width and height of the image, where that is known.
    Returns:
        None where the outline holds nothing.
    Raises:
        ValueError: Run lengths that are none, or of a mask that has another size than the image.
    Example:
        >>> box_of_outline([[1, 2, 5, 2, 5, 9]]), box_of_outline({"size": [3, 4], "counts": [4, 2, 1, 1, 4]})
        ([1, 2, 4, 7], [1.0, 1.0, 2.0, 2.0])
    """
    if isinstance(outline, dict):
        return _of_runs(outline, size)
    return _of_polygons(outline) if isinstance(outline, list) else None


def _of_polygons(outline: list[Any]) -> list[float] | None:
    nested = all(isinstance(polygon, list) for polygon in outline)
    flat = [number for polygon in outline for number in polygon] if nested else outline
    if len(flat) < 6 or len(flat) % 2 or not all(isinstance(number, int | float) for number in flat):
        return None
    x, y = flat[::2], flat[1::2]
    return [min(x), min(y), max(x) - min(x), max(y) - min(y)]


def _of_runs(outline: dict[str, Any], size: tuple[int, int] | None) -> list[float] | None:
    sides, counts = outline.get("size"), outline.get("counts")
    if not (isinstance(sides, list) and len(sides) == 2 and all(_is_count(side) for side in sides)):
        raise ValueError("a mask without its size")
    height, width = map(int, sides)
    if size is not None and (width, height) != size:
        raise ValueError(f"a mask of {width} x {height} px in an image of {size[0]} x {size[1]}")
    runs = runs_of_text(counts) if isinstance(counts, str) else counts
    if not isinstance(runs, list) or not all(map(_is_count, runs)) or sum(runs) > height * width:
        raise ValueError("a mask whose run lengths do not fit its size")
    return _around(runs, height)


def _around(runs: Sequence[float], height: int) -> list[float] | None:
    """The box of runs that go down each column, of nothing and something in turn."""
    ends = [0]
    for run in runs:
        ends.append(ends[-1] + int(run))
    spans = [(begin, end - 1) for begin, end in list(pairwise(ends))[1::2] if end > begin]
    if not spans:
        return None
    left, right = spans[0][0] // height, spans[-1][1] // height
    # A run into the next column goes to the bottom of its own and begins the next at the top.
    into_next = any(first // height != last // height for first, last in spans)
    top = 0 if into_next else min(first % height for first, _ in spans)
    bottom = height - 1 if into_next else max(last % height for _, last in spans)
    return [float(left), float(top), float(right - left + 1), float(bottom - top + 1)]


def runs_of_text(text: str) -> list[int]:
    """The run lengths that a compressed text holds.

    Raises:
        ValueError: It is none.
    Example:
        >>> runs_of_text("421O3")
        [4, 2, 1, 1, 4]
    """
    runs: list[int] = []
    value = place = 0
    for character in text:
        bits = ord(character) - 48
        if not 0 <= bits < 64 or place >= _MOST_CHARACTERS:
            raise ValueError("a mask whose run lengths are no such text")
        value |= (bits & 31) << (5 * place)
        place += 1
        if not bits & 32:
            negative = -1 << (5 * place) if bits & 16 else 0
            # From the fourth on, the difference to the one before the last is written.
            runs.append((value | negative) + (runs[-2] if len(runs) > 2 else 0))
            value = place = 0
    if place:
        raise ValueError("a mask whose run lengths are cut off")
    return runs


def _is_count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _MOST_PIXELS
