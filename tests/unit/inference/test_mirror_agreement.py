"""What two sets of objects have in common."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookoutcv.inference.mirror_agreement import agreement, mirrored
from lookoutcv.predictions import Detections


def some(rng: Any, count: int) -> Detections:
    """Boxes that do not touch each other."""
    corners = np.array([[30 * i, 10, 30 * i + 20, 10 + 10 * (1 + i % 3)] for i in range(count)], float).reshape(-1, 4)
    return Detections.of(corners, [str(i % 2) for i in range(count)], rng.uniform(0.1, 1, count))


@pytest.mark.parametrize("count", [0, 1, 7, 40])
def test_a_set_agrees_with_itself_by_its_confidence(rng: Any, count: int) -> None:
    one = some(rng, count)
    assert agreement(one, one) == pytest.approx(float(one.confidences.sum()))
    assert agreement(one, mirrored(mirrored(one, 2000), 2000)) == pytest.approx(float(one.confidences.sum()))


def test_class_place_and_certainty_count() -> None:
    one = Detections.of([[0, 0, 10, 10]], ["dog"], [0.8])
    assert agreement(one, Detections.of([[0, 0, 10, 10]], ["cat"], [0.8])) == 0
    assert agreement(one, Detections.of([[6, 0, 16, 10]], ["dog"], [0.8])) == 0
    assert agreement(one, Detections.of([[0, 0, 10, 8]], ["dog"], [0.5])) == pytest.approx(0.5 * 0.8)
    twice = Detections.of([[0, 0, 10, 10], [0, 0, 10, 10]], ["dog", "dog"], [0.8, 0.7])
    assert agreement(twice, one) == pytest.approx(0.8), "one object is found once"
    assert agreement(one, Detections.of([[0, 0, 10, 10]], ["dog"], [np.nan])) == 0
