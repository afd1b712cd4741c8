"""Scores of a few classes beside a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.errors import CorruptFile
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS, SELECTED_SCORES
from lookoutcv.records.selected_scores import selected_scores, with_selected_scores


def test_what_is_written_is_read_and_a_row_without_scores_stays_one() -> None:
    scores = np.array([[0.5, 0.25], [np.nan, np.nan], [0.125, np.nan]], np.float32)
    rows = with_selected_scores(pa.table({"id": ["a", "b", "c"]}), [3, 9], scores)
    assert rows.schema.field(SELECTED_SCORES).type == PREDICTION_COLUMNS.field(SELECTED_SCORES).type
    assert rows.column(SELECTED_SCORES).null_count == 1
    found = selected_scores(rows.slice(1))
    assert found is not None
    assert found[0] == [3, 9]
    np.testing.assert_array_equal(found[1], scores[1:])


def test_rows_without_the_column_and_without_scores_have_none() -> None:
    rows = pa.table({"id": ["a"]})
    assert selected_scores(rows) is None
    assert selected_scores(with_selected_scores(rows, [1], np.full((1, 1), np.nan, np.float32))) is None


@pytest.mark.parametrize("places", [[[1, 2], [1, 3]], [[2, 1]], [[-1, 2]], [[1, 2], [1]], [[None, 2]], [[1, 1]]])
def test_classes_that_differ_from_row_to_row_are_damage(places: list[list[int | None]]) -> None:
    rows = [[{"place": place, "score": 0.5} for place in row] for row in places]
    with pytest.raises(CorruptFile, match="of different classes"):
        selected_scores(pa.table({SELECTED_SCORES: pa.array(rows, PREDICTION_COLUMNS.field(SELECTED_SCORES).type)}))
