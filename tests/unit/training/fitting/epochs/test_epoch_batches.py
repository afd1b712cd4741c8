"""The batches of an epoch: each picture once, none alone, the same again."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from drawn_pictures import DrawnPictures
from lookoutcv.models.cards.card import Input
from lookoutcv.training.fitting.epochs.epoch_batches import Batches

INPUT = Input((16, 16), "NCHW", "RGB", "float32", 1 / 255, (0.5,) * 3, (0.5,) * 3, "centre_crop")


def _batches(count: int, **more):
    pictures = DrawnPictures(INPUT, count, 1, classes=1)
    return Batches(pictures, INPUT, **({"augment": "light", "seed": 3} | more))


@pytest.mark.parametrize(("count", "size"), [(2, 32), (3, 2), (33, 32), (65, 32), (100, 1), (7, 3)])
def test_each_picture_comes_once_and_none_alone(count, size):
    batches = _batches(count)
    sizes, seen = [], []
    for indices, pixels in batches.of(batches.order(1), 1, size):
        assert pixels.shape == (len(indices), 16, 16, 3)
        sizes.append(len(indices))
        seen += indices.tolist()
    assert sorted(seen) == list(range(count))
    assert min(sizes) >= 2
    assert max(sizes) <= max(3, 1.5 * size)


def test_they_follow_from_seed_and_epoch_and_not_from_the_number_of_threads():
    def all_of(threads: int, epoch: int, seed: int = 3):
        batches = _batches(20, threads=threads, seed=seed)
        return np.concatenate([pixels for _, pixels in batches.of(batches.order(epoch), epoch, 4)])

    np.testing.assert_array_equal(all_of(1, 1), all_of(4, 1))
    assert not np.array_equal(all_of(1, 1), all_of(1, 2))
    assert not np.array_equal(all_of(1, 1), all_of(1, 1, seed=4))


def test_a_picture_is_varied_alike_in_whatever_batch_it_comes():
    batches = _batches(20)
    one = dict(zip(range(20), batches.made(np.arange(20), 1), strict=True))
    np.testing.assert_array_equal(batches.made(np.array([7]), 1)[0], one[7])


def test_without_variation_they_are_what_serving_sees():
    batches = _batches(5, augment="none")
    np.testing.assert_array_equal(batches.made(np.array([3, 1]), 1), batches.pictures.framed([3, 1]))


def test_an_epoch_that_is_left_early_leaves_no_threads():
    batches = _batches(40, threads=2)
    for _ in batches.of(batches.order(1), 1, 4):
        break
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("batches")]


def test_what_fails_in_a_thread_is_raised():
    batches = _batches(8)
    batches.pictures.roomy = lambda indices: 1 / 0
    with pytest.raises(ZeroDivisionError):
        list(batches.of(batches.order(1), 1, 4))
