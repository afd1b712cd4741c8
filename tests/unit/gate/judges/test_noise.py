"""Noise in which nothing is seen is refused; noise of a night camera is not."""

from __future__ import annotations

import numpy as np

from lookoutcv.gate.judges.noise import noise
from lookoutcv.pixels.view import ImageView


def share(pixels: np.ndarray) -> float:
    return noise.measure(ImageView(pixels), {}).values["share"]


def scene(sigma: float) -> np.ndarray:
    """Two soft hills under noise."""
    rows, columns = np.mgrid[:160, :200]
    hills = 110 + 60 * np.sin(rows / 25) + 40 * np.cos(columns / 30)
    noisy = hills + np.random.default_rng(1).normal(0, sigma, hills.shape)
    return np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def test_what_is_only_noise_is_mostly_noise() -> None:
    random = np.random.default_rng(2).integers(0, 256, (120, 160, 1))
    assert share(np.repeat(random.astype(np.uint8), 3, axis=2)) > 0.95
    assert share(scene(300)) > 0.85


def test_a_noisy_picture_is_fit() -> None:
    assert share(scene(25)) < 0.5


def test_weak_noise_on_a_wall_is_not_counted() -> None:
    wall = np.random.default_rng(3).normal(120, 4, (120, 160, 1)).astype(np.uint8)
    assert share(np.repeat(wall, 3, axis=2)) == 0
