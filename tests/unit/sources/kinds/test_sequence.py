"""Images already in hand."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pil

from lookoutcv.errors import SourceNotFound
from lookoutcv.images import read, thumbnail
from lookoutcv.sources import open_source

GREY = np.zeros((4, 5), np.uint8)


def test_items_are_numbered_and_paths_keep_their_names():
    items = [GREY, "a/b.jpg", Path("c.png"), thumbnail(np.zeros((4, 4, 3), np.uint8)), Pil.fromarray(GREY)]
    source = open_source(items)
    assert [ref.id for ref in source] == ["0000", "a/b.jpg", "c.png", "0003", "0004"]
    assert source.count() == 5
    refs = [pickle.loads(pickle.dumps(ref)) for ref in source]
    assert [read(refs[i].load()).pixels.shape for i in (0, 3, 4)] == [(4, 5, 3), (4, 4, 3), (4, 5, 3)]


def test_equal_names_are_told_apart():
    assert [ref.id for ref in open_source(["a.jpg", "a.jpg", "b.jpg"])] == ["a.jpg", "a.jpg#1", "b.jpg"]


def test_a_generator_is_listed_twice_all_the_same():
    source = open_source(GREY for _ in range(3))
    assert [len(list(source)) for _ in range(2)] == [3, 3]


def test_an_array_of_many_and_single_images():
    assert open_source(np.zeros((7, 4, 5, 3), np.uint8)).count() == 7
    for one in (GREY, np.zeros((4, 5, 3), np.uint8), Pil.fromarray(GREY), b"bytes", bytearray(b"bytes")):
        assert open_source(one).count() == 1


def test_many_items_keep_their_order_as_text():
    ids = [ref.id for ref in open_source([GREY] * 10_001)]
    assert ids == sorted(ids)


@pytest.mark.parametrize("target", [3, None, {"a": 1}])
def test_other_things_are_no_source(target):
    with pytest.raises(SourceNotFound):
        open_source(target)
