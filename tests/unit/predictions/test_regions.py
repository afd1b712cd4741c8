"""Regions of all classes at once are those that OpenCV finds of each."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from lookoutcv.predictions.regions import region_counts


def of_each(classes: np.ndarray, count: int) -> list[int]:
    return [
        cv2.connectedComponents((classes == index).astype(np.uint8), connectivity=8)[0] - 1 for index in range(count)
    ]


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (2, 2), (17, 23), (64, 64), (200, 133)])
@pytest.mark.parametrize("count", [1, 2, 3, 19, 256, 300])
def test_counts_are_those_of_opencv_class_by_class(
    shape: tuple[int, int], count: int, rng: np.random.Generator
) -> None:
    noise = rng.integers(0, count, shape).astype(np.uint16 if count > 256 else np.uint8)
    smooth = (np.add.outer(np.sin(np.arange(shape[0]) / 7), np.cos(np.arange(shape[1]) / 5)) + 2) / 4.001 * count
    for classes in (noise, smooth.astype(noise.dtype), np.zeros_like(noise)):
        assert region_counts(classes, count).tolist() == of_each(classes, count)


def test_a_snake_is_one_region_and_so_is_what_it_leaves() -> None:
    snake = np.zeros((61, 40), np.uint8)
    snake[::2] = 1
    snake[1::4, -1] = snake[3::4, 0] = 1
    assert region_counts(snake, 2).tolist() == of_each(snake, 2) == [30, 1]


def test_of_nothing_there_is_nothing() -> None:
    assert region_counts(np.zeros((0, 5), np.uint8), 3).tolist() == [0, 0, 0]
