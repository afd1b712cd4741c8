"""Predictions that were made elsewhere, in the place of a model that is run."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from lookoutcv.errors import BadPredictions, ConfigError
from lookoutcv.measuring.predictions.coco_names import CocoNames, coco_names
from lookoutcv.measuring.predictions.leftovers import Leftovers
from lookoutcv.measuring.predictions.prediction_rows import prediction_rows
from lookoutcv.measuring.predictions.prediction_table import PredictionTable, PredictionTableBuilder, plain_name
from lookoutcv.outputs import OutputMetric, for_task
from lookoutcv.predictions import Classification, Detections, Prediction, Task
from lookoutcv.records.model_identity import ModelIdentity

_BATCH_SIZE = 16
_NAMED = 3
_LONGEST_NAME = 200


class ImportedPredictions:
    """Predictions from a file, found by the names of images. A `PredictionSource`; `import_predictions` makes it."""

    picklable, batch_size = True, _BATCH_SIZE

    def __init__(
        self,
        path: str,
        identity: ModelIdentity,
        table: PredictionTable,
        listed: frozenset[str] | None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._path, self._identity, self._table, self._listed = path, identity, table, listed
        self._by_file: dict[str, int] = _by_file_name(table.places)
        self._notes = self._of_file = notes

    @property
    def identity(self) -> ModelIdentity:
        """The model, as the user calls it."""
        return self._identity

    @property
    def metrics(self) -> tuple[OutputMetric, ...]:
        """What is measured on its predictions."""
        return for_task(self._identity.task)

    @property
    def definition(self) -> None:
        """None: to look predictions up takes no longer than to know that they were looked up before."""
        return None

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
        file_names: Counter[str] = Counter()
        images = by_whole_name = 0
        example = ""
        for id in ids:
            images, example = images + 1, example or id
            place = self._table.places.get(plain_name(id))
            if place is not None:
                by_whole_name, used[place] = by_whole_name + 1, True
            elif _file_name(id) in self._by_file:
                file_names[_file_name(id)] += 1
        bound = ImportedPredictions(self._path, self._identity, self._table, self._listed, self._of_file)
        bound._by_file = {
            name: self._by_file[name]
            for name, count in file_names.items()
            if count == 1 and not used[self._by_file[name]]
        }
        used[list(bound._by_file.values())] = True
        if images and not used.any():
            raise ConfigError(
                f"no image is in {self._path}: it names {_few(self._table.places)}, the source {example!r}",
                "Name the images in it as `lookout measure` does (column id), or by their file names.",
                key="predictions",
            )
        missing = images - by_whole_name - len(bound._by_file)
        bound._notes = (*bound._mismatches(missing, int((~used).sum())), *self._of_file)
        return bound

    def predict(self, ids: Sequence[str], images: Sequence[Any]) -> Sequence[Prediction | None]:
        """What the file says of images; None where it says nothing."""
        return [self._prediction(id) for id in ids]

    def _prediction(self, id: str) -> Prediction | None:
        place = self._table.places.get(plain_name(id), self._by_file.get(_file_name(id)))
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

    def _mismatches(self, missing: int, unused: int) -> Iterable[str]:
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
        path: A .csv, .jsonl, .parquet or .json file with a line a prediction: the image (`id`, or a path), `label`,
            `confidence`, the corners `x1`, `y1`, `x2`, `y2` of boxes in pixels, and `score.LABEL` for each class or
            `scores`; a JSON file of COCO results; what `lookout predict -o` wrote.
        annotations: The COCO file whose numbers of images and categories the results have.
        name: What the model is called: predictions under one name are taken for those of one model.
    Raises:
        BadPredictions: A file cannot be read, or a line is not as it must be.
    """
    place = os.fspath(path)
    source = place if annotations is None and Path(place).suffix.lower() == ".json" else annotations
    names = None if source is None else coco_names(source)
    if annotations is not None and names is None:
        raise BadPredictions(
            f"{os.fspath(annotations)} is no COCO annotation file",
            "Give a JSON file with images and categories.",
            path=os.fspath(annotations),
            line=None,
        )
    leftovers = Leftovers()
    table = _read(place, names, leftovers)
    task: Task = "classification" if table.boxes is None else "detection"
    identity = ModelIdentity(name or Path(place).name, _digest(place), task, table.names, imported=True)
    listed = None if names is None or not names.images else frozenset(map(plain_name, names.images.values()))
    return ImportedPredictions(place, identity, table, listed, tuple(leftovers.notes(place)))


def _read(path: str, names: CocoNames | None, leftovers: Leftovers) -> PredictionTable:
    builder = PredictionTableBuilder(path)
    for name in () if names is None else names.images.values():
        builder.image(name)
    for name in () if names is None else names.categories.values():
        builder.label(name)
    for row in prediction_rows(path, names, leftovers):
        builder.add(row)
    return builder.build()


def _by_file_name(places: dict[str, int]) -> dict[str, int]:
    """Where images stand by the last part of their names, where it is of one image only."""
    by_name: dict[str, int] = {}
    for name, place in places.items():
        by_name[_file_name(name)] = -1 if _file_name(name) in by_name else place
    return {name: place for name, place in by_name.items() if place >= 0}


def _file_name(name: str) -> str:
    return plain_name(name).rpartition("/")[2]


def _few(names: Iterable[str]) -> str:
    shown = (name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in islice(names, _NAMED))
    return ", ".join(map(repr, shown)) or "none"


def _digest(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
