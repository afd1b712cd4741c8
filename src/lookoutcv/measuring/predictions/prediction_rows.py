"""What the entries of a file of predictions mean: which image, which class, how sure, where.

Whatever the form, a row says the name of an image and what was predicted for it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lookoutcv.calls.option_names import option
from lookoutcv.column_aliases import CONFIDENCES, PREDICTED_CLASSES, PREDICTED_IMAGES, PREDICTED_OBJECTS
from lookoutcv.errors import BadPredictions
from lookoutcv.measuring.predictions.coco_names import CocoNames
from lookoutcv.measuring.predictions.entry_boxes import Box, box_of
from lookoutcv.measuring.predictions.entry_classes import AnswerColumns
from lookoutcv.measuring.predictions.leftovers import NESTED, Leftovers
from lookoutcv.measuring.predictions.read_entries import SCORE_PREFIX, Entry, entries_of
from lookoutcv.sources.marks.coco_annotations import as_key

# What rounding to float32 leaves beyond 0 and 1.
_ROUNDING = 1e-4
_CLASSES = frozenset((*PREDICTED_CLASSES, "category_id"))


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


def prediction_rows(
    path: str | os.PathLike[str], names: CocoNames | None, leftovers: Leftovers | None = None
) -> Iterator[PredictionRow]:
    """The predictions in a file.

    Args:
        path: Ends in .csv, .parquet, .jsonl or .json.
        names: Of images and categories, for a file that has numbers in their place.
        leftovers: Counts what is read and not used.
    Raises:
        BadPredictions: It cannot be read, is too large, a row is not as it must be, or nothing in it is an answer.
    """
    leftovers = Leftovers() if leftovers is None else leftovers
    reader = _Reader(names, leftovers)
    for entry in entries_of(os.fspath(path)):
        yield from reader.rows(entry.by_key())
    if not reader.answered and leftovers.any:
        # Else it would be the file of a detector that finds nothing.
        raise BadPredictions(
            f"{os.fspath(path)}: nothing in it is known to say what was predicted. "
            + " ".join(leftovers.notes(os.fspath(path))).rstrip("."),
            "Call the class `prediction`, its confidence `confidence`, and the sides of a box x1, y1, x2, y2 (pixels).",
            path=os.fspath(path),
            line=None,
        )


class _Reader:
    """What entries mean, as far as those before tell it."""

    def __init__(self, names: CocoNames | None, leftovers: Leftovers) -> None:
        self._names, self._leftovers = names, leftovers
        self._whole, self._inner = AnswerColumns(), AnswerColumns()
        # Whether an entry had an answer, or the place for one and said by leaving it empty that there is none.
        self.answered = False

    def rows(self, entry: Entry) -> Iterator[PredictionRow]:
        """An entry may hold all predictions for an image, or one."""
        id = _image(entry, self._names)
        nested = _nested(entry)
        if nested is None:
            yield self._row(id, entry, self._whole)
            return
        yield PredictionRow(
            id, None, math.nan, None, None, boxed="objects" in entry.values or "detections" in entry.values
        )
        self._leftovers.count_beside(entry)
        self.answered |= not nested
        for value in nested:
            yield self._row(id, entry.inner(value).by_key(), self._inner)

    def _row(self, id: str, entry: Entry, answers: AnswerColumns) -> PredictionRow:
        box, columns = box_of(entry)
        self._leftovers.count(entry, columns)
        label = answers.text(entry, id) or _category(entry, self._names)
        value = entry.first(CONFIDENCES)
        confidence = math.nan if value is None else _probability(entry, value, "confidence")
        scores = _scores(entry)
        if label is None and scores:
            label = max(scores, key=lambda name: scores[name])
        if scores and label in scores and math.isnan(confidence):
            confidence = scores[label]
        self.answered |= label is not None or bool(columns.columns) or not _CLASSES.isdisjoint(entry.columns)
        rank = entry.values.get("rank")
        place = int(entry.number_of(rank, "rank")) if rank is not None else 0
        return PredictionRow(id, label, confidence, box, scores, place, box is not None)


def _nested(entry: Entry) -> Sequence[Any] | None:
    listed: list[Any] | None = next(
        (entry.values[name] for name in PREDICTED_OBJECTS if isinstance(entry.values.get(name), list)), None
    )
    if listed is not None:
        return listed
    for name in (*NESTED, *PREDICTED_OBJECTS):
        value = entry.values.get(name)
        inner = [value] if isinstance(value, dict) else value
        if isinstance(inner, list) and inner and all(isinstance(one, dict) for one in inner):
            return inner
    return None


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


def _category(entry: Entry, names: CocoNames | None) -> str | None:
    value = entry.values.get("category_id")
    if value is None:
        return None
    key = as_key(value)
    if names is None or key not in names.categories:
        why = f"nothing names the category {key[:80]!r}"
        raise entry.bad(why, f"Give the annotation file that these results are for: {option('annotations', 'FILE')}.")
    return names.categories[key]


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
    return {str(name): _probability(entry, value, f"score of {name}") for name, value in scores.items()} or None


def _probability(entry: Entry, value: Any, what: str) -> float:
    """A number within 0 to 1; "90%" is 0.9."""
    # Nearly all are: a table of scores has a thousand in each line.
    if type(value) in (str, float):
        with suppress(ValueError):
            number = float(value)
            if 0 <= number <= 1:
                return number
    number = entry.share_of(value, what)
    if not math.isnan(number) and not -_ROUNDING <= number <= 1 + _ROUNDING:
        percent = "Divide percentages by 100. " if 1 < number <= 100 else ""
        raise entry.bad(
            f"the {what} is {number:g}, not within 0 to 1", f"{percent}Give probabilities, or leave the column out."
        )
    return number if math.isnan(number) else min(max(number, 0.0), 1.0)
