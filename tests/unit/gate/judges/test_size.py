"""Few pixels are too few."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.gate.judges.size import size
from lookoutcv.pixels.view import ImageView


@pytest.mark.parametrize(("shape", "fit"), [((31, 400), False), ((400, 31), False), ((32, 32), True)])
def test_the_shorter_side_counts(shape: tuple[int, int], fit: bool) -> None:
    value = size.measure(ImageView(np.zeros((*shape, 3), np.uint8)), {}).values["short_px"]
    assert (size.limits[0].reason(value) == "") == fit


def test_it_says_how_few() -> None:
    assert size.limits[0].reason(8) == "it is too small: its shorter side has 8 px, at least 32 is fit"
