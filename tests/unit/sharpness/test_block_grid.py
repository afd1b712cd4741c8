import cv2
import numpy as np
import pytest

from drawn_scenes import scene
from lookoutcv.sharpness.block_grid import Grid, grid
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
