"""Metrics that tell the same story, so that one sentence stands for them."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.drift.statistics.ranks import BoolArray


def group_related(ranked: Sequence[int], related: BoolArray, headline: Sequence[bool]) -> dict[int, list[int]]:
    """Give every metric to the highest-ranked one that it is related to, then let the best known of each group lead it.

    Args:
        ranked: Columns, the strongest first.
        related: (m, m), True where two metrics are correlated.
        headline: (m,), True for those that may speak for others. The highest-ranked of them leads its group; where a
            group has none, its highest-ranked metric does.
    Returns:
        Leader -> the metrics that it stands for, in order; a metric stands for itself alone or belongs to one leader.
    Example:
        >>> import numpy as np
        >>> group_related([2, 0, 1], np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], dtype=bool), [True] * 3)
        {2: [0], 1: []}
    """
    groups: dict[int, list[int]] = {}
    for column in ranked:
        leader = next((other for other in groups if related[other, column]), None)
        if leader is None:
            groups[column] = []
        else:
            groups[leader].append(column)
    return dict(_led(leader, others, headline) for leader, others in groups.items())


def _led(leader: int, others: list[int], headline: Sequence[bool]) -> tuple[int, list[int]]:
    members = [leader, *others]
    speaker = next((member for member in members if headline[member]), leader)
    return speaker, [member for member in members if member != speaker]
