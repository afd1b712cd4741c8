"""Black, white and flat frames are not fit; the night is."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.gate.judges.exposure import exposure
from lookoutcv.pixels.view import ImageView


def reasons(pixels: np.ndarray) -> list[str]:
    values = exposure.measure(ImageView(pixels), {}).values
    return [reason for limit in exposure.limits if (reason := limit.reason(values[limit.number]))]


def frame(level: float, sigma: float = 0, seed: int = 0) -> np.ndarray:
    """A frame of one grey level and a sensor's noise."""
    noisy = np.random.default_rng(seed).normal(level, sigma, (120, 160, 1))
    return np.repeat(np.clip(np.round(noisy), 0, 255).astype(np.uint8), 3, axis=2)


@pytest.mark.parametrize("sigma", [0, 2])
def test_a_lens_cap_is_too_dark(sigma: float) -> None:
    assert reasons(frame(4, sigma))[0].startswith("it is too dark: 99.5% of it has grey level")


def test_a_frame_that_is_blown_out_is_too_bright() -> None:
    assert reasons(frame(255))[0] == (
        "it is too bright: 99.5% of it has grey level 255 of 255 or more, at most 240 is fit"
    )


def test_a_frame_that_is_white_but_for_its_rim_is_overexposed() -> None:
    pixels = frame(255)
    pixels[:2, :100] = 90
    assert reasons(pixels) == ["it is overexposed: 99.0% of it is white without detail, at most 98.0% is fit"]


def test_a_grey_frame_has_no_contrast() -> None:
    assert reasons(frame(128))[0].startswith("it has no contrast: 99% of it lies within 0 of 255 grey levels")


def test_a_night_with_one_lamp_is_fit() -> None:
    pixels = frame(2, 1)
    pixels[50:62, 70:86] = 250
    assert reasons(pixels) == []


def test_a_wall_with_a_sensors_noise_is_fit() -> None:
    assert reasons(frame(180, 2)) == []
