"""A map is scaled by its peak, or it is said why there is nothing to scale."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.explanation.attribution import Faithfulness, attribution_of


def of(raw: object) -> object:
    return attribution_of(
        np.asarray(raw, float), method="grad_cam", layer="4", class_index=2, score=0.5, notes=("Told.",)
    )


def test_the_largest_value_is_one_and_what_is_negative_is_cut_off() -> None:
    found = of([[-3, 0], [2, 4]])
    assert found.values.tolist() == [[0, 0], [0.5, 1]]
    assert found.values.dtype == np.float32
    assert (found.peak, found.usable, found.notes) == (4, True, ("Told.",))


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ([[0, 0], [0, 0]], "zero at every place"),
        ([[-1, -2], [-1, -3]], "negative at every place"),
        ([[-1, 0], [-1, -3]], "negative at every place"),
        ([[3, 3], [3, 3 + 1e-9]], "same value at every place"),
        ([[1, float("nan")]], "not finite"),
        ([[1, float("inf")]], "not finite"),
        ([[5]], "a single place"),
    ],
)
def test_a_map_that_shows_nothing_is_said_and_never_drawn(raw: object, words: str) -> None:
    found = of(raw)
    assert not found.usable
    assert not found.values.any()
    assert found.peak == 0
    assert words in found.notes[-1]
    assert found.notes[0] == "Told."


def test_what_is_explained_is_named() -> None:
    assert "class 2" in of(np.zeros((2, 2))).notes[-1]
    chosen = attribution_of(np.zeros((2, 2)), method="grad_cam", class_index=None, score=0.5)
    assert "what was chosen" in chosen.notes[-1]


def test_better_than_random_means_the_whole_interval() -> None:
    found = Faithfulness((1, 0.5, 0), (0, 1, 1), (0.6,), (0.5,), 0.2, -0.01, 0.4)
    assert (found.deletion_area, found.insertion_area, found.better_than_random) == (0.5, 0.75, False)


def test_random_maps_that_do_as_well_are_counted_by_both_curves() -> None:
    # This map deletes to 0.5 and inserts to 0.75: the first is worse by both, the second better, the third as good.
    found = Faithfulness((1, 0.5, 0), (0, 1, 1), (0.6, 0.3, 0.6), (0.5, 0.7, 0.85), 0.1, -0.1, 0.4)
    assert found.beaten_by == 2
