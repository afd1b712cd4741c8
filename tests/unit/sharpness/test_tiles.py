import cv2
import numpy as np
import pytest

from lookoutcv.sharpness import tiles as module
from lookoutcv.sharpness.tiles import tiles

SCHARR = np.outer([3, 10, 3], [-1, 0, 1])
IMMERKAER = np.outer([1, -2, 1], [1, -2, 1])
NUMBERS = ("gradients", "second", "light", "steps", "step_counts")
BINOMIAL = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1])


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(4).integers(0, 256, (height, width), dtype=np.uint8)


def filtered(plane: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.rint(cv2.filter2D(plane.astype(np.float64), -1, kernel.astype(np.float64))).astype(np.int64)


def halved(plane: np.ndarray, shift: int) -> np.ndarray:
    return ((filtered(plane, BINOMIAL) + (1 << (shift - 1))) >> shift)[::2, ::2]


def test_inner_tiles_are_what_opencv_finds():
    plane = noise(96, 112)
    found = tiles(plane)
    one = halved(plane, 6)
    two = halved(one, 8)
    for level, (values, side, unit) in enumerate([(plane, 16, 1), (one, 8, 4), (two, 4, 4)]):
        gx, gy = ((filtered(values, kernel) + unit // 2) // unit for kernel in (SCHARR, SCHARR.T))
        for row, product in enumerate((gx * gx, gy * gy, gx * gy)):
            rows = product[:: 2 if level == 0 else 1]
            sums = rows.reshape(6, -1, 7, side).sum(axis=(1, 3))
            here = found.gradients[level, row].reshape(6, 7)
            assert np.array_equal(here[1:-1, 1:-1], sums[1:-1, 1:-1])
    second = np.abs(filtered(plane, IMMERKAER))[::2].reshape(6, 8, 7, 16).sum(axis=(1, 3))
    assert np.array_equal(found.second.reshape(6, 7), second)
    assert np.array_equal(found.light.reshape(6, 7), two[2::4, 2::4])


@pytest.mark.skipif(module._summed is None, reason="the kernel is not compiled")
@pytest.mark.parametrize("band", [1, 10, 2048])
@pytest.mark.parametrize("shape", [(16, 16), (17, 31), (31, 17), (27, 500), (150, 121), (513, 39), (40, 3200)])
def test_the_kernel_and_numpy_find_the_same(shape, band, monkeypatch):
    for plane in (noise(*shape), (noise(*shape) > 127) * np.uint8(255)):
        monkeypatch.undo()
        compiled = tiles(plane)
        monkeypatch.setattr(module, "_summed", None)
        monkeypatch.setattr(module, "_BAND_TILES", band)
        for name in NUMBERS:
            assert np.array_equal(getattr(compiled, name), getattr(tiles(plane), name)), name


@pytest.mark.parametrize("compiled", [True, False])
@pytest.mark.parametrize("band", [1, 7, 100])
def test_bands_change_nothing_of_a_tile(band, compiled, monkeypatch):
    if not compiled:
        monkeypatch.setattr(module, "_summed", None)
    plane = noise(150, 121)
    whole = tiles(plane)
    monkeypatch.setattr(module, "_BAND_TILES", band)
    parts = tiles(plane)
    for name in NUMBERS:
        assert np.array_equal(getattr(whole, name), getattr(parts, name))


def test_the_brightest_patterns_stay_within_their_numbers():
    columns = np.tile(np.array([0, 0, 255, 255], np.uint8), (64, 16))
    xx, yy, xy = tiles(columns).gradients[0].reshape(3, 4, 4)
    assert xx[:, 1:3].tolist() == [[128 * (16 * 255) ** 2] * 2] * 4
    assert not yy.any()
    assert not xy.any()


def test_a_flat_plane_has_nothing_but_light():
    found = tiles(np.full((40, 70), 9, np.uint8))
    assert (found.count, found.across) == (8, 4)
    assert not found.gradients.any()
    assert not found.second.any()
    assert not found.steps.any()


def test_steps_are_counted_at_the_border_of_blocks():
    # Blocks of 8 px whose first one begins at column 3 and row 6.
    rows, columns = (np.arange(96) + 2) // 8, (np.arange(96) + 5) // 8
    plane = ((rows[:, None] + columns[None]) % 2 * 40).astype(np.uint8)
    found = tiles(plane)
    assert np.flatnonzero(found.steps[0]).tolist() == [3]
    assert np.flatnonzero(found.steps[1]).tolist() == [6]
    assert found.steps[0, 3] == found.step_counts[0, 3] * 80


def test_one_tile_is_enough():
    assert tiles(noise(16, 16)).count == 1
