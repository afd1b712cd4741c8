"""Objects that people marked."""

import numpy as np
import pytest
from PIL import Image, ImageOps

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


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_boxes_of_the_stored_picture_are_turned_as_pillow_turns_it(orientation):
    stored = np.zeros((40, 60), np.uint8)
    stored[5:12, 20:50] = 255
    picture = Image.fromarray(stored)
    picture.getexif()[0x0112] = orientation
    upright = np.asarray(ImageOps.exif_transpose(picture))
    rows, columns = np.nonzero(upright)
    marked = TrueObjects.of([[20, 5, 50, 12]], ["a"], size=(60, 40))
    turned = marked.upright(40, 60, orientation)
    assert turned.boxes.tolist() == [[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]]
    assert turned.size == (40, 60)
    assert marked.in_pixels(40, 60, orientation).boxes.tolist() == turned.boxes.tolist()


def test_boxes_of_the_upright_picture_stay_and_those_of_another_are_refused():
    marked = TrueObjects.of([[20, 5, 50, 12]], ["a"], size=(60, 40))
    assert marked.in_pixels(60, 40, 6).boxes.tolist() == [[20, 5, 50, 12]]
    for size in ((40, 60, 1), (40, 60, 3), (30, 20, 1), (60, 41, 6)):
        with pytest.raises(ShapeMismatch, match=r"of a picture of 60 x 40 px, and it is of .* correct the size"):
            marked.in_pixels(*size)
