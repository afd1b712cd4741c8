"""What a small network sees of an image: its most detailed squares, pixel for pixel."""

from __future__ import annotations

import numpy as np
import pytest

from drawn_scenes import scene, softened
from lookoutcv.gate.networks.mosaic import mosaic


def test_an_image_of_four_squares_is_seen_whole() -> None:
    luma = scene(1, 128, 128)
    squares = {luma[y : y + 64, x : x + 64].tobytes() for y in (0, 64) for x in (0, 64)}
    seen = mosaic(luma).levels
    assert {seen[y : y + 64, x : x + 64].tobytes() for y in (0, 64) for x in (0, 64)} == squares


def test_detail_is_found_and_comes_first() -> None:
    luma = np.full((512, 700), 90, np.uint8)
    # Where a square begins: 24 of the 60 px that are left over are left out before the first.
    luma[128:192, 408:472] = scene(2, 64, 64)
    found = mosaic(luma)
    np.testing.assert_array_equal(found.levels[:64, :64], luma[128:192, 408:472])
    assert (found.levels[64:] == 90).all()
    assert found.detail > mosaic(softened(luma, 8)).detail


def test_squares_begin_where_blocks_of_a_jpeg_begin() -> None:
    luma = np.zeros((135, 143), np.uint8)
    luma[::8, ::8] = 255
    seen = mosaic(luma).levels
    assert (seen[::8, ::8] == 255).all()


@pytest.mark.parametrize("side", [16, 50, 127])
def test_a_smaller_image_goes_on_in_its_mirror_image(side: int) -> None:
    luma = scene(3, side, side)
    seen = mosaic(luma).levels
    assert seen.shape == (128, 128)
    assert {int(level) for level in np.unique(seen)} <= {int(level) for level in np.unique(luma)}


def test_a_large_image_is_reduced_by_a_whole_factor() -> None:
    small = scene(4, 512, 600)
    large = np.repeat(np.repeat(small, 3, axis=0), 3, axis=1)
    np.testing.assert_array_equal(mosaic(large).levels, mosaic(small).levels)


def test_noise_is_measured_where_there_is_little_else() -> None:
    noise = np.random.default_rng(0).standard_normal((256, 256)) * 5
    levels = np.clip(np.rint(120 + noise), 0, 255).astype(np.uint8)
    assert mosaic(levels).noise == pytest.approx(5, rel=0.1)


@pytest.mark.parametrize("noise", [0, 1, 5, 15])
def test_a_plain_picture_cannot_be_told_whatever_its_noise(noise: int) -> None:
    random = np.random.default_rng(noise)
    sky = np.linspace(90, 170, 300)[:, None] + np.zeros((300, 400))
    levels = np.clip(np.rint(sky + noise * random.standard_normal(sky.shape)), 0, 255).astype(np.uint8)
    assert mosaic(levels).untellable == "it has too little detail"
    shown = np.clip(scene(5).astype(float) + noise * random.standard_normal((256, 320)), 0, 255).astype(np.uint8)
    assert mosaic(shown).untellable == mosaic(softened(shown, 4)).untellable == ""
