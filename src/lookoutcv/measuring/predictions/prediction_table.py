"""The predictions of a whole file as arrays, small enough for a million images."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import BadPredictions
from lookoutcv.measuring.predictions.prediction_rows import PredictionRow
from lookoutcv.plain_text import composed
from lookoutcv.predictions.label_names import plain_numbers

# Held in memory, and in that of each process: 200 MB.
_MOST_ROWS, _MOST_IMAGES, _MOST_SCORES = 5_000_000, 1_000_000, 50_000_000
# An object with a key an image, as scripts like to write it, is none of these.
_JSON_FORM = (
    'Write a list with an object an image, [{"image": "a.jpg", "prediction": "cat", "confidence": 0.9}], for objects '
    '[{"image": "a.jpg", "predictions": [{"label": "cat", "score": 0.9, "bbox": [x, y, width, height]}]}]; results '
    "of COCO are read too."
)


@dataclass(frozen=True, eq=False)
class PredictionTable:
    """The predictions of a file, those for an image one after the other.

    Args:
        places: Where each image stands, by its name in the file.
        starts: (images + 1,) where the rows of each begin.
        labels: (rows,) int32, an index of `names`.
        confidences: (rows,) float32.
        boxes: (rows, 4) float32; None of a classifier.
        scores: (images, C) float32, a column a name, NaN where an image has none; None where no image has any.
        names: Of the classes.
    """

    places: dict[str, int]
    starts: Any
    labels: Any
    confidences: Any
    boxes: Any
    scores: Any
    names: tuple[str, ...]


class PredictionTableBuilder:
    """Makes a table of rows as they come.

    Args:
        path: The file, for messages.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._places: dict[str, int] = {}
        self._labels: dict[str, int] = {}
        self._row_images, self._row_labels, self._confidences = array("q"), array("i"), array("f")
        self._ranks, self._boxes = array("q"), array("f")
        self._scores: dict[int, dict[str, float]] = {}
        self._boxed: bool | None = None

    def image(self, name: str) -> int:
        """The place of an image; a new one for a new image."""
        if len(self._places) >= _MOST_IMAGES:
            raise self._too_many(f"{_MOST_IMAGES:,} images")
        return self._places.setdefault(plain_name(name), len(self._places))

    def label(self, name: str) -> int:
        """The place of a class; a new one for a new class."""
        return self._labels.setdefault(name, len(self._labels))

    def add(self, row: PredictionRow) -> None:
        """Take a row.

        Raises:
            BadPredictions: Some rows are boxes and some are not, or there are too many.
        """
        place = self.image(row.id)
        if row.boxed or row.label is not None:
            if self._boxed not in (None, row.boxed):
                raise BadPredictions(
                    f"{self._path} has boxes for some answers and none for others",
                    "Give boxes for every answer, or for none.",
                    path=self._path,
                    line=None,
                )
            self._boxed = row.boxed
        if row.label is None:
            return
        if len(self._row_images) >= _MOST_ROWS:
            raise self._too_many(f"{_MOST_ROWS:,} answers")
        self._row_images.append(place)
        self._row_labels.append(self.label(row.label))
        self._confidences.append(row.confidence)
        self._ranks.append(row.rank)
        self._boxes.extend(row.box or ())
        if row.scores:
            self._scores[place] = row.scores
            for name in row.scores:
                self.label(name)
            if len(self._scores) * len(self._labels) > _MOST_SCORES:
                raise self._too_many(f"{_MOST_SCORES:,} scores")

    def build(self) -> PredictionTable:
        """The table of all rows.

        Raises:
            BadPredictions: There are none.
        """
        if not self._places:
            is_json = self._path.lower().endswith(".json")
            raise BadPredictions(
                f"{self._path} holds no predictions{' in a list' * is_json}",
                _JSON_FORM if is_json else "Give a file with a line an answer.",
                path=self._path,
                line=None,
            )
        # In the order of names, so that two files of one model agree on it.
        whole = plain_numbers(self._labels)
        names = tuple(sorted({whole.get(name, name) for name in self._labels}))
        sorted_place = {name: place for place, name in enumerate(names)}
        to_sorted = np.array([sorted_place[whole.get(name, name)] for name in self._labels], np.int32)
        images = np.frombuffer(self._row_images, np.int64) if self._row_images else np.zeros(0, np.int64)
        labels = to_sorted[np.frombuffer(self._row_labels, np.int32)] if self._row_labels else np.zeros(0, np.int32)
        confidences = np.array(self._confidences, np.float32)
        boxes = None
        if self._boxed is not False:
            order = np.argsort(images, kind="stable")
            boxes = np.array(self._boxes, np.float32).reshape(-1, 4)[order]
            self._check_pixels(boxes)
        else:
            # The best prediction first; of those without a rank, the surest.
            ranks = np.array(self._ranks, np.int64)
            order = np.lexsort((-np.nan_to_num(confidences, nan=-1), ranks, images))
        counts = np.bincount(images, minlength=len(self._places)) if len(images) else np.zeros(len(self._places), int)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        scores = self._scores_matrix({name: sorted_place[whole.get(name, name)] for name in self._labels}, len(names))
        return PredictionTable(self._places, starts, labels[order], confidences[order], boxes, scores, names)

    def _check_pixels(self, boxes: Any) -> None:
        if len(boxes) and boxes.max() <= 1:
            raise BadPredictions(
                f"{self._path} has all boxes within 0 and 1: shares of the image, not pixels",
                "Multiply them by the image's width and height.",
                path=self._path,
                line=None,
            )

    def _scores_matrix(self, place: Mapping[str, int], classes: int) -> Any:
        if not self._scores or self._boxed:
            return None
        matrix = np.full((len(self._places), classes), np.nan, np.float32)
        for row, scores in self._scores.items():
            matrix[row, [place[name] for name in scores]] = list(scores.values())
        return matrix

    def _too_many(self, what: str) -> BadPredictions:
        return BadPredictions(
            f"{self._path} has more than {what}", "Split it: a file for each window.", path=self._path, line=None
        )


def plain_name(name: str) -> str:
    """The name of an image as tables know it: with forward slashes, without "./" before it, in one spelling.

    Example:
        >>> plain_name("./train/a.jpg")
        'train/a.jpg'
    """
    return composed(name.replace("\\", "/").removeprefix("./"))
