"""Predictions that were made elsewhere, in the place of a model that is run."""

from __future__ import annotations

import hashlib
import os
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.errors import BadPredictions, ConfigError
from lookoutcv.measuring.predictions.prediction_rows import Names, Row, names_of, rows_of
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.predictions import Classification, Detections, Prediction, Task
from lookoutcv.records.model_identity import ModelIdentity

# Held in memory, and in that of each process: 200 MB.
_MOST_ROWS, _MOST_IMAGES, _MOST_SCORES = 5_000_000, 1_000_000, 50_000_000
_AT_ONCE = 16
_NAMED = 3


@dataclass(frozen=True, eq=False)
class _Table:
    """The answers of a file, those of an image in a row.

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


class ImportedPredictions:
    """Predictions from a file, found by the names of images. A `PredictionSource`; `import_predictions` makes it."""

    picklable, batch_size = True, _AT_ONCE

    def __init__(self, path: str, identity: ModelIdentity, table: _Table, listed: frozenset[str] | None) -> None:
        self._path, self._identity, self._table, self._listed = path, identity, table, listed
        self._bases: dict[str, int] = _by_base(table.places)
        self._notes: tuple[str, ...] = ()

    @property
    def identity(self) -> ModelIdentity:
        """Who answered, as the user calls it."""
        return self._identity

    @property
    def metrics(self) -> tuple[OutputMetric, ...]:
        """What is measured on the answers."""
        return for_task(self._identity.task)

    @property
    def notes(self) -> tuple[str, ...]:
        """What does not match, in sentences."""
        return self._notes

    def for_images(self, ids: Iterable[str]) -> ImportedPredictions:
        """The same, for these images: each is found by its whole name or else, where that is one image's on both
        sides, by its last part.

        Raises:
            ConfigError: No image is in the file.
        """
        used = np.zeros(len(self._table.places), np.bool_)
        bases: Counter[str] = Counter()
        images = full = 0
        example = ""
        for id in ids:
            images, example = images + 1, example or id
            place = self._table.places.get(_plain(id))
            if place is not None:
                full, used[place] = full + 1, True
            elif _base(id) in self._bases:
                bases[_base(id)] += 1
        bound = ImportedPredictions(self._path, self._identity, self._table, self._listed)
        bound._bases = {
            base: self._bases[base] for base, count in bases.items() if count == 1 and not used[self._bases[base]]
        }
        used[list(bound._bases.values())] = True
        if images and not used.any():
            raise ConfigError(
                f"no image is in {self._path}: it names {_few(self._table.places)}, the source {example!r}",
                "Name the images in it as `lookout measure` does (column id), or by their file names.",
                key="predictions",
            )
        bound._notes = tuple(bound._told(images - full - len(bound._bases), int((~used).sum())))
        return bound

    def predict(self, ids: Sequence[str], images: Sequence[Any]) -> Sequence[Prediction | None]:
        """What the file says of images; None where it says nothing."""
        return [self._answer(id) for id in ids]

    def _answer(self, id: str) -> Prediction | None:
        place = self._table.places.get(_plain(id), self._bases.get(_base(id)))
        detection = self._identity.task == "detection"
        if place is None:
            # Files of boxes have no line for an image without any, unless they list the images.
            return Detections.none() if detection and self._listed is None else None
        table = self._table
        rows = slice(table.starts[place], table.starts[place + 1])
        names = [table.names[index] for index in table.labels[rows]]
        if detection:
            return Detections(table.boxes[rows], tuple(names), table.confidences[rows])
        if not names:
            return None
        scores = None if table.scores is None or np.isnan(table.scores[place]).all() else table.scores[place]
        return Classification(names[0], float(table.confidences[rows][0]), scores)

    def _told(self, missing: int, unused: int) -> Iterable[str]:
        if missing:
            without = f"{missing:,} {'image has' if missing == 1 else 'images have'} no prediction in {self._path}"
            if self._identity.task == "detection" and self._listed is None:
                yield f"{without}: taken as images in which nothing was found."
            else:
                yield f"{without}: no answer."
        if unused:
            yield f"{unused:,} images in {self._path} are not in the source."


def import_predictions(
    path: str | os.PathLike[str], annotations: str | os.PathLike[str] | None = None, name: str | None = None
) -> ImportedPredictions:
    """Read predictions that were made elsewhere.

    Args:
        path: A .csv, .jsonl, .parquet or .json file with a line an answer: the image (`id`, or a path), `label`,
            `confidence`, the corners `x1`, `y1`, `x2`, `y2` of boxes in pixels, and `score.LABEL` for each class or
            `scores`; a JSON file of COCO results; what `lookout predict -o` wrote.
        annotations: The COCO file whose numbers of images and categories the results have.
        name: What the model is called: predictions under one name are taken for those of one model.
    Raises:
        BadPredictions: A file cannot be read, or a line is not as it must be.
    """
    place = os.fspath(path)
    source = place if annotations is None and Path(place).suffix.lower() == ".json" else annotations
    names = None if source is None else names_of(source)
    if annotations is not None and names is None:
        raise BadPredictions(
            f"{os.fspath(annotations)} is no COCO annotation file",
            "Give a JSON file with images and categories.",
            path=os.fspath(annotations),
            line=None,
        )
    table = _read(place, names)
    task: Task = "classification" if table.boxes is None else "detection"
    identity = ModelIdentity(name or Path(place).name, _digest(place), task, table.names, imported=True)
    listed = None if names is None or not names.images else frozenset(map(_plain, names.images.values()))
    return ImportedPredictions(place, identity, table, listed)


def _read(path: str, names: Names | None) -> _Table:
    found = _Rows(path)
    for name in () if names is None else names.images.values():
        found.image(name)
    for name in () if names is None else names.categories.values():
        found.label(name)
    for row in rows_of(path, names):
        found.take(row)
    return found.table()


class _Rows:
    """Rows as they come."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._places: dict[str, int] = {}
        self._labels: dict[str, int] = {}
        self._owners, self._named, self._sure = array("q"), array("i"), array("f")
        self._ranks, self._boxes = array("q"), array("f")
        self._scores: dict[int, dict[str, float]] = {}
        self._boxed: bool | None = None

    def image(self, name: str) -> int:
        if len(self._places) >= _MOST_IMAGES:
            raise self._too_many(f"{_MOST_IMAGES:,} images")
        return self._places.setdefault(_plain(name), len(self._places))

    def label(self, name: str) -> int:
        return self._labels.setdefault(name, len(self._labels))

    def take(self, row: Row) -> None:
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
        if len(self._owners) >= _MOST_ROWS:
            raise self._too_many(f"{_MOST_ROWS:,} answers")
        self._owners.append(place)
        self._named.append(self.label(row.label))
        self._sure.append(row.confidence)
        self._ranks.append(row.rank)
        self._boxes.extend(row.box or ())
        if row.scores:
            self._scores[place] = row.scores
            for name in row.scores:
                self.label(name)
            if len(self._scores) * len(self._labels) > _MOST_SCORES:
                raise self._too_many(f"{_MOST_SCORES:,} scores")

    def table(self) -> _Table:
        if not self._places:
            raise BadPredictions(
                f"{self._path} holds no predictions", "Give a file with a line an answer.", path=self._path, line=None
            )
        # In the order of names, so that two files of one model agree on it.
        names = tuple(sorted(self._labels))
        sorted_place = {name: place for place, name in enumerate(names)}
        to = np.array([sorted_place[name] for name in self._labels], np.int32)
        owners = np.frombuffer(self._owners, np.int64) if self._owners else np.zeros(0, np.int64)
        labels = to[np.frombuffer(self._named, np.int32)] if self._named else np.zeros(0, np.int32)
        sure = np.array(self._sure, np.float32)
        if self._boxed is not False:
            order, boxes = np.argsort(owners, kind="stable"), np.array(self._boxes, np.float32).reshape(-1, 4)
            boxes = boxes[order]
        else:
            ranks = np.array(self._ranks, np.int64)
            # The best answer first; of those without a rank, the surest.
            order, boxes = np.lexsort((-np.nan_to_num(sure, nan=-1), ranks, owners)), None
        counts = np.bincount(owners, minlength=len(self._places)) if len(owners) else np.zeros(len(self._places), int)
        starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return _Table(self._places, starts, labels[order], sure[order], boxes, self._matrix(names), names)

    def _matrix(self, names: tuple[str, ...]) -> Any:
        if not self._scores or self._boxed:
            return None
        place = {name: column for column, name in enumerate(names)}
        found = np.full((len(self._places), len(names)), np.nan, np.float32)
        for row, scores in self._scores.items():
            found[row, [place[name] for name in scores]] = list(scores.values())
        return found

    def _too_many(self, what: str) -> BadPredictions:
        return BadPredictions(
            f"{self._path} has more than {what}", "Split it: a file for each window.", path=self._path, line=None
        )


def _by_base(places: dict[str, int]) -> dict[str, int]:
    """Where images stand by the last part of their names, where it is of one image only."""
    found: dict[str, int] = {}
    for name, place in places.items():
        found[_base(name)] = -1 if _base(name) in found else place
    return {base: place for base, place in found.items() if place >= 0}


def _plain(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")


def _base(name: str) -> str:
    return _plain(name).rpartition("/")[2]


def _few(names: Iterable[str]) -> str:
    return ", ".join(map(repr, islice(names, _NAMED))) or "none"


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
