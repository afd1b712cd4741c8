"""Scores of a few classes beside a row, where all of them would be too long: the column `selected_scores`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.errors import CorruptFile
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS, SELECTED_SCORES


def with_selected_scores(rows: pa.Table, places: Sequence[int], scores: Any) -> pa.Table:
    """The rows with the scores of a few classes beside, which `selected_scores` reads.

    Args:
        rows: Records.
        places: Of the classes among the model's labels, rising.
        scores: (n, len(places)) float32; a row that is NaN throughout is null.
    """
    known = ~np.isnan(scores).all(axis=1)
    flat = scores[known].ravel()
    entries = pa.StructArray.from_arrays(
        [pa.array(np.tile(np.array(places, np.int32), int(known.sum()))), pa.array(flat, pa.float32())],
        fields=list(PREDICTION_COLUMNS.field(SELECTED_SCORES).type.value_type),
    )
    ends = np.concatenate([[0], np.cumsum(known * len(places))]).astype(np.int32)
    column = pa.ListArray.from_arrays(pa.array(ends), entries, mask=pa.array(~known))
    return rows.append_column(SELECTED_SCORES, column)


def selected_scores(rows: pa.Table) -> tuple[list[int], Any] | None:
    """The classes whose scores every row holds, and these scores.

    Args:
        rows: Records, with or without the column `selected_scores`.
    Returns:
        Places of the classes among the model's labels, rising, and (n, K) float32; rows without are NaN. None without
        the column, and where no row has any.
    Raises:
        CorruptFile: Rows hold the scores of different classes.
    Example:
        >>> selected_scores(with_selected_scores(pa.table({"id": ["a"]}), [2, 7], np.array([[0.5, 0.25]], np.float32)))
        ([2, 7], array([[0.5 , 0.25]], dtype=float32))
    """
    if SELECTED_SCORES not in rows.column_names:
        return None
    column = rows.column(SELECTED_SCORES).combine_chunks()
    lengths = np.asarray(column.value_lengths().fill_null(0))
    known = lengths > 0
    if not known.any():
        return None
    flat = column.filter(pa.array(known)).flatten()
    width = int(lengths[known][0])
    places = (
        np.asarray(flat.field("place").fill_null(-1)).reshape(-1, width) if (lengths[known] == width).all() else None
    )
    if places is None or (places != places[0]).any() or places[0][0] < 0 or (np.diff(places[0]) <= 0).any():
        raise CorruptFile("its selected scores are of different classes", "Make it again with `lookout baseline`.")
    matrix = np.full((len(column), width), np.nan, dtype=np.float32)
    matrix[known] = flat.field("score").to_numpy(zero_copy_only=False).reshape(-1, width)
    return places[0].tolist(), matrix
