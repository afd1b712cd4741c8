"""One meaning for each shape and dtype of an array."""

import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.images.arrays import from_array


def test_rgb_bytes_are_shared_not_copied():
    array = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert from_array(array) is array


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1)])
def test_grey_is_repeated(shape):
    pixels = from_array(np.arange(6, dtype=np.uint8).reshape(shape))
    assert pixels.shape == (2, 3, 3)
    assert pixels[1, 2].tolist() == [5, 5, 5]


def test_the_fourth_channel_is_dropped_and_bgr_is_turned():
    array = np.arange(8, dtype=np.uint8).reshape(1, 2, 4)
    assert from_array(array).tolist() == [[[0, 1, 2], [4, 5, 6]]]
    assert from_array(array, bgr=True).tolist() == [[[2, 1, 0], [6, 5, 4]]]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array([[0, 255, 256, 65535]], np.uint16), [0, 0, 1, 255]),
        (np.array([[False, True]]), [0, 255]),
        (np.array([[0, 0.5, 1]], np.float32), [0, 128, 255]),
        (np.array([[0, 1]], np.float64), [0, 255]),
    ],
)
def test_dtypes_cover_the_full_range(array, expected):
    assert from_array(array)[0, :, 0].tolist() == expected


def test_the_result_is_contiguous_for_any_stride():
    pixels = from_array(np.zeros((6, 8, 3), np.uint8)[::2, ::-1])
    assert pixels.flags.c_contiguous
    assert pixels.shape == (3, 8, 3)


@pytest.mark.parametrize(
    ("array", "remedy"),
    [
        (np.zeros((3, 8, 9), np.uint8), "transpose"),
        # Three rows of three pixels with five channels: nothing says that the channels come first.
        (np.zeros((3, 3, 5), np.uint8), "no image has that shape"),
        (np.zeros((2, 8, 9, 3), np.uint8), "one image at a time"),
        (np.zeros((0, 8, 3), np.uint8), "1 x 1"),
        (np.zeros(8, np.uint8), "H, W"),
        (np.zeros((8, 9, 5), np.uint8), "H, W"),
        (np.zeros((8, 9), np.int64), "astype"),
        (np.full((8, 9), 200.0), "divide by 255"),
        (np.full((8, 9), -0.5), "normalisation"),
        (np.full((8, 9), np.nan), "0..1"),
    ],
)
def test_what_could_mean_two_things_is_refused(array, remedy):
    with pytest.raises(ShapeMismatch, match=remedy) as caught:
        from_array(array)
    assert caught.value.fields == {"shape": array.shape, "dtype": str(array.dtype)}
