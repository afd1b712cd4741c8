"""Turned boxes that overlap, against an overlap that is counted point by point."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.models import open_model
from lookoutcv.models.detection.suppression import suppressed_turned, turned_iou
from tiny_models import onnx_silent


def inside(box: Any, points: Any) -> Any:
    x, y = (points - box[:2]).T
    cosine, sine = np.cos(box[4]), np.sin(box[4])
    return (np.abs(x * cosine + y * sine) <= box[2] / 2) & (np.abs(y * cosine - x * sine) <= box[3] / 2)


def counted_iou(one: Any, other: Any) -> float:
    steps = np.linspace(-30, 70, 700)
    points = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    first, second = inside(np.asarray(one), points), inside(np.asarray(other), points)
    return float((first & second).sum() / max((first | second).sum(), 1))


@pytest.mark.parametrize("seed", range(12))
def test_overlaps_are_those_that_are_counted(seed: int) -> None:
    generator = np.random.default_rng(seed)
    one, other = (
        [*generator.uniform(12, 28, 2), *generator.uniform(6, 30, 2), generator.uniform(-4, 4)] for _ in range(2)
    )
    assert turned_iou(one, other) == pytest.approx(counted_iou(one, other), abs=0.01)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ([20, 20, 20, 10, 0.5], 1.0),
        ([20, 20, 20, 10, 0.5 + np.pi], 1.0),
        ([20, 20, 10, 5, 0.5], 0.25),  # inside: OpenCV's own suppression says 1
        ([20, 20, 0, 5, 0.5], 0.0),
        ([200, 20, 20, 10, 0.5], 0.0),
    ],
)
def test_overlaps_that_are_known(other: list[float], expected: float) -> None:
    assert turned_iou([20, 20, 20, 10, 0.5], other) == pytest.approx(expected, abs=1e-4)


def test_the_surest_of_those_that_overlap_is_kept_class_by_class() -> None:
    generator = np.random.default_rng(1)
    boxes = np.column_stack(
        [generator.uniform(0, 40, (40, 2)), generator.uniform(6, 24, (40, 2)), generator.uniform(-2, 2, 40)]
    )
    sure, kinds = generator.uniform(0.3, 1, 40), generator.integers(0, 2, 40)
    expected: list[int] = []
    for place in np.argsort(-sure):
        if all(kinds[place] != kinds[kept] or counted_iou(boxes[place], boxes[kept]) <= 0.3 for kept in expected):
            expected.append(int(place))
    assert suppressed_turned(boxes, sure, kinds, 0.3, 100).tolist() == expected
    assert suppressed_turned(boxes, sure, kinds, 0.3, 3).tolist() == expected[:3]
    assert suppressed_turned([], [], [], 0.3, 3).tolist() == []


def test_ships_side_by_side_are_two(tmp_path: Path) -> None:
    # Turned by 45 degrees and apart, while the upright boxes around them share two thirds.
    ships = [[30, 30, 40, 4, np.pi / 4, 0.9], [34, 26, 40, 4, np.pi / 4, 0.8], [30.5, 30.5, 40, 4, np.pi / 4, 0.7]]
    columns = np.zeros((1, 6, 84), np.float32)
    for place, (x, y, width, height, angle, sure) in enumerate(ships):
        columns[0, :, place] = [x, y, width, height, sure, angle]
    path = onnx_silent(tmp_path / "net.onnx", {"output0": columns}, metadata={"task": "obb", "names": "{0: 'ship'}"})
    (said,) = open_model(path).predict([np.full((64, 64, 3), 255, np.uint8)])
    np.testing.assert_allclose(said.confidences, [0.9, 0.8], atol=1e-6)
    reach = 22 / np.sqrt(2)
    np.testing.assert_allclose(said.boxes[0], [30 - reach, 30 - reach, 30 + reach, 30 + reach], atol=1e-3)
