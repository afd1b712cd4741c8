"""Lists of mappings that name a class and a confidence, with a box or a mask of objects.

Hugging Face's pipelines return such, Ultralytics' `to_json`, Roboflow's servers and services of people's own. Their
names are those that files of predictions may have too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lookoutcv.adapters.base import AdapterContext, adapter, rows_with
from lookoutcv.column_aliases import CONFIDENCES, PREDICTED_CLASSES, PREDICTED_OBJECTS, AliasedColumns, column_key
from lookoutcv.number_text import share_of
from lookoutcv.predictions import Classification, Detections, Prediction, Segmentation
from lookoutcv.predictions.box_columns import SIZED_LISTS, BoxColumns, unread_boxes

# Ultralytics has the number under `class` and the name here.
_CLASSES = (*PREDICTED_CLASSES, "name")


def _rows(result: Any) -> Sequence[Mapping[str, Any]] | None:
    """The rows of a result; None where it has none. Roboflow's stand in a list beside the size of the picture."""
    if isinstance(result, Mapping):
        result = result.get(_names(result).first(PREDICTED_OBJECTS))
        if result == []:
            return ()
    if not rows_with(result):
        return None
    rows: Sequence[Mapping[str, Any]] = result
    return rows if all(map(_is_labelled, rows)) else None


def _names(row: Mapping[str, Any]) -> AliasedColumns:
    return AliasedColumns(key for key in row if isinstance(key, str))


def _is_labelled(row: Mapping[str, Any]) -> bool:
    names = _names(row)
    return names.first(_CLASSES) is not None and names.first(CONFIDENCES) is not None


def _recognises(result: Any) -> bool:
    return _rows(result) is not None


def _class(row: Mapping[str, Any], context: AdapterContext) -> str:
    """The first that is a name, else the name of the first number: beside a name a number is its place."""
    given = [row[name] for name in _CLASSES if row.get(name) is not None]
    name = next((value for value in given if isinstance(value, str) and not value.isdecimal()), None)
    return context.name(given[0]) if name is None else name


def _confidence(row: Mapping[str, Any]) -> float:
    value = next((row[name] for name in CONFIDENCES if row.get(name) is not None), None)
    return math.nan if value is None else share_of(value)


def _corners(row: Mapping[str, Any]) -> list[float] | None:
    """The box of a row; None where it has none, also none in a form that is not known."""
    box = BoxColumns.of(AliasedColumns(row), SIZED_LISTS).box(row)
    left = [] if box is not None else unread_boxes(row)
    if left:
        raise ValueError(f"{', '.join(map(repr, left))}: a box or a mask in a form that is not known")
    return box


@adapter("rows", recognises=_recognises)
def labelled_rows(result: Any, context: AdapterContext) -> Prediction:
    """Lists of a class and a confidence, with boxes or masks: Hugging Face pipelines, Ultralytics' JSON, Roboflow."""
    rows = [{column_key(key): value for key, value in row.items()} for row in _rows(result) or ()]
    if not rows and context.task == "detection":
        return Detections.none()
    if not rows:
        raise ValueError("an empty list says nothing")
    names, confidences = [_class(row, context) for row in rows], list(map(_confidence, rows))
    if rows[0].get("mask") is not None and not isinstance(rows[0]["mask"], str | Mapping):
        return Segmentation.of_masks([np.asarray(row["mask"]) > 0 for row in rows], names, context.ordered)
    boxes = [box for box in map(_corners, rows) if box is not None]
    if boxes:
        if len(boxes) < len(rows):
            raise ValueError("some rows have a box, and some have none")
        return Detections.of(boxes, names, confidences)
    best = int(np.nanargmax(confidences)) if not all(map(math.isnan, confidences)) else 0
    ordered = context.ordered
    scores = dict(zip(names, confidences, strict=True))
    complete = len(ordered) == len(scores) and set(ordered) == set(scores)
    # A pipeline returns the best few classes unless all of them are requested.
    ordered_scores = np.array([scores[name] for name in ordered], np.float32) if complete else None
    return Classification(names[best], confidences[best], ordered_scores)
