"""Images that show how what a measurer measured has moved: chosen by its columns alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa

from lookoutcv.drift.describe.examples import ShiftContext, examples
from lookoutcv.drift.describe.metric_terms import terms_of
from lookoutcv.drift.describe.shifted import correlation, normal_scores
from lookoutcv.drift.statistics.effects import effects
from lookoutcv.drift.statistics.ranks import pool
from lookoutcv.drift.statistics.samples import metric_matrix
from lookoutcv.records.schema import metric_names
from lookoutcv.results.images.image_example import ImageExample

# Rows of a side at most that are looked at. A sample is ordered by hash, so its first rows are one, too.
_MOST_ROWS = 5_000
# Beyond it two columns tell the same story, and one of them is named.
_RELATED = 0.8


def measured_rows(sample: pa.Table, columns: Sequence[str]) -> pa.Table:
    """The rows of a sample on which something was measured: their ids, and the numbers among these columns.

    Args:
        sample: Of a profile.
        columns: What one measurer fills.
    """
    present = set(metric_names(sample.schema))
    names = [name for name in columns if name in present]
    rows = sample.select(["id", *names])
    measured = np.isfinite(metric_matrix(rows, names)).any(axis=1)
    return rows.filter(pa.array(measured)).slice(0, _MOST_ROWS)


def most_unlike(baseline: pa.Table, window: pa.Table, moved: Collection[str], count: int) -> list[ImageExample]:
    """The images of a window that lie furthest in the direction in which what was measured moved.

    Args:
        baseline, window: As `measured_rows` gives them.
        moved: The columns that did.
        count: At most this many.
    Example:
        >>> before = pa.table({"id": list("abcde"), "gate.x": pa.array([1, 2, 3, 4, 5], pa.float32())})
        >>> after = pa.table({"id": list("fgh"), "gate.x": pa.array([4, 9, 8], pa.float32())})
        >>> [one.id for one in most_unlike(before, after, ["gate.x"], 1)]
        ['g']
    """
    names = [name for name in baseline.column_names if name in moved and name in window.column_names]
    if not names or not len(baseline) or not len(window):
        return []
    return examples(_context(baseline, window, names), _ids(window), _ids(baseline), count, shifted=True).most_shifted


def typical_of(rows: pa.Table, count: int) -> list[ImageExample]:
    """Images near the centre of what was measured.

    Args:
        rows: As `measured_rows` gives them.
        count: At most this many.
    """
    names = [name for name in rows.column_names if name != "id"]
    if not names or not len(rows):
        return []
    # A side against itself: each image's place among its own.
    return examples(_context(rows, rows, names), _ids(rows), _ids(rows), count, shifted=False).typical


def _context(baseline: pa.Table, window: pa.Table, names: Sequence[str]) -> ShiftContext:
    columns = pool(metric_matrix(baseline, names), metric_matrix(window, names))
    scores = normal_scores(columns)
    related = np.abs(correlation(np.nan_to_num(scores[: len(baseline)]))) > _RELATED
    found = [effects(column) for column in columns]
    moved = sorted(range(len(names)), key=lambda j: -found[j].size)
    return ShiftContext(columns, found, [terms_of(name) for name in names], scores, related, moved)


def _ids(rows: pa.Table) -> list[str]:
    ids: list[str] = rows.column("id").to_pylist()
    return ids
