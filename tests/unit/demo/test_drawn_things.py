"""Drawings that differ in pose and colour and never vanish into their ground."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.demo.drawn_things import SHAPES, THINGS, drawing


@pytest.mark.parametrize("name", [*SHAPES, *THINGS])
def test_a_drawing_can_be_told_from_its_ground(name: str) -> None:
    random = np.random.default_rng(3)
    for _ in range(20):
        pixels = drawing(name, random, 64)
        assert pixels.shape == (64, 64, 3)
        assert pixels.dtype == np.uint8
        ground = pixels[:4].reshape(-1, 3).mean(axis=0)
        inside = np.abs(pixels.astype(float) - ground).mean(axis=2) > 25
        assert 0.02 < inside.mean() < 0.9


def test_the_same_seed_draws_the_same() -> None:
    first, second = (drawing("star", np.random.default_rng(5)) for _ in range(2))
    assert (first == second).all()
    assert not (first == drawing("star", np.random.default_rng(6))).all()
