"""Objects that people marked."""

import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions import TrueObjects


def test_pixels_stay_pixels() -> None:
    marked = TrueObjects.of([[10, 20, 30, 40]], ["dog"])
    assert marked.in_pixels(100, 100).boxes.tolist() == [[10, 20, 30, 40]]


def test_boxes_are_kept_within_the_image() -> None:
    marked = TrueObjects.of([[-0.25, 0.5, 1.5, 0.25]], ["dog"], relative=True)
    found = marked.in_pixels(200, 100)
    assert found.boxes.tolist() == [[0, 25, 200, 50]]
    assert found.confidences.tolist() == [1]


def test_an_image_without_objects() -> None:
    assert len(TrueObjects.of([], []).in_pixels(10, 10)) == 0


def test_one_label_a_box() -> None:
    with pytest.raises(ShapeMismatch):
        TrueObjects(np.zeros((2, 4), np.float32), ("dog",))
