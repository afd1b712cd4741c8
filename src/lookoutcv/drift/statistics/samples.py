"""The two samples as matrices: the metrics that both sides have, and what is to be said of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from lookoutcv.calls.option_names import option
from lookoutcv.drift.statistics.binned import count_column
from lookoutcv.drift.statistics.columns import CountedColumn, Values
from lookoutcv.drift.statistics.ranks import PooledColumn, pool
from lookoutcv.errors import IncompatibleProfiles
from lookoutcv.profiles.profile import SAMPLE_SIZE, Profile
from lookoutcv.records.schema import metric_names

# A profile's sample as it is made by default: two of them are sorted, more is counted.
_MOST_SORTED = 2 * SAMPLE_SIZE
# Rows of a side at most that are looked at one by one where all are counted: for the correlation of the metrics, and
# for examples.
_MOST_FIRST = 5_000


@dataclass(frozen=True, eq=False)
class Samples:
    """What is compared.

    Args:
        names: Metrics in the samples of both sides, in the baseline's order.
        columns: Their values on both sides, in the same order: sorted, or counted in cells where they are many.
        first: The same, sorted, of the first rows of both sides; `columns` themselves where these are sorted.
        only_baseline, only_window: Metrics that only one side has.
        sides: The rows of both samples.
    """

    names: tuple[str, ...]
    columns: tuple[CountedColumn, ...]
    first: tuple[PooledColumn, ...]
    only_baseline: tuple[str, ...]
    only_window: tuple[str, ...]
    sides: tuple[pa.Table, pa.Table]

    @cached_property
    def every_row(self) -> tuple[PooledColumn, ...]:
        """All rows of both sides, sorted: for rules that need to know which row has which value."""
        if self.columns is self.first:
            return self.first
        return tuple(pool(*(metric_matrix(side, self.names) for side in self.sides)))


def common_samples(baseline: Profile, window: Profile) -> Samples:
    """The metrics of both samples.

    Raises:
        IncompatibleProfiles: They have no metric in common.
    """
    of_baseline, of_window = metric_names(baseline.sample.schema), metric_names(window.sample.schema)
    names = tuple(n for n in of_baseline if n in set(of_window))
    if not names:
        raise _nothing_common(bool(of_baseline), bool(of_window))
    sides = baseline.sample, window.sample
    many = sum(side.num_rows for side in sides) > _MOST_SORTED
    # Samples are ordered by hash, so their first rows are samples, too.
    parts = [metric_matrix(side.slice(0, _MOST_FIRST) if many else side, names) for side in sides]
    first = tuple(pool(*parts))
    counted = tuple(count_column(*(metric_values(side, name) for side in sides)) for name in names) if many else first
    return Samples(
        names,
        counted,
        first,
        tuple(n for n in of_baseline if n not in names),
        tuple(n for n in of_window if n not in names),
        sides,
    )


def have_common(baseline: Profile, window: Profile) -> bool:
    """Whether both samples have a metric."""
    return not set(metric_names(baseline.sample.schema)).isdisjoint(metric_names(window.sample.schema))


def _nothing_common(baseline: bool, window: bool) -> IncompatibleProfiles:
    """The error for sides of which one, both or none has metrics."""
    if baseline and window:
        problem, remedy = "no metric in common", f"Measure both with the same {option('metrics')}."
        return IncompatibleProfiles(f"the baseline and the window have {problem}", remedy, reason="no common metric")
    where = "the baseline" if window else "the window" if baseline else "either side"
    return IncompatibleProfiles(
        f"no image of {where} was measured, and there are no answers that both sides have",
        "Measure the images of both (a logger does with enabled_metrics=...), or give one model's answers on both "
        f"({option('model')}, {option('predictions')}, a log).",
        reason="no measured image",
    )


def metric_matrix(table: pa.Table, names: Sequence[str]) -> Values:
    """Columns as one (rows, m) float32 matrix; null, NaN and infinite values are NaN."""
    matrix = np.empty((table.num_rows, len(names)), dtype=np.float32, order="F")
    for j, name in enumerate(names):
        matrix[:, j] = metric_values(table, name)
    matrix[~np.isfinite(matrix)] = np.nan
    return matrix


def metric_values(table: pa.Table, name: str) -> Values:
    """A column as (rows,) float32, not copied where it has no nulls; those are NaN."""
    column = table.column(name)
    values: Values = (column.chunk(0) if column.num_chunks == 1 else column).to_numpy(zero_copy_only=False)
    return values.astype(np.float32, copy=False)
