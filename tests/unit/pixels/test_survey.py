import math
from dataclasses import dataclass

import numpy as np
import pytest

from lookoutcv.metrics import registry
from lookoutcv.pixels.view import ImageView


@dataclass(frozen=True)
class Detail:
    laplacian_variance: float
    residual_power: float
    edge_share: float
    noise_sigma: float


def measure_detail(luma: np.ndarray) -> Detail:
    view = ImageView(np.repeat(luma[..., None], 3, axis=2))
    numbers = view.survey.numbers
    residual = int(numbers["residual_squares"]) / 256 / max(int(numbers["interior"]), 1)
    names = ("sharpness.laplacian", "sharpness.edge_density", "noise.sigma")
    laplacian, edges, noise = (registry.get(name)(view) for name in names)
    return Detail(laplacian, residual, edges, noise)


def _dot() -> np.ndarray:
    luma = np.zeros((5, 5), np.uint8)
    luma[2, 2] = 100
    return luma


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (2, 50), (50, 2), (1, 9)])
def test_under_three_pixels_there_is_no_detail(shape):
    luma = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    assert measure_detail(luma) == Detail(0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_flat_image_has_none(level):
    assert measure_detail(np.full((9, 9), level, np.uint8)) == Detail(0.0, 0.0, 0.0, 0.0)


def test_one_bright_dot_by_hand():
    found = measure_detail(_dot())
    # Interior 3x3. Laplacian: -400 at the dot, 100 at its four neighbours; the mean is 0.
    assert found.laplacian_variance == pytest.approx((400**2 + 4 * 100**2) / 9)
    # Second differences: 4 at the dot, 2 beside, 1 at the corners, times 100.
    assert found.noise_sigma == pytest.approx(math.sqrt(math.pi / 2) / 6 * (400 + 4 * 200 + 4 * 100) / 9)
    # Blurred: 4/16 at the dot, 2/16 beside, 1/16 at the corners.
    assert found.residual_power == pytest.approx((75**2 + 4 * 12.5**2 + 4 * 6.25**2) / 9)
    # |gx| + |gy|: 0 at the dot, 200 elsewhere.
    assert found.edge_share == pytest.approx(8 / 9)


def test_a_slope_has_neither_noise_nor_second_differences():
    slope = np.repeat(np.arange(0, 250, 10, dtype=np.uint8)[None], 12, axis=0)
    assert measure_detail(slope) == Detail(0.0, 0.0, 0.0, 0.0)


def test_an_edge_must_be_steeper_than_the_threshold():
    slopes = {step: np.repeat(np.arange(0, 7 * step, step, dtype=np.uint8)[None], 7, axis=0) for step in (16, 17)}
    assert measure_detail(slopes[16]).edge_share == 0  # 8 * 16 = 128 is not over it
    assert measure_detail(slopes[17]).edge_share == 1


def test_the_strongest_checkerboard_stays_within_16_bits():
    board = (np.indices((12, 12)).sum(axis=0) % 2 * 255).astype(np.uint8)
    found = measure_detail(board)
    assert found.laplacian_variance == 1020**2
    assert found.noise_sigma == pytest.approx(math.sqrt(math.pi / 2) / 6 * 8 * 255)
    assert found.residual_power == 127.5**2
