"""Predictions into a file as they come: CSV, JSON or COCO."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

import cv2
import numpy as np

from lookoutcv.csv_cells import harmless
from lookoutcv.errors import ConfigError
from lookoutcv.files.outputs import FileKind, check_output, marked, open_output
from lookoutcv.inference.predictions import Predicted, rows
from lookoutcv.models import Predictor
from lookoutcv.predictions import Detections, Segmentation
from lookoutcv.version import __version__

# In a COCO file: its images and categories alone could be anybody's.
_DESCRIPTION = "Predictions by lookoutcv"


class Writer(Protocol):
    """Takes predictions one by one."""

    def add(self, item: Predicted) -> None:
        """Append one."""
        ...

    def close(self) -> None:
        """Finish."""
        ...


class CsvWriter:
    """A line a row of `rows`. An image without objects has no line; see `csv_cells` on names that begin a formula."""

    def __init__(self, sink: IO[Any], model: Predictor, top: int, *, raw: bool = False) -> None:
        self._raw = raw
        self._labels, self._top, self._sink = model.labels, top, sink
        columns = {
            "classification": ("id", "rank", "label", "confidence"),
            "detection": ("id", "rank", "label", "confidence", "x1", "y1", "x2", "y2"),
            "segmentation": ("id", "rank", "label", "share", "regions"),
        }
        self._writer = csv.writer(sink)
        self._columns = columns.get(model.task)
        if self._columns is not None:
            self._writer.writerow(self._columns)

    def add(self, item: Predicted) -> None:
        """Append one."""
        for row in rows(item, self._labels, self._top):
            if self._columns is None:
                self._columns = tuple(row)
                self._writer.writerow(self._columns)
            self._writer.writerow([self._cell(row[name]) for name in self._columns])

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str) and not self._raw:
            return harmless(value)
        return "" if value is None else value

    def close(self) -> None:
        """Nothing is left to do."""


class JsonWriter:
    """An array with one object an image, each on a line of its own."""

    def __init__(self, sink: IO[Any], model: Predictor, top: int) -> None:
        self._sink, self._labels, self._top = sink, model.labels, top
        self._between = "[\n"

    def add(self, item: Predicted) -> None:
        """Append one."""
        self._sink.write(self._between + json.dumps(as_json(item, self._labels, self._top), ensure_ascii=False))
        self._between = ",\n"

    def close(self) -> None:
        """The end of the array."""
        self._sink.write("[]\n" if self._between == "[\n" else "\n]\n")


class CocoWriter:
    """COCO's annotations with scores: boxes, or a mask a class as uncompressed run lengths.

    Source: the COCO data format, https://cocodataset.org/#format-data.
    """

    def __init__(self, sink: IO[Any], model: Predictor, top: int) -> None:
        if model.task not in ("detection", "segmentation"):
            raise ConfigError(
                f"COCO holds boxes and masks, and {model.name} is for {model.task}",
                "Write .csv or .json.",
                key="output",
            )
        self._sink = sink
        self._categories = {name: number for number, name in enumerate(dict.fromkeys(model.labels), start=1)}
        self._images: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []

    def add(self, item: Predicted) -> None:
        """Append one."""
        number = len(self._images) + 1
        self._images.append({"id": number, "file_name": item.id, "width": item.width, "height": item.height})
        annotations = _masks(item) if isinstance(item.prediction, Segmentation) else _boxes(item)
        for label, annotation in annotations:
            # A function need not say beforehand which classes it knows.
            category = self._categories.setdefault(label, len(self._categories) + 1)
            place = {"id": len(self._annotations) + 1, "image_id": number, "category_id": category}
            self._annotations.append(place | annotation | {"iscrowd": int("segmentation" in annotation)})

    def close(self) -> None:
        """Write it all."""
        categories = [{"id": number, "name": name} for name, number in self._categories.items()]
        info = {"description": f"{_DESCRIPTION} {__version__}"}
        document = {"info": info, "images": self._images, "categories": categories, "annotations": self._annotations}
        json.dump(document, self._sink, ensure_ascii=False)
        self._sink.write("\n")


def as_json(item: Predicted, labels: tuple[str, ...], top: int) -> dict[str, Any]:
    """One prediction as a JSON object.

    Example:
        >>> from lookoutcv.predictions import Classification
        >>> as_json(Predicted("a", 4, 2, None, Classification("cat", 0.5)), (), 3)["predictions"]
        [{'rank': 1, 'label': 'cat', 'confidence': 0.5}]
    """
    document: dict[str, Any] = {"id": item.id, "width": item.width, "height": item.height}
    if item.label is not None:
        document["label"] = item.label
    flat = [{key: value for key, value in row.items() if key != "id"} for row in rows(item, labels, top)]
    if hasattr(item.prediction, "vector"):
        return document | {"embedding": list(flat[0].values())}
    if isinstance(item.prediction, Segmentation):
        document["map"] = {"size": list(item.prediction.classes.shape), "runs": item.prediction.run_lengths()}
    return document | {"predictions": flat}


def _boxes(item: Predicted) -> Iterator[tuple[str, dict[str, Any]]]:
    prediction = item.prediction
    assert isinstance(prediction, Detections)  # checked when the writer was made
    for box, label, confidence in zip(prediction.boxes, prediction.labels, prediction.confidences, strict=True):
        x, y, width, height = (round(float(v), 2) for v in (box[0], box[1], box[2] - box[0], box[3] - box[1]))
        score = None if np.isnan(confidence) else round(float(confidence), 6)
        yield label, {"bbox": [x, y, width, height], "area": round(width * height, 2), "score": score}


def _masks(item: Predicted) -> Iterator[tuple[str, dict[str, Any]]]:
    prediction = item.prediction
    assert isinstance(prediction, Segmentation)
    whole = cv2.resize(prediction.classes, (item.width, item.height), interpolation=cv2.INTER_NEAREST)
    for index in np.unique(whole):
        mask = whole == index
        rows_, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        left, top = int(columns[0]), int(rows_[0])
        box = [left, top, int(columns[-1]) - left + 1, int(rows_[-1]) - top + 1]
        size = [item.height, item.width]
        yield (
            prediction.labels[index],
            {"bbox": box, "area": int(mask.sum()), "segmentation": {"size": size, "counts": _counts(mask)}},
        )


def _counts(mask: Any) -> list[int]:
    """COCO's run lengths: column by column, the first run is of pixels outside."""
    flat = np.concatenate([[False], mask.ravel(order="F")])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    return [int(run) for run in np.diff(np.concatenate([[0], edges, [mask.size]]))]


# How those that lie there are known: by their first columns, or keys.
_JSON = marked(
    "a JSON file of predictions",
    r'\A\[\n\{"id": "(?:[^"\\]|\\.)*", "width": [0-9]+, "height": [0-9]+, "(?:label|predictions|map|embedding)": '
    r"|\A\[\]\n\Z",
)
_COCO = marked("a COCO file of predictions", rf'\A\{{"info": \{{"description": "{_DESCRIPTION} ')
_KINDS: dict[str, FileKind] = {
    ".coco.json": _COCO,
    ".coco": _COCO,
    ".csv": marked("a table of predictions", r"\Aid,(?:rank,label,(?:confidence|share)|e0)[,\r\n]"),
    ".json": _JSON,
}
_WRITERS: dict[str, Callable[[IO[Any], Predictor, int], Writer]] = {
    ".coco.json": CocoWriter,
    ".coco": CocoWriter,
    ".csv": CsvWriter,
    ".json": JsonWriter,
}


def check_prediction_output(path: str | os.PathLike[str], *, inputs: Iterable[str] = (), force: bool = False) -> None:
    """Refuse an output that cannot be written, before a model is run.

    Args:
        path, inputs, force: As for `prediction_file`.
    Raises:
        ConfigError: The suffix names no form.
        OutputUnwritable: The file cannot be written there.
    """
    check_output(path, _KINDS[form_of_predictions(path)], inputs=inputs, force=force)


@contextmanager
def prediction_file(
    path: str | os.PathLike[str],
    model: Predictor,
    top: int,
    *,
    inputs: Iterable[str] = (),
    force: bool = False,
    raw: bool = False,
) -> Iterator[Writer]:
    """A file that takes predictions; it appears, complete, when the block ends without an exception.

    Args:
        path: Ends in .csv, .json, .coco or .coco.json.
        model: Who says it.
        top: How many classes of a classification.
        inputs, force: As for `files.outputs.check_output`.
        raw: Of CSV: texts as they are, whatever a spreadsheet makes of them.
    Raises:
        ConfigError: Another suffix, or COCO for a model that gives neither boxes nor masks.
        OutputUnwritable: The file cannot be written there.
    """
    form = form_of_predictions(path)
    with open_output(path, _KINDS[form], "w", inputs=inputs, force=force) as file:
        writer = CsvWriter(file, model, top, raw=raw) if form == ".csv" else _WRITERS[form](file, model, top)
        yield writer
        writer.close()


def form_of_predictions(path: str | os.PathLike[str]) -> str:
    """The form of predictions that the ending of a file name means.

    Raises:
        ConfigError: It means none.
    """
    name = Path(path).name.lower()
    for suffix in _WRITERS:
        if name.endswith(suffix):
            return suffix
    raise ConfigError(
        f"{Path(path).name!r} does not say in which form to write predictions",
        f"End its name in one of {', '.join(_WRITERS)}.",
        path=os.fspath(path),
    )
