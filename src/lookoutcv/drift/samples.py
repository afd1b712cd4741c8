"""The two samples as matrices: the metrics that both sides have, and what is to be said of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from lookoutcv.drift.ranks import PooledColumn, Values, pool
from lookoutcv.errors import IncompatibleProfiles
from lookoutcv.profiles.profile import Profile
from lookoutcv.records.schema import metric_names


@dataclass(frozen=True, eq=False)
class Samples:
    """What is compared.

    Args:
        names: Metrics in the samples of both sides, in the baseline's order.
        columns: Their values, pooled and sorted, in the same order.
        only_baseline, only_window: Metrics that only one side has.
    """

    names: tuple[str, ...]
    columns: tuple[PooledColumn, ...]
    only_baseline: tuple[str, ...]
    only_window: tuple[str, ...]


def common_samples(baseline: Profile, window: Profile) -> Samples:
    """The metrics of both samples.

    Raises:
        IncompatibleProfiles: They have no metric in common.
    """
    of_baseline, of_window = metric_names(baseline.sample.schema), metric_names(window.sample.schema)
    names = tuple(n for n in of_baseline if n in set(of_window))
    if not names:
        raise IncompatibleProfiles(
            "the baseline and the window have no metric in common",
            "Measure both with the same metrics (--metrics).",
            reason="no common metric",
        )
    return Samples(
        names,
        tuple(pool(metric_matrix(baseline.sample, names), metric_matrix(window.sample, names))),
        tuple(n for n in of_baseline if n not in names),
        tuple(n for n in of_window if n not in names),
    )


def metric_matrix(table: pa.Table, names: Sequence[str]) -> Values:
    """Columns as one (rows, m) float32 matrix; null, NaN and infinite values are NaN."""
    matrix = np.empty((table.num_rows, len(names)), dtype=np.float32, order="F")
    for j, name in enumerate(names):
        matrix[:, j] = table.column(name).to_numpy()
    matrix[~np.isfinite(matrix)] = np.nan
    return matrix
