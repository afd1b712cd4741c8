"""What a model said of an image, as columns of its record: `prediction` and those below, where a model was asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation, Task

_CORNERS = ("x1", "y1", "x2", "y2")
_OBJECT = pa.struct([("label", pa.string()), *((name, pa.float32()) for name in ("confidence", *_CORNERS))])

# Class probabilities, or the classes' shares of a segmented image, in the order of the model's labels; boxes in pixels.
ANSWERS = pa.schema(
    [
        pa.field("scores", pa.list_(pa.float32())),
        pa.field("objects", pa.list_(_OBJECT)),
        pa.field("embedding", pa.list_(pa.float32())),
    ]
)
_COLUMNS: dict[Task, str] = {
    "classification": "scores",
    "detection": "objects",
    "segmentation": "scores",
    "embedding": "embedding",
}


def answer_field(task: Task) -> pa.Field:
    """The column that holds the answers of a task.

    Example:
        >>> answer_field("detection").name
        'objects'
    """
    return ANSWERS.field(_COLUMNS[task])


def answer_row(prediction: Prediction) -> dict[str, Any]:
    """The columns of one prediction.

    Example:
        >>> answer_row(Classification("cat", 0.5))
        {'prediction': 'cat', 'scores': None}
    """
    match prediction:
        case Classification():
            return {"prediction": prediction.label, "scores": prediction.scores}
        case Detections():
            return {"objects": _objects(prediction)}
        case Segmentation():
            return {"scores": prediction.shares}
        case Embedding():
            return {"embedding": prediction.vector}


def scores_matrix(rows: pa.Table) -> Any:
    """The scores of rows as one matrix.

    Args:
        rows: Records with the column `scores`.
    Returns:
        (n, C) float32; rows without scores are NaN. None where no row has any, or rows have different numbers of them.
    Example:
        >>> scores_matrix(pa.table({"scores": pa.array([[0.5, 0.5], None], pa.list_(pa.float32()))})).tolist()
        [[0.5, 0.5], [nan, nan]]
    """
    return _matrix(rows, "scores")


def embedding_matrix(rows: pa.Table) -> Any:
    """The embeddings of rows as one matrix.

    Args:
        rows: Records with the column `embedding`.
    Returns:
        (n, D) float32 of the rows whose embedding is all numbers. None where no row has one, or they differ in length.
    """
    matrix = _matrix(rows, "embedding")
    return None if matrix is None else matrix[np.isfinite(matrix).all(axis=1)]


def _matrix(rows: pa.Table, name: str) -> Any:
    if name not in rows.column_names:
        return None
    column = rows.column(name).combine_chunks()
    lengths = np.asarray(column.value_lengths().fill_null(0))
    known = lengths > 0
    if not known.any() or len(set(lengths[known].tolist())) > 1:
        return None
    matrix = np.full((len(column), int(lengths[known][0])), np.nan, dtype=np.float32)
    matrix[known] = np.asarray(column.filter(pa.array(known)).flatten()).reshape(-1, matrix.shape[1])
    return matrix


def _objects(found: Detections) -> list[dict[str, Any]]:
    return [
        {"label": label, "confidence": float(sure), **dict(zip(_CORNERS, map(float, box), strict=True))}
        for box, label, sure in zip(found.boxes, found.labels, found.confidences, strict=True)
    ]
