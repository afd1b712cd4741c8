import numpy as np

from lookoutcv.drift.related import group_related


def test_a_metric_belongs_to_its_strongest_relative_only() -> None:
    related = np.eye(4, dtype=bool)
    for i, j in [(0, 1), (1, 2)]:
        related[i, j] = related[j, i] = True
    assert group_related([0, 1, 2, 3], related) == {0: [1], 2: [], 3: []}
    assert group_related([1, 0, 2, 3], related) == {1: [0, 2], 3: []}
