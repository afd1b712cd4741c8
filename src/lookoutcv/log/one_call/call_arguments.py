"""The arguments of a call: what of them is copied at once, and what they hold in memory while the call waits."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from lookoutcv.images import Image
from lookoutcv.log.one_call.call_values import truth
from lookoutcv.log.one_call.parse_predictions import BoxArguments

Time = datetime | float | str

# Arrays up to this size that are no images are copied: runtimes write the next prediction into the same memory.
_COPIED_BYTES = 1 << 20
# A number in a list, with its place there.
_ELEMENT_BYTES = 32


def call_details(  # noqa: PLR0917 - called for each prediction
    name: str | None,
    label: str | None,
    tags: Any,
    time: Time | None,
    embedding: Any,
    model_version: str | None,
    flagged: bool,
    measured: Any = None,
) -> dict[str, Any]:
    """The arguments beside image and prediction, as a call carries them."""
    return {
        "name": name,
        "label": label,
        "tags": tags,
        "time": time,
        "embedding": embedding,
        "model_version": model_version,
        "flagged": flagged,
        "measured": measured,
    }


def snapshot_details(details: dict[str, Any]) -> None:
    """Copy what a caller may write to again."""
    tags, embedding = details["tags"], details["embedding"]
    if tags is not None:
        details["tags"] = _own_mapping(tags)
    if embedding is not None:
        details["embedding"] = snapshot(embedding)
    if details["measured"] is not None:
        details["measured"] = _own_mapping(details["measured"])


def _own_mapping(tags: Any) -> Any:
    try:
        return dict(tags) if isinstance(tags, Mapping) else tags
    except Exception:  # a caller's own class: what is wrong with it is told where it is read
        return tags


def snapshot(value: Any) -> Any:
    """The caller's array as it is now; what else there is by reference."""
    try:
        if isinstance(value, np.ndarray) and value.nbytes <= _COPIED_BYTES:
            return value.copy()
    except Exception:  # a caller's own class: what is wrong with it is told where it is read
        return value
    return list(value) if type(value) is list else value


def array_bytes(arguments: Any) -> int:
    """Bytes that the arrays and lists of a prediction hold, those of masks and boxes included."""
    try:
        parts = arguments if isinstance(arguments, tuple) else getattr(arguments.result, "__dict__", {}).values()
        total = 0
        for part in parts:
            if part is not None and type(part) is not str and type(part) is not float:  # mostly it is one of these
                total += _bytes_of(part)
    except Exception:  # a caller's own class
        return 0
    return total


def _bytes_of(part: Any) -> int:
    if part is None or isinstance(part, str | float | int):
        return 0
    if isinstance(part, np.ndarray):
        return part.nbytes
    if isinstance(part, BoxArguments):
        return _bytes_of(part.boxes) + sum(map(_bytes_of, part.corners))
    if type(part) is list and part:
        first = part[0]
        return sum(map(_bytes_of, part)) if isinstance(first, np.ndarray | list) else len(part) * _ELEMENT_BYTES
    return 0


def copied_image(image: Any, copy: Any) -> tuple[Any, tuple[str, ...]]:
    """An image of its own, for a caller that writes to the same memory again, and what stood in the way of that.

    Args:
        image: As it was given.
        copy: Whether it is to be copied; what is neither true nor false is taken for yes.
    """
    problems: list[str] = []
    if not truth(copy, "copy", problems.append, otherwise=True):
        return image, ()
    try:
        if isinstance(image, bytearray | memoryview):
            return bytes(image), tuple(problems)
        own = image if isinstance(image, str | bytes) or not hasattr(image, "copy") else image.copy()
    except Exception as reason:  # a caller's own class; by reference it could be another image by then
        return None, (*problems, f"the image cannot be copied: {type(reason).__name__}")
    return own, tuple(problems)


def bytes_of_image(image: Any) -> int:
    """Bytes that an image holds in memory."""
    try:
        if isinstance(image, np.ndarray | memoryview):
            return image.nbytes
        if isinstance(image, bytes | bytearray):
            return len(image)
        if isinstance(image, Image):
            return image.pixels.nbytes
        pil = sys.modules.get("PIL.Image")
        if pil is not None and isinstance(image, pil.Image):
            return int(image.width * image.height * 4)
    except Exception:  # a caller's own class, or memory that was given back
        return 0
    return 0


def size_of_image(image: Any) -> tuple[int, int] | None:
    """Height and width where they are at hand."""
    try:
        if isinstance(image, np.ndarray) and image.ndim in (2, 3):
            return int(image.shape[0]), int(image.shape[1])
        width, height = getattr(image, "width", None), getattr(image, "height", None)
        return (height, width) if isinstance(width, int) and isinstance(height, int) else None
    except Exception:  # a caller's own class
        return None
