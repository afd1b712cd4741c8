"""Scores of a few classes beside a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.errors import CorruptFile
from lookoutcv.records.prediction_columns import ANSWERS, WATCHED
from lookoutcv.records.selected_scores import watched_matrix, with_watched


def test_what_is_written_is_read_and_a_row_without_scores_stays_one() -> None:
    scores = np.array([[0.5, 0.25], [np.nan, np.nan], [0.125, np.nan]], np.float32)
    rows = with_watched(pa.table({"id": ["a", "b", "c"]}), [3, 9], scores)
    assert rows.schema.field(WATCHED).type == ANSWERS.field(WATCHED).type
    assert rows.column(WATCHED).null_count == 1
    found = watched_matrix(rows.slice(1))
    assert found is not None
    assert found[0] == [3, 9]
    np.testing.assert_array_equal(found[1], scores[1:])


def test_rows_without_the_column_and_without_scores_have_none() -> None:
    rows = pa.table({"id": ["a"]})
    assert watched_matrix(rows) is None
    assert watched_matrix(with_watched(rows, [1], np.full((1, 1), np.nan, np.float32))) is None


@pytest.mark.parametrize("places", [[[1, 2], [1, 3]], [[2, 1]], [[-1, 2]], [[1, 2], [1]], [[None, 2]], [[1, 1]]])
def test_classes_that_differ_from_row_to_row_are_damage(places: list[list[int | None]]) -> None:
    rows = [[{"place": place, "score": 0.5} for place in row] for row in places]
    with pytest.raises(CorruptFile, match="of different classes"):
        watched_matrix(pa.table({WATCHED: pa.array(rows, ANSWERS.field(WATCHED).type)}))
