"""Metrics that tell the same story, so that one sentence stands for them."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.drift.ranks import BoolArray


def group_related(ranked: Sequence[int], related: BoolArray) -> dict[int, list[int]]:
    """Give every metric to the highest-ranked one that it is related to.

    Args:
        ranked: Columns, the strongest first.
        related: (m, m), True where two metrics are correlated.
    Returns:
        Leader -> the metrics that it stands for, in order; a metric stands for itself alone or belongs to one leader.
    Example:
        >>> import numpy as np
        >>> group_related([2, 0, 1], np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=bool))
        {2: [0], 1: []}
    """
    groups: dict[int, list[int]] = {}
    for column in ranked:
        leader = next((other for other in groups if related[other, column]), None)
        if leader is None:
            groups[column] = []
        else:
            groups[leader].append(column)
    return groups
