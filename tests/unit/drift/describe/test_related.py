import numpy as np

from lookoutcv.drift.describe.related import group_related


def test_a_metric_belongs_to_its_strongest_relative_only() -> None:
    related = np.eye(4, dtype=bool)
    for i, j in [(0, 1), (1, 2)]:
        related[i, j] = related[j, i] = True
    assert group_related([0, 1, 2, 3], related, [True] * 4) == {0: [1], 2: [], 3: []}
    assert group_related([1, 0, 2, 3], related, [True] * 4) == {1: [0, 2], 3: []}


def test_a_detail_does_not_speak_for_a_metric_that_people_know() -> None:
    related = np.ones((3, 3), dtype=bool)
    assert group_related([0, 1, 2], related, [False, True, True]) == {1: [0, 2]}
    assert group_related([0, 1, 2], related, [False, False, False]) == {0: [1, 2]}
