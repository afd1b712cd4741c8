"""The decoded image and its identity."""

import dataclasses
import hashlib
import pickle

import numpy as np
import pytest

from lookoutcv.images import Image, read, thumbnail


def test_the_hash_of_a_file_is_sha_256_of_its_bytes():
    data = thumbnail(np.zeros((8, 8, 3), np.uint8))
    assert read(data).content_hash == int.from_bytes(hashlib.sha256(data).digest()[:8], "big")


def test_the_hash_of_an_array_depends_on_shape_and_pixels():
    flat = np.zeros((2, 6), np.uint8)
    assert read(flat).content_hash == read(flat.copy()).content_hash
    assert read(flat).content_hash != read(flat.reshape(3, 4)).content_hash
    assert read(flat).content_hash != read(flat + 1).content_hash
    assert 0 <= read(flat).content_hash < 2**64


def test_an_image_is_frozen_and_picklable():
    image = Image(np.zeros((2, 3, 3), np.uint8), "array")
    with pytest.raises(dataclasses.FrozenInstanceError):
        image.format = "png"
    assert (image.height, image.width) == (2, 3)
    assert pickle.loads(pickle.dumps(image)).content_hash == image.content_hash
