"""Folds keep groups whole and classes even."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.errors import ConfigError
from lookoutcv.training.comparing.folds import grouped_folds


@given(st.data(), st.integers(2, 6), st.integers(0, 5))
def test_groups_stay_whole_and_no_fold_is_empty(data: st.DataObject, folds: int, seed: int) -> None:
    groups = np.array(data.draw(st.lists(st.integers(0, 30), min_size=folds, max_size=80)))
    if len(set(groups.tolist())) < folds:
        groups = np.arange(len(groups))
    labels = np.array(data.draw(st.lists(st.integers(3, 6), min_size=len(groups), max_size=len(groups))))
    found = grouped_folds(labels, groups, folds, seed)
    assert sorted(set(found.tolist())) == list(range(folds))
    assert all(len(set(found[groups == group].tolist())) == 1 for group in set(groups.tolist()))
    assert found.tolist() == grouped_folds(labels, groups, folds, seed).tolist()


def test_each_fold_gets_as_many_of_each_class_rare_ones_too(rng: np.random.Generator) -> None:
    labels = rng.permutation(np.repeat([0, 1, 2], [200, 50, 10]))
    found = grouped_folds(labels, np.arange(len(labels)), 5)
    for label, share in ((0, 40), (1, 10), (2, 2)):
        assert np.bincount(found[labels == label], minlength=5).tolist() == pytest.approx([share] * 5, abs=1)


def test_another_seed_gives_other_folds() -> None:
    labels, groups = np.zeros(40, int), np.arange(40)
    assert grouped_folds(labels, groups, 4, 0).tolist() != grouped_folds(labels, groups, 4, 1).tolist()


@pytest.mark.parametrize(("folds", "remedy"), [(1, "from 2 to 3"), (4, "from 2 to 3")])
def test_as_many_folds_as_there_are_groups_and_no_more(folds: int, remedy: str) -> None:
    with pytest.raises(ConfigError, match="3 groups that must stay whole") as caught:
        grouped_folds(np.zeros(5, int), np.array([0, 0, 1, 1, 2]), folds)
    assert remedy in caught.value.remedy
