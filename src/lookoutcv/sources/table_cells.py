"""What a cell of a table of images holds: marked objects, tags, a picture, a text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from lookoutcv.predictions import TrueObjects
from lookoutcv.sources.file_names import printable
from lookoutcv.sources.marks.marked_boxes import marked_objects


def picture_of(value: Any) -> tuple[bytes | None, str | None]:
    """An image's bytes and its name, from a cell of such a column."""
    if isinstance(value, Mapping):
        name = value.get("path")
        return picture_of(value.get("bytes"))[0], name if isinstance(name, str) else None
    return (bytes(value) if isinstance(value, bytes) else None), None


def objects(value: Any) -> TrueObjects | None:
    """Marked objects from a cell, as JSON text or as what JSON holds.

    Args:
        value: A list of `{"box": [x1, y1, x2, y2], "label": "dog"}`, or an object of lists as data sets of images have
            it, `{"bbox": [[x, y, width, height]], "categories": ["dog"]}`. `box` and `boxes` are corners, `bbox` a
            corner and a size. Empty where nobody looked; an empty list where nothing was found.
    Raises:
        ValueError: It is none of these.
    Example:
        >>> objects('[{"box": [1, 2, 3, 4], "label": "dog"}]').labels, objects("")
        (('dog',), None)
    """
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError("its objects are not JSON") from None
    if is_empty(value):
        return None
    if isinstance(value, Mapping):
        sized = "bbox" in value
        boxes = _first(value, ("bbox",) if sized else ("boxes", "box"))
        labels = _first(value, ("categories", "category", "labels", "label", "names"))
        if not isinstance(boxes, list) or not isinstance(labels, list):
            raise ValueError("its objects have no lists of boxes and labels")
        return marked_objects(boxes, labels, sized=sized)
    if not isinstance(value, list) or not all(isinstance(entry, Mapping) for entry in value):
        raise ValueError("its objects are no list of objects")
    if len({"bbox" in entry for entry in value}) > 1:
        raise ValueError("its objects have bbox and box")
    sized = bool(value) and "bbox" in value[0]
    boxes = [entry.get("bbox" if sized else "box") for entry in value]
    return marked_objects(
        boxes, [_first(entry, ("label", "category", "class", "name")) for entry in value], sized=sized
    )


def tags_of(value: Any) -> dict[str, str]:
    """The tags that a cell holds, name to text: of JSON, a mapping or an Arrow map; other text is the tag `tags`."""
    if isinstance(value, str) and value.strip():
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {"tags": printable(value).strip()}
    if isinstance(value, list) and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
        value = dict(value)  # a map of Arrow's
    if not isinstance(value, Mapping):
        return {} if is_empty(value) else {"tags": text_of_cell(value)}
    return {printable(str(key)): text_of_cell(text) for key, text in value.items() if not is_empty(text)}


def _first(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if name in value), None)


def is_empty(value: Any) -> bool:
    """Whether a cell holds nothing: no value, no text but blanks, or NaN."""
    nan = isinstance(value, float) and math.isnan(value)  # how a column of numbers says that there is none
    return value is None or nan or (isinstance(value, str) and not value.strip())


def text_of_cell(value: Any) -> str:
    """A cell as text, without blanks at its ends; a whole number has no decimal point."""
    if isinstance(value, str):
        return printable(value).strip()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return printable(
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
    )
