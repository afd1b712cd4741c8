"""Which scores a baseline keeps, and how those of either side are read: a thousand for each row would take 80 MB."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.drift.predictions.score_drift import most_likely_classes
from lookoutcv.profiles.sample import in_order
from lookoutcv.records.prediction_columns import SELECTED_SCORES, scores_matrix
from lookoutcv.records.selected_scores import selected_scores, with_selected_scores

# Scores that a baseline keeps beside those that are tested: 3.5 MB in its file. Whole rows serve only where a baseline
# is compared with another; 1,000 of them estimate an accuracy to three points.
MOST_KEPT = 1_000_000

Numbers = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class ScoreSide:
    """The scores of one side.

    Args:
        values: (n, K) float32; rows without scores are NaN.
        places: Of the K classes among the model's labels, where scores were selected; None where these are all classes.
    """

    values: Numbers
    places: list[int] | None

    @classmethod
    def of(cls, table: pa.Table, classes: int) -> ScoreSide | None:
        """Those of a sample; None where it has none, or not of so many classes."""
        selected = selected_scores(table)
        if selected is not None:
            return cls(selected[1], selected[0]) if selected[0][-1] < classes else None
        values = scores_matrix(table)
        return None if values is None or values.shape[1] != classes else cls(values, None)

    def tested_places(self) -> list[int]:
        """Places of the classes that are tested where this is the baseline."""
        return tested_places(self.values) if self.places is None else self.places

    def knows(self, place: int) -> bool:
        """Whether every row has the score of this class."""
        return self.places is None or place in self.places

    def columns(self, chosen: Sequence[int]) -> Numbers:
        """The scores of some classes, (n, len(chosen)); all of them must be known."""
        stored: Numbers = self.values[
            :, chosen if self.places is None else [self.places.index(index) for index in chosen]
        ]
        return stored


def thin_scores(sample: pa.Table) -> pa.Table:
    """A baseline's sample whose scores take at most 4 MB beside those that are tested.

    Where there are more than 1,000,000 scores, so many rows as that makes keep all of theirs, and every row keeps those
    of the classes that are tested: of 20,000 rows with 1,000 scores 1,000 rows, and 15 scores in all. A sample is
    ordered by hash, so its first rows are a sample, too. They are needed where the baseline is itself compared with
    another, to estimate its accuracy.

    Args:
        sample: Records of a model's predictions, in the order of a profile's sample.
    """
    scores = scores_matrix(sample)
    if scores is None or scores.size <= MOST_KEPT or SELECTED_SCORES in sample.column_names:
        return sample
    rows, places = max(1, MOST_KEPT // scores.shape[1]), tested_places(scores)
    column = sample.column("scores")
    selected = pa.chunked_array([*column.slice(0, rows).chunks, pa.nulls(len(column) - rows, column.type)])
    thinned = sample.set_column(sample.schema.get_field_index("scores"), "scores", selected)
    wide = with_selected_scores(thinned, places, scores[:, places])
    return wide.select(in_order(wide.schema).names).combine_chunks()


def tested_places(scores: Numbers) -> list[int]:
    """The classes whose scores are tested, by their means over a baseline's rows: see `most_likely_classes`."""
    finite = scores[np.isfinite(scores).all(axis=1)]
    return most_likely_classes(finite.mean(axis=0, dtype=np.float64) if len(finite) else np.zeros(scores.shape[1]))
