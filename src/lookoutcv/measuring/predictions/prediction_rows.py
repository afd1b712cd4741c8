"""Rows of a file of predictions that were made elsewhere: CSV, JSON lines, Parquet, JSON, results in the COCO form.

Whatever the form, a row says the name of an image and what was answered; the file is read piece by piece.
"""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from lookoutcv.errors import BadPredictions
from lookoutcv.records.column_aliases import (
    BOX_CORNERS,
    BOX_SIZED,
    CONFIDENCES,
    PREDICTED_CLASSES,
    PREDICTED_IMAGES,
    PREDICTED_OBJECTS,
)

# 5 million boxes as text; a larger file is a mistake, or is split by window.
_MOST_BYTES = 2**30
_MOST_LINE_BYTES = 2**24
_ROWS_AT_ONCE = 4096
_SCORE = "score."
_FORMS = ".csv, .parquet, .jsonl or .json"


@dataclass(frozen=True)
class Row:
    """One answer.

    Args:
        id: The image, as the file names it.
        label: What was answered; None where the row only says that the image was looked at.
        confidence: NaN where there is none.
        box: x1, y1, x2, y2 in pixels; None of a class for the whole image.
        scores: A probability for each class; None where they are not told.
        rank: 1 for the best answer; 0 where it is not told.
        boxed: Whether the file's answers are boxes, also where this row has none.
    """

    id: str
    label: str | None
    confidence: float
    box: tuple[float, float, float, float] | None
    scores: dict[str, float] | None
    rank: int = 0
    boxed: bool = False


@dataclass(frozen=True)
class Names:
    """What the numbers in results of the COCO form stand for.

    Args:
        images: Their names by number.
        categories: Their names by number.
    """

    images: Mapping[str, str]
    categories: Mapping[str, str]

    @cached_property
    def files(self) -> frozenset[str]:
        """The names of the images."""
        return frozenset(self.images.values())


def names_of(path: str | os.PathLike[str]) -> Names | None:
    """The images and categories that a COCO file names; None for a JSON file that is none.

    Raises:
        BadPredictions: It cannot be read, or an entry is not as it must be.
    """
    place = os.fspath(path)
    if _root(place) != b"{":
        return None
    images = {
        _key(one.get("id")): _text(one.get("file_name"), place, number, "file_name")
        for number, one in _items(place, "images.item")
    }
    categories = {
        _key(one.get("id")): _text(one.get("name"), place, number, "name")
        for number, one in _items(place, "categories.item")
    }
    return Names(images, categories) if images or categories else None


def rows_of(path: str | os.PathLike[str], names: Names | None) -> Iterator[Row]:
    """The answers in a file.

    Args:
        path: Ends in .csv, .parquet, .jsonl or .json.
        names: Of images and categories, for a file that has numbers in their place.
    Raises:
        BadPredictions: It cannot be read, is too large, or a row is not as it must be.
    """
    place = os.fspath(path)
    for number, raw in _raw(place):
        yield from _rows(raw, names, place, number)


def _raw(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    _bounded(path)
    suffix = Path(path).suffix.lower()
    if suffix == ".csv":
        yield from _csv(path)
    elif suffix in (".jsonl", ".ndjson"):
        yield from _lines(path)
    elif suffix == ".parquet":
        yield from _parquet(path)
    elif suffix == ".json":
        yield from _items(path, "item" if _root(path) == b"[" else "annotations.item")
    else:
        raise BadPredictions(
            f"{path} does not say in which form its predictions are",
            f"Give a file that ends in {_FORMS}.",
            path=path,
            line=None,
        )


def _bounded(path: str) -> None:
    try:
        size = os.path.getsize(path)
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None
    if size > _MOST_BYTES:
        raise BadPredictions(
            f"{path} has {size:,} bytes, and {_MOST_BYTES:,} are read",
            "Split it: a file for each window.",
            path=path,
            line=None,
        )


def _csv(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with _opened(path) as file:
        try:
            reader = csv.DictReader(file)
            for row in reader:
                yield (
                    reader.line_num,
                    {
                        str(name).strip().lower() if not str(name).startswith(_SCORE) else str(name): value
                        for name, value in row.items()
                        if name is not None and value not in (None, "")
                    },
                )
        except (csv.Error, UnicodeDecodeError) as reason:
            raise _unreadable(path, str(reason)) from None


def _lines(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with _opened(path) as file:
        number = 0
        try:
            while line := file.readline(_MOST_LINE_BYTES):
                number += 1
                if line.strip():
                    yield number, _object(json.loads(line), path, number)
        except (ValueError, RecursionError) as reason:
            raise _bad(path, number, f"not JSON ({reason})") from None


def _parquet(path: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    import pyarrow as pa  # noqa: PLC0415 - a worker of a pool never reads such a file
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        with pq.ParquetFile(path) as file:
            if b"lookoutcv.kind" in (file.metadata.metadata or {}):
                raise BadPredictions(
                    f"{path} is a file of LookOutCV, not of predictions",
                    "Give records as they are: lookout monitor records.parquet -b baseline.parquet",
                    path=path,
                    line=None,
                )
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield number, {name: value for name, value in row.items() if value is not None}
    except (pa.ArrowException, OSError, ValueError) as reason:
        raise _unreadable(path, str(reason).partition("\n")[0]) from None


def _items(path: str, part: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The entries of one list of a JSON file."""
    import ijson  # noqa: PLC0415 - only those who have such a file pay for it

    _bounded(path)
    number = 0
    try:
        with open(path, "rb") as file:
            for number, item in enumerate(ijson.items(file, part, use_float=True), start=1):
                yield number, _object(item, path, number)
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None
    except (ijson.JSONError, ValueError, OverflowError, RecursionError):
        raise _unreadable(path, f"not JSON, or cut off, after entry {number:,}") from None


def _root(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None


def _opened(path: str) -> IO[str]:
    try:
        return open(path, encoding="utf-8-sig", newline="")
    except OSError as reason:
        raise _unreadable(path, reason.strerror or str(reason)) from None


def _rows(raw: Mapping[str, Any], names: Names | None, path: str, number: int) -> Iterator[Row]:
    """A line may hold all answers of an image, or one."""
    id = _image(raw, names, path, number)
    nested = next((raw[name] for name in PREDICTED_OBJECTS if isinstance(raw.get(name), list)), None)
    if nested is None:
        yield _row(id, raw, names, path, number)
        return
    yield Row(id, None, math.nan, None, None, boxed="predictions" not in raw)
    for one in nested:
        yield _row(id, _object(one, path, number), names, path, number)


def _row(id: str, raw: Mapping[str, Any], names: Names | None, path: str, number: int) -> Row:
    box, boxed = _box(raw, path, number)
    label = _label(raw, names, path, number)
    confidence = next((raw[name] for name in CONFIDENCES if raw.get(name) is not None), None)
    sure = math.nan if confidence is None else _number(confidence, path, number, "confidence")
    scores = _scores(raw, path, number)
    if label is None and scores:
        label = max(scores, key=lambda name: scores[name])
    if scores and label in scores and math.isnan(sure):
        sure = scores[label]
    rank = raw.get("rank")
    place = int(_number(rank, path, number, "rank")) if rank is not None else 0
    if boxed and label is not None and box is None:
        raise _bad(path, number, "a label without a box, where others have one")
    return Row(id, label, sure, box, scores, place, boxed)


def _image(raw: Mapping[str, Any], names: Names | None, path: str, number: int) -> str:
    value = next((raw[name] for name in PREDICTED_IMAGES if raw.get(name) is not None), None)
    if "content_hash" in raw:
        raise _bad(path, number, "a record of LookOutCV, not a prediction", "Write records as .parquet and give those.")
    if value is None:
        raise _bad(
            path, number, f"it names no image; it has {_few(raw)}, and one of {', '.join(PREDICTED_IMAGES)} is needed"
        )
    key = _key(value)
    if names is not None and names.images:
        named = names.images.get(key)
        if named is None and key not in names.files:
            raise _bad(path, number, f"the annotations name no image {key[:80]!r}")
        key = named or key
    if not key:
        raise _bad(path, number, "it names no image")
    return key


def _label(raw: Mapping[str, Any], names: Names | None, path: str, number: int) -> str | None:
    value = next((raw[name] for name in PREDICTED_CLASSES if raw.get(name) not in (None, "")), None)
    if value is not None:
        return _key(value)
    if raw.get("category_id") is None:
        return None
    key = _key(raw["category_id"])
    if names is None or key not in names.categories:
        why = f"nothing names the category {key[:80]!r}"
        raise _bad(path, number, why, "Give the annotation file that these results are for: --annotations FILE.json")
    return names.categories[key]


def _box(raw: Mapping[str, Any], path: str, number: int) -> tuple[tuple[float, float, float, float] | None, bool]:
    """The corners, and whether the row is one of boxes."""
    if isinstance(raw.get("bbox"), list | tuple):
        found, sized = list(raw["bbox"]), True
    else:
        corners = next((names for names in (*BOX_CORNERS, BOX_SIZED) if all(name in raw for name in names)), None)
        if corners is None:
            return None, False
        found, sized = [raw[name] for name in corners], corners is BOX_SIZED
    if len(found) != 4:
        raise _bad(path, number, "a box is not four numbers")
    x, y, right, bottom = (_number(one, path, number, "a box") for one in found)
    if sized:
        right, bottom = x + right, y + bottom
    if not all(map(math.isfinite, (x, y, right, bottom))) or right < x or bottom < y:
        raise _bad(path, number, "a box whose corners are not in order, or no numbers")
    return (x, y, right, bottom), True


def _scores(raw: Mapping[str, Any], path: str, number: int) -> dict[str, float] | None:
    given = raw.get("scores")
    if isinstance(given, list) and all(isinstance(one, tuple) and len(one) == 2 for one in given) and given:
        given = dict(given)  # a map of Parquet
    found = (
        given
        if isinstance(given, Mapping)
        else {name[len(_SCORE) :]: value for name, value in raw.items() if name.startswith(_SCORE)}
    )
    return {str(name): _number(value, path, number, f"score of {name}") for name, value in found.items()} or None


def _number(value: Any, path: str, number: int, what: str) -> float:
    try:
        if isinstance(value, bool):
            raise ValueError
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise _bad(path, number, f"{what} is {str(value)[:40]!r}, which is no number") from None


def _key(value: Any) -> str:
    """A name or a number as text: 3 and 3.0 are one."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _text(value: Any, path: str, number: int, what: str) -> str:
    if not isinstance(value, str) or not value:
        raise _bad(path, number, f"no {what}")
    return value


def _object(value: Any, path: str, number: int) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _bad(path, number, "not an object with names and values")
    return value


def _few(raw: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, list(raw)[:6])) or "nothing"


def _bad(path: str, number: int, why: str, remedy: str = "Correct the line, or remove it.") -> BadPredictions:
    return BadPredictions(f"{path}, line {number}: {why}", remedy, path=path, line=number)


def _unreadable(path: str, why: str) -> BadPredictions:
    return BadPredictions(f"{path} cannot be read: {why}", "Check the file.", path=path, line=None)
