import math

import cv2
import numpy as np
import pytest

from drawn_scenes import scene
from lookoutcv.sharpness.block_detail import _COSINES, _ONE, _WANTED, Grid, detail, grid
from lookoutcv.sharpness.tiles import tiles


def compressed(luma: np.ndarray, quality: int) -> np.ndarray:
    _, encoded = cv2.imencode(".jpg", luma, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (3, 6), (7, 1)])
def test_the_grid_of_a_cropped_jpeg_is_found(left, top):
    plane = compressed(scene(1), 15)[(8 - top) % 8 :, (8 - left) % 8 :]
    found = grid(tiles(plane))
    assert (found.left, found.top) == (left, top)
    assert found.strength > 1


def test_without_a_grid_there_is_hardly_one():
    assert grid(tiles(scene(1))).strength < 0.3
    assert grid(tiles(np.full((64, 64), 5, np.uint8))) == Grid(0, 0, 0.0)


def test_coefficients_are_opencvs():
    block = np.random.default_rng(3).integers(0, 256, (8, 8)).astype(np.float64)
    expected = cv2.dct(block)
    found = _COSINES @ block.ravel() / _ONE
    assert found == pytest.approx([expected[u, v] for u, v in _WANTED], abs=1)


def test_stripes_have_straight_detail_and_blur_takes_it():
    stripes = np.tile((np.arange(128) % 5 < 2) * np.uint8(90), (128, 1)).astype(np.uint8)
    found = tiles(stripes)
    everything = np.ones(found.count, dtype=np.bool_)
    sharp = detail(stripes, found, Grid(0, 0, 0), everything)
    soft = detail(cv2.GaussianBlur(stripes, (0, 0), 3), found, Grid(0, 0, 0), everything)
    assert sharp.straight > soft.straight + 3


def test_of_no_tile_there_is_no_detail():
    plane = scene(2, 64, 64)
    found = tiles(plane)
    nothing = np.zeros(found.count, dtype=np.bool_)
    assert detail(plane, found, Grid(0, 0, 0), nothing) == (math.log(0.05), math.log(0.05))


@pytest.mark.parametrize("shape", [(16, 16), (17, 16), (16, 31), (23, 23)])
def test_one_tile_may_hold_no_whole_block_of_a_grid(shape):
    plane = scene(2, *shape)
    found = tiles(plane)
    for phase in range(8):
        assert np.isfinite(detail(plane, found, Grid(phase, phase, 0), np.ones(1, dtype=np.bool_))).all()
