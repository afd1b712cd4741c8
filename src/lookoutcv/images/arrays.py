"""Arrays to RGB pixels: one meaning for each shape and dtype, and a refusal where there could be two."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.images.image import Pixels

Array = np.ndarray[Any, np.dtype[Any]]


def from_array(array: Array, *, bgr: bool = False) -> Pixels:
    """Turn an array into RGB pixels.

    Args:
        array: (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), H and W at least 1; uint8, uint16 (the high byte is kept),
            bool (False black, True white) or float within 0..1. A fourth channel is dropped.
        bgr: Channels are in OpenCV's order.
    Returns:
        (H, W, 3) uint8, C-contiguous. The same memory where the array is that already.
    Raises:
        ShapeMismatch: Another shape or dtype, or floats outside 0..1.
    Example:
        >>> from_array(np.array([[0.0, 1.0]])).tolist()
        [[[0, 0, 0], [255, 255, 255]]]
    """
    channels = _channels(array)
    levels = _levels(array if channels < 4 else array[:, :, :3])
    if channels == 1:
        return np.repeat(levels.reshape(*array.shape[:2], 1), 3, axis=2)
    if bgr:
        return np.asarray(cv2.cvtColor(np.ascontiguousarray(levels), cv2.COLOR_BGR2RGB), dtype=np.uint8)
    return np.ascontiguousarray(levels)


def _channels(array: Array) -> int:
    shape = array.shape
    if 0 in shape:
        raise _mismatch(array, "no pixels", "Give an image of at least 1 x 1 pixels.")
    if len(shape) == 2:
        return 1
    if len(shape) == 3 and shape[2] in (1, 3, 4):
        return int(shape[2])
    # Fewer than both other sides: a picture of three rows is none with its channels first.
    if len(shape) == 3 and shape[0] in (1, 3, 4) and shape[0] < min(shape[1:]):
        raise _mismatch(array, "channels come first", "Move them last with array.transpose(1, 2, 0).")
    if len(shape) == 4:
        raise _mismatch(array, "it holds several images", "Give one image at a time, or a list of them.")
    raise _mismatch(array, "no image has that shape", "Give (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).")


def _levels(array: Array) -> Pixels:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.uint16:
        return (array >> 8).astype(np.uint8)
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "f":
        return _from_float(array)
    raise _mismatch(array, "its range is not known", "Scale it to 0..255 and convert it with .astype(np.uint8).")


def _from_float(array: Array) -> Pixels:
    low, high = float(array.min()), float(array.max())
    if not (low >= 0 and high <= 1):  # so that NaN is refused as well
        remedy = "Give floats within 0..1; divide by 255, or undo the normalisation, first."
        raise _mismatch(array, f"its values lie between {low:.3g} and {high:.3g}", remedy)
    return np.rint(array * 255.0).astype(np.uint8)


def _mismatch(array: Array, why: str, remedy: str) -> ShapeMismatch:
    return ShapeMismatch(
        f"the array is {array.dtype} of shape {array.shape}: {why}",
        remedy,
        shape=array.shape,
        dtype=str(array.dtype),
    )
