"""What the entries of a file of predictions mean: which image, which class, how sure, where.

Whatever the form, a row says the name of an image and what was predicted for it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lookoutcv.measuring.predictions.coco_names import CocoNames, as_key
from lookoutcv.measuring.predictions.read_entries import SCORE_PREFIX, Entry, entries_of
from lookoutcv.records.column_aliases import (
    BOX_CORNERS,
    BOX_SIZED,
    CONFIDENCES,
    PREDICTED_CLASSES,
    PREDICTED_IMAGES,
    PREDICTED_OBJECTS,
)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class PredictionRow:
    """One prediction.

    Args:
        id: The image, as the file names it.
        label: What was predicted; None where the row only says that the image was looked at.
        confidence: NaN where there is none.
        box: x1, y1, x2, y2 in pixels; None of a class for the whole image.
        scores: A probability for each class; None where the file has none.
        rank: 1 for the best prediction; 0 where the file has no rank.
        boxed: Whether the file's predictions are boxes, also where this row has none.
    """

    id: str
    label: str | None
    confidence: float
    box: Box | None
    scores: dict[str, float] | None
    rank: int = 0
    boxed: bool = False


def prediction_rows(path: str | os.PathLike[str], names: CocoNames | None) -> Iterator[PredictionRow]:
    """The predictions in a file.

    Args:
        path: Ends in .csv, .parquet, .jsonl or .json.
        names: Of images and categories, for a file that has numbers in their place.
    Raises:
        BadPredictions: It cannot be read, is too large, or a row is not as it must be.
    """
    for entry in entries_of(os.fspath(path)):
        yield from _rows(entry, names)


def _rows(entry: Entry, names: CocoNames | None) -> Iterator[PredictionRow]:
    """An entry may hold all predictions for an image, or one."""
    id = _image(entry, names)
    nested = next((entry.values[name] for name in PREDICTED_OBJECTS if isinstance(entry.values.get(name), list)), None)
    if nested is None:
        yield _row(id, entry, names)
        return
    yield PredictionRow(id, None, math.nan, None, None, boxed="predictions" not in entry.values)
    for value in nested:
        yield _row(id, entry.inner(value), names)


def _row(id: str, entry: Entry, names: CocoNames | None) -> PredictionRow:
    box, boxed = _box(entry)
    label = _label(entry, names)
    value = entry.first(CONFIDENCES)
    confidence = math.nan if value is None else _number(entry, value, "confidence")
    scores = _scores(entry)
    if label is None and scores:
        label = max(scores, key=lambda name: scores[name])
    if scores and label in scores and math.isnan(confidence):
        confidence = scores[label]
    rank = entry.values.get("rank")
    if boxed and label is not None and box is None:
        raise entry.bad("a label without a box, where others have one")
    place = int(_number(entry, rank, "rank")) if rank is not None else 0
    return PredictionRow(id, label, confidence, box, scores, place, boxed)


def _image(entry: Entry, names: CocoNames | None) -> str:
    if "content_hash" in entry.values:
        raise entry.bad("a record of LookOutCV, not a prediction", "Write records as .parquet and give those.")
    value = entry.first(PREDICTED_IMAGES)
    if value is None:
        has = ", ".join(map(repr, list(entry.values)[:6])) or "nothing"
        raise entry.bad(f"it names no image; it has {has}, and one of {', '.join(PREDICTED_IMAGES)} is needed")
    key = as_key(value)
    if names is not None and names.images:
        named = names.images.get(key)
        if named is None and key not in names.files:
            raise entry.bad(f"the annotations name no image {key[:80]!r}")
        key = named or key
    if not key:
        raise entry.bad("it names no image")
    return key


def _label(entry: Entry, names: CocoNames | None) -> str | None:
    values = entry.values
    value = next((values[name] for name in PREDICTED_CLASSES if values.get(name) not in (None, "")), None)
    if value is not None:
        return as_key(value)
    if values.get("category_id") is None:
        return None
    key = as_key(values["category_id"])
    if names is None or key not in names.categories:
        why = f"nothing names the category {key[:80]!r}"
        raise entry.bad(why, "Give the annotation file that these results are for: --annotations FILE.json")
    return names.categories[key]


def _box(entry: Entry) -> tuple[Box | None, bool]:
    """The corners, and whether the row is one of boxes."""
    values = entry.values
    if isinstance(values.get("bbox"), list | tuple):
        four, sized = list(values["bbox"]), True
    else:
        corners = next((names for names in (*BOX_CORNERS, BOX_SIZED) if all(name in values for name in names)), None)
        if corners is None:
            return None, False
        four, sized = [values[name] for name in corners], corners is BOX_SIZED
    if len(four) != 4:
        raise entry.bad("a box is not four numbers")
    x, y, right, bottom = (_number(entry, value, "a box") for value in four)
    if sized:
        right, bottom = x + right, y + bottom
    if not all(map(math.isfinite, (x, y, right, bottom))) or right < x or bottom < y:
        raise entry.bad("a box whose corners are not in order, or no numbers")
    return (x, y, right, bottom), True


def _scores(entry: Entry) -> dict[str, float] | None:
    scores = entry.values.get("scores")
    if isinstance(scores, list) and scores and all(isinstance(one, tuple) and len(one) == 2 for one in scores):
        scores = dict(scores)  # a map of Parquet
    if not isinstance(scores, Mapping):
        scores = {
            name.removeprefix(SCORE_PREFIX): value
            for name, value in entry.values.items()
            if name.startswith(SCORE_PREFIX)
        }
    return {str(name): _number(entry, value, f"score of {name}") for name, value in scores.items()} or None


def _number(entry: Entry, value: Any, what: str) -> float:
    try:
        if isinstance(value, bool):
            raise ValueError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise entry.bad(f"{what} is {str(value)[:40]!r}, which is no number") from None
