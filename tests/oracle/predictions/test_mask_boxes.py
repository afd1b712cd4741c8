"""The boxes of masks are those of pycocotools."""

import numpy as np
import pytest
from pycocotools import mask as coco

from lookoutcv.sources.marks.mask_boxes import box_of_outline, runs_of_text


def masks(rng):
    """Noise, rectangles, stripes over edges, one pixel, nothing, everything."""
    for _ in range(60):
        height, width = map(int, rng.integers(1, 40, 2))
        drawn = np.zeros((height, width), np.uint8)
        y, x = rng.integers(0, height), rng.integers(0, width)
        drawn[y : y + rng.integers(1, 20), x : x + rng.integers(1, 20)] = 1
        yield drawn
        yield (rng.random((height, width)) < rng.choice([0.01, 0.2, 0.9])).astype(np.uint8)
    yield np.ones((7, 5), np.uint8)
    yield np.zeros((7, 5), np.uint8)
    yield np.ones((900, 1300), np.uint8) * (np.arange(1300) > 700).astype(np.uint8)


def test_boxes_of_run_lengths_and_text(rng):
    for mask in masks(rng):
        encoded = coco.encode(np.asfortranarray(mask))
        text = encoded["counts"].decode()
        expected = coco.toBbox(encoded).tolist() if mask.any() else None
        size = list(mask.shape)
        assert box_of_outline({"size": size, "counts": text}) == expected
        counts = runs_of_text(text)
        assert sum(counts) == mask.size
        assert coco.frPyObjects({"size": size, "counts": counts}, *size)["counts"].decode() == text
        assert box_of_outline({"size": size, "counts": counts}) == expected


@pytest.mark.parametrize("points", [3, 5, 9])
def test_boxes_of_polygons_hold_the_mask(rng, points):
    for _ in range(20):
        turn = rng.uniform(0, 2 * np.pi / points) + np.arange(points) * 2 * np.pi / points
        radius = rng.uniform(10, 30)
        polygon = (32 + radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)).ravel().tolist()
        x, y, width, height = box_of_outline([polygon])
        drawn = coco.toBbox(coco.frPyObjects([polygon], 64, 64))[0]
        assert np.abs(drawn - [x, y, width, height]).max() <= 2
