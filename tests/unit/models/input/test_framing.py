"""A map over a model's input lies over the image where the model saw what it shows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lookoutcv.models.cards.card import Input
from lookoutcv.models.input.framing import framed

INPUT = Input((64, 48), "NCHW", "RGB", "float32", 1.0, 0.0, 1.0)


@pytest.mark.parametrize(
    "how",
    [
        {"resize": "stretch"},
        {"resize": "letterbox", "fill": 0},
        {"resize": "letterbox", "place": "top_left", "fill": 0},
        {"resize": "centre_crop"},
        {"resize": "centre_crop", "crop": 0.875},
    ],
    ids=str,
)
@pytest.mark.parametrize("size", [(120, 100), (200, 60), (50, 180)], ids=str)
def test_a_spot_of_the_image_is_found_where_it_was(how: dict[str, Any], size: tuple[int, int]) -> None:
    pixels = np.zeros((*size, 3), np.uint8)
    middle = size[0] // 2 + 6, size[1] // 2 - 4
    pixels[middle[0] - 5 : middle[0] + 5, middle[1] - 5 : middle[1] + 5] = 255
    seen, framing = framed(pixels, replace(INPUT, **how))
    found = framing.plane_in_image(seen[..., 0].astype(np.float32), size)
    assert found.shape == size
    inside = ~np.isnan(found)
    assert inside.all() == (how["resize"] != "centre_crop")
    weights = np.where(inside, found, 0)
    rows, columns = np.indices(size) + 0.5
    assert (weights * rows).sum() / weights.sum() == pytest.approx(middle[0], abs=1.5)
    assert (weights * columns).sum() / weights.sum() == pytest.approx(middle[1], abs=1.5)


def test_what_was_cut_off_is_no_number() -> None:
    _, framing = framed(np.zeros((64, 96, 3), np.uint8), replace(INPUT, resize="centre_crop"))
    found = framing.plane_in_image(np.ones((4, 3), np.float32), (64, 96))
    assert np.isnan(found[:, :23]).all()
    assert np.isnan(found[:, -23:]).all()
    assert (found[:, 25:-25] == 1).all()
