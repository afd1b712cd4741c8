"""What a model said of an image, as columns of its record: `prediction` and those below, where a model was asked.

What is really in the image, where people marked objects, stands beside it in the form of a detector's prediction.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task
from lookoutcv.predictions.segmentation import run_count, runs_of

_CORNERS = ("x1", "y1", "x2", "y2")
_OBJECT = pa.struct([("label", pa.string()), *((name, pa.float32()) for name in ("confidence", *_CORNERS))])

# Of a segmented image: height, width, then class and length of each run, row by row. Kept in records, and too long for
# the sample of a profile, which has no use for it.
MASK = "mask"
OBJECTS = "objects"
# What people marked, in the form of `objects`; confidence 0 for a region that nobody counted. Null where nobody looked,
# and in older files. The sample of a profile keeps it beside the predictions of a detector, for nothing else reads it.
TRUTH = "true_objects"
# Of the prediction of a classifier, measured on it as the other output metrics.
CONFIDENCE = "output.confidence"
# The scores of a few classes in every row of a baseline that keeps all scores of its first rows only.
SELECTED_SCORES = "selected_scores"
_PLACE = pa.struct([("place", pa.int32()), ("score", pa.float32())])
# Class probabilities, or the classes' shares of a segmented image, in the order of the model's labels; boxes in pixels;
# connected regions of each class.
PREDICTION_COLUMNS = pa.schema(
    [
        pa.field("scores", pa.list_(pa.float32())),
        pa.field(OBJECTS, pa.list_(_OBJECT)),
        pa.field(TRUTH, pa.list_(_OBJECT)),
        pa.field("embedding", pa.list_(pa.float32())),
        pa.field("regions", pa.list_(pa.int32())),
        pa.field(MASK, pa.list_(pa.int32())),
        pa.field(SELECTED_SCORES, pa.list_(_PLACE)),
    ]
)
_COLUMNS: dict[Task, tuple[str, ...]] = {
    "classification": ("scores",),
    "detection": (OBJECTS,),
    "segmentation": ("scores", "regions", MASK),
    "embedding": ("embedding",),
}


def prediction_fields(task: Task) -> list[pa.Field]:
    """The columns that hold the predictions of a task.

    Example:
        >>> [field.name for field in prediction_fields("detection")]
        ['objects']
    """
    return [PREDICTION_COLUMNS.field(name) for name in _COLUMNS[task]]


def prediction_row(prediction: Prediction, most_runs: int | None = None) -> dict[str, Any]:
    """The columns of one prediction.

    Args:
        prediction: It.
        most_runs: A class map of more runs has no `mask`; None for no bound.
    Example:
        >>> prediction_row(Classification("cat", 0.5))
        {'prediction': 'cat', 'scores': None}
    """
    match prediction:
        case Classification():
            # Scores that are not numbers have no largest: nothing is predicted. A bare label without confidence is.
            defined = prediction.scores is None or not math.isnan(prediction.confidence)
            return {"prediction": prediction.label if defined else None, "scores": prediction.scores}
        case Detections():
            return {OBJECTS: object_rows(prediction)}
        case Segmentation():
            row = {"scores": prediction.shares, "regions": prediction.components}
            if most_runs is None or run_count(prediction.classes) <= most_runs:
                row[MASK] = np.concatenate([prediction.classes.shape, runs_of(prediction.classes)], dtype=np.int32)
            return row
        case Embedding():
            return {"embedding": prediction.vector}


def scores_matrix(rows: pa.Table) -> Any:
    """The scores of rows as one matrix.

    Args:
        rows: Records, with or without the column `scores`.
    Returns:
        (n, C) float32; rows without scores are NaN. None where no row has any, or rows have different numbers of them.
    Example:
        >>> scores_matrix(pa.table({"scores": pa.array([[0.5, 0.5], None], pa.list_(pa.float32()))})).tolist()
        [[0.5, 0.5], [nan, nan]]
    """
    return _matrix(rows, "scores")


def confidences(rows: pa.Table) -> Any:
    """The confidence of each row's prediction: (n,) float64, NaN where there is none; None without such a column.

    Example:
        >>> confidences(pa.table({"output.confidence": pa.array([0.5, None], pa.float32())})).tolist()
        [0.5, nan]
    """
    if CONFIDENCE not in rows.column_names:
        return None
    return rows.column(CONFIDENCE).to_numpy(zero_copy_only=False).astype(np.float64)


def embedding_matrix(rows: pa.Table) -> Any:
    """The embeddings of rows as one matrix: as `scores_matrix`, of the column `embedding`."""
    return _matrix(rows, "embedding")


def object_counts(rows: pa.Table, labels: Sequence[str]) -> Any:
    """How many objects of each label there are in each image.

    Args:
        rows: Records, with or without the column `objects`.
        labels: K of them.
    Returns:
        (n, K + 1) float32, the last column for all other labels together; rows that no detector was asked about are
        NaN. None without the column.
    Example:
        >>> cat = {"label": "cat", "confidence": 0.5, "x1": 0, "y1": 0, "x2": 1, "y2": 1}
        >>> rows = pa.table({"objects": pa.array([[cat, cat], [], None], prediction_fields("detection")[0].type)})
        >>> object_counts(rows, ["cat"]).tolist()
        [[2.0, 0.0], [0.0, 0.0], [nan, nan]]
    """
    if OBJECTS not in rows.column_names:
        return None
    column, columns = rows.column(OBJECTS).combine_chunks(), len(labels) + 1
    names = pc.struct_field(pc.list_flatten(column), "label")
    places = np.asarray(pc.index_in(names, pa.array(labels, pa.string())).fill_null(len(labels)))
    cells = np.asarray(pc.list_parent_indices(column)) * columns + places
    counts = np.bincount(cells, minlength=len(column) * columns).reshape(len(column), columns).astype(np.float32)
    counts[~np.asarray(column.is_valid())] = np.nan
    return counts


def objects_of(rows: pa.Table, name: str = OBJECTS) -> Iterator[Detections | None]:
    """The objects of each row, one after the other; None where there is no prediction.

    Args:
        rows: Records, with or without the column.
        name: `OBJECTS`, or `TRUTH`.
    Example:
        >>> rows = pa.table({"objects": pa.array([[], None], prediction_fields("detection")[0].type)})
        >>> [None if one is None else len(one) for one in objects_of(rows)]
        [0, None]
    """
    if name not in rows.column_names:
        yield from (None for _ in range(rows.num_rows))
        return
    column = rows.column(name).combine_chunks()
    ends = np.cumsum(np.asarray(column.value_lengths().fill_null(0)))
    flat = column.flatten()
    labels = flat.field("label").to_pylist()
    numbers = [
        flat.field(part).fill_null(math.nan).to_numpy(zero_copy_only=False) for part in ("confidence", *_CORNERS)
    ]
    matrix = np.stack(numbers, axis=1).astype(np.float32)
    for known, end, start in zip(column.is_valid().to_pylist(), ends, np.append(0, ends), strict=False):
        here = matrix[start:end]
        yield Detections(here[:, 1:], tuple(map(str, labels[start:end])), here[:, 0]) if known else None


def _matrix(rows: pa.Table, name: str) -> Any:
    if name not in rows.column_names:
        return None
    column = rows.column(name).combine_chunks()
    lengths = np.asarray(column.value_lengths().fill_null(0))
    known = lengths > 0
    if not known.any() or len(set(lengths[known].tolist())) > 1:
        return None
    matrix = np.full((len(column), int(lengths[known][0])), np.nan, dtype=np.float32)
    flat = column.filter(pa.array(known)).flatten()
    matrix[known] = flat.to_numpy(zero_copy_only=False).reshape(-1, matrix.shape[1])
    return matrix


def object_rows(detections: Detections) -> list[dict[str, Any]]:
    """Objects as a cell of a record holds them."""
    return [
        {"label": label, "confidence": float(sure), **dict(zip(_CORNERS, map(float, box), strict=True))}
        for box, label, sure in zip(detections.boxes, detections.labels, detections.confidences, strict=True)
    ]
