"""Masses of maps drawn by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.explanation.focus import mass_in_box, mass_in_mask, mass_on_border, spread

CORNER = np.array([[4.0, 1, 0, 0], [1, 0, 0, 0]])


def test_a_box_counts_the_cells_that_it_covers_and_parts_of_those_that_it_cuts() -> None:
    assert mass_in_box(CORNER, (0, 0, 0.25, 0.5)) == pytest.approx(4 / 6)
    assert mass_in_box(CORNER, (0, 0, 0.125, 0.5)) == pytest.approx(2 / 6)
    assert mass_in_box(CORNER, (-3, -3, 0.5, 0.25)) == pytest.approx(2.5 / 6)
    assert mass_in_box(CORNER, (0.5, 0, 1, 1)) == 0
    assert mass_in_box(CORNER, (-9, -9, 9, 9)) == 1
    assert mass_in_box(CORNER, (2, 2, 3, 3)) == 0


def test_a_mask_has_any_resolution() -> None:
    coarse = np.array([[True, False]])
    fine = np.kron(coarse, np.ones((6, 10), bool)).astype(bool)
    odd = np.zeros((5, 7), bool)
    odd[:2, :3] = True
    assert mass_in_mask(CORNER, coarse) == mass_in_mask(CORNER, fine) == 1
    assert mass_in_mask(CORNER, odd) == pytest.approx(mass_in_box(CORNER, (0, 0, 3 / 7, 2 / 5)))


def test_a_point_is_not_spread_and_half_the_cells_are_by_their_logarithm() -> None:
    assert spread(np.eye(1, 9)) == 0
    assert spread(np.ones((3, 3))) == pytest.approx(1)
    half = np.zeros((4, 4))
    half[:2] = 7
    assert spread(half) == pytest.approx(math.log(8) / math.log(16))


def test_the_border_is_what_the_middle_is_not() -> None:
    middle = np.zeros((10, 10))
    middle[1:9, 1:9] = 1
    assert mass_on_border(middle) == pytest.approx(0, abs=1e-12)
    assert mass_on_border(1 - middle) == pytest.approx(1)


def test_a_map_without_mass_has_no_shares() -> None:
    empty = np.zeros((3, 3))
    assert all(math.isnan(one) for one in (mass_in_box(empty, (0, 0, 1, 1)), spread(empty), mass_on_border(empty)))


@pytest.mark.parametrize("wrong", [np.ones(3), -np.ones((2, 2)), np.full((2, 2), np.nan), np.ones((0, 2))])
def test_what_is_no_map_is_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ShapeMismatch, match="a map is an"):
        spread(wrong)
    with pytest.raises(ShapeMismatch, match="a map is an"):
        mass_in_box(wrong, (0, 0, 1, 1))


def test_a_mask_has_two_axes() -> None:
    with pytest.raises(ShapeMismatch, match="a mask has two axes"):
        mass_in_mask(CORNER, np.ones(3, bool))
