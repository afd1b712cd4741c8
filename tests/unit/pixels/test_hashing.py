import cv2
import numpy as np
import pytest
import skimage.data

from lookoutcv.corruptions import CORRUPTIONS
from lookoutcv.pixels.view import ImageView


def _hash(pixels):
    return ImageView(pixels).survey.perceptual_hash


def _distance(one: int, other: int) -> int:
    return (one ^ other).bit_count()


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (7, 3), (300, 200)])
@pytest.mark.parametrize("level", [0, 77, 255])
def test_a_picture_without_detail_has_the_hash_0(shape, level):
    assert _hash(np.full((*shape, 3), level, np.uint8)) == 0


def test_it_fits_64_bits_and_about_half_are_set():
    found = _hash(skimage.data.astronaut())
    assert 0 < found < 2**64
    assert found.bit_count() == 32


def test_copies_keep_nearly_all_bits():
    picture = skimage.data.coffee()
    original = _hash(picture)
    small = cv2.resize(picture, (211, 141), interpolation=cv2.INTER_AREA)
    large = cv2.resize(picture, (1200, 800), interpolation=cv2.INTER_CUBIC)
    copies = [small, large, *(CORRUPTIONS[name](picture, 3) for name in ("jpeg", "darken", "noise", "defocus"))]
    assert max(_distance(original, _hash(copy)) for copy in copies) <= 6


def test_other_pictures_differ_in_many_bits():
    names = ("astronaut", "chelsea", "coffee", "rocket")
    hashes = [_hash(getattr(skimage.data, name)()) for name in names]
    distances = [_distance(a, b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(distances) >= 20
