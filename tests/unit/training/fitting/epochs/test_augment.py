"""Pictures varied at random."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.training.fitting.epochs import augment
from lookoutcv.training.fitting.epochs.augment import augmented


@pytest.mark.parametrize("strength", ["light", "strong"])
@pytest.mark.parametrize("shape", [(40, 30), (1, 1), (3, 200), (500, 400)])
def test_any_picture_gives_one_of_the_size_and_stays_as_it_is(rng, strength, shape):
    pixels = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    before = pixels.copy()
    for seed in range(8):
        made = augmented(pixels, (24, 32), strength, np.random.default_rng(seed))
        assert (made.shape, made.dtype) == ((24, 32, 3), np.uint8)
        assert made.flags.c_contiguous
    np.testing.assert_array_equal(pixels, before)


def test_the_same_seed_draws_the_same(rng):
    pixels = rng.integers(0, 256, (50, 60, 3)).astype(np.uint8)
    for strength in ("light", "strong"):
        one, again = (augmented(pixels, (32, 32), strength, np.random.default_rng(5)) for _ in range(2))
        np.testing.assert_array_equal(one, again)
        assert not np.array_equal(one, augmented(pixels, (32, 32), strength, np.random.default_rng(6)))


def test_half_of_them_are_mirrored_and_parts_are_cut_out():
    # Brightness is the column, so that what is seen tells which part it is.
    pixels = np.repeat(np.arange(200, dtype=np.uint8)[None, :, None], 200, axis=0).repeat(3, axis=2)
    made = [augment._part_of(pixels, np.random.default_rng(seed)) for seed in range(200)]
    shares = [part.shape[0] * part.shape[1] / 200**2 for part in made]
    assert 0.34 < min(shares) < 0.45
    assert max(shares) > 0.85
    assert all(0.7 < part.shape[1] / part.shape[0] < 1.4 for part in made)
    falling = [
        augmented(pixels, (16, 16), "light", np.random.default_rng(seed))[8, [0, -1], 0].astype(int)
        for seed in range(200)
    ]
    assert 70 < sum(left > right for left, right in falling) < 130


def test_every_operation_of_strong_changes_something_and_keeps_the_shape(rng):
    pixels = rng.integers(0, 256, (50, 60, 3)).astype(np.uint8)
    for operation in augment._OPERATIONS:
        made = operation(pixels, np.random.default_rng(3))
        assert made.shape == pixels.shape
        assert made.dtype == np.uint8
        assert not np.array_equal(made, pixels)
