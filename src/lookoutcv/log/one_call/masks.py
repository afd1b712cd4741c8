"""Masks in the forms that people hold, as one class map: arrays, COCO run lengths, polygons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np

from lookoutcv.errors import ShapeMismatch

BoolArray = np.ndarray[Any, np.dtype[np.bool_]]

# The largest image that is read by default, see `images.Limits`.
MOST_PIXELS = 120_000_000


def mask_of(form: Any, size: tuple[int, int] | None = None) -> BoolArray:
    """One object's mask.

    Args:
        form: (H, W) array, not 0 where the object is; COCO run lengths, {"size": [h, w], "counts": list or text}; or
            polygons, [x1, y1, x2, y2 ...] or a list of them, in pixels.
        size: Height and width; needed for polygons.
    Returns:
        (H, W) bool.
    Raises:
        ShapeMismatch: It is none of these, or too large.
    Example:
        >>> mask_of({"size": [2, 2], "counts": [1, 2, 1]}).tolist()
        [[False, True], [True, False]]
    """
    if isinstance(form, Mapping):
        return _of_runs(form)
    if _is_polygons(form):
        return _of_polygons(form, size)
    array = np.asarray(form)
    if array.ndim != 2 or array.dtype.kind not in "buif":
        raise ShapeMismatch(f"a mask of shape {array.shape}", "Give (H, W), run lengths or polygons.")
    return np.asarray(array != 0)


def _is_polygons(form: Any) -> bool:
    if not isinstance(form, Sequence) or isinstance(form, str | bytes) or not form:
        return False
    first = form[0]
    if isinstance(first, Sequence | np.ndarray):
        # A nested list is a plane where its rows are numbers of one length; polygons have at least three corners and
        # are seldom of one length, so a plane must come as an array.
        return True
    return isinstance(first, int | float | np.number)


def _of_runs(form: Mapping[str, Any]) -> BoolArray:
    try:
        size, counts = form["size"], form["counts"]
    except (KeyError, TypeError, ValueError) as reason:
        raise ShapeMismatch("run lengths without size and counts", "Give COCO's form.") from reason
    height, width = checked_size(size)
    if isinstance(counts, str | bytes):
        counts = _uncompressed(counts.encode("ascii", "replace") if isinstance(counts, str) else counts)
    runs = np.asarray(counts, dtype=np.int64)
    if runs.ndim != 1 or (runs < 0).any() or int(runs.sum()) != height * width:
        raise ShapeMismatch(f"run lengths do not fill {height} x {width}", "Give COCO's form.")
    # COCO counts down the columns, zeros first.
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(width, height).T


def _uncompressed(text: bytes) -> list[int]:
    """COCO's text form: numbers in groups of five bits, from the third on as differences from the one two before.

    Source: `rleFrString` in the COCO API (Lin et al., BSD licence).
    """
    counts: list[int] = []
    place = 0
    while place < len(text):
        value, shift, more = 0, 0, True
        while more and place < len(text):
            bits = text[place] - 48
            value |= (bits & 0x1F) << shift
            more = bool(bits & 0x20)
            place += 1
            shift += 5
            if not more and bits & 0x10:
                value -= 1 << shift
            if shift > 60:
                raise ShapeMismatch("run lengths hold a number that is too large", "Give COCO's form.")
        counts.append(value + (counts[-2] if len(counts) > 2 else 0))
    return counts


def _of_polygons(form: Sequence[Any], size: tuple[int, int] | None) -> BoolArray:
    if size is None:
        raise ShapeMismatch("polygons without the size of their image", "Give the image, or size=(height, width).")
    size = checked_size(size)
    one = isinstance(form[0], int | float | np.number)
    rings = [np.asarray(ring, dtype=np.float64).reshape(-1, 2) for ring in ([form] if one else form)]
    if any(len(ring) < 3 or not np.isfinite(ring).all() for ring in rings):
        raise ShapeMismatch("a polygon of fewer than three corners", "Give x1, y1, x2, y2, x3, y3 ...")
    plane = np.zeros(size, dtype=np.uint8)
    bound = 4 * max(size)  # far outside is outside; OpenCV overflows
    cv2.fillPoly(plane, [np.clip(ring, -bound, bound).round().astype(np.int32) for ring in rings], (1,))
    return np.asarray(plane > 0)


def checked_size(size: Any) -> tuple[int, int]:
    """Height and width of a mask, whole numbers.

    Raises:
        ShapeMismatch: They are no such numbers, or too large.
    """
    try:
        height, width = size
        height, width = int(height), int(width)
    except (TypeError, ValueError, OverflowError) as reason:
        raise ShapeMismatch("the size of a mask is not (height, width)", "Give the size of the image.") from reason
    if min(height, width) < 1 or height * width > MOST_PIXELS:
        raise ShapeMismatch(f"a mask of {height} x {width}", "Give the size of the image.", shape=(height, width))
    return height, width
