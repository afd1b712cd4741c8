"""Noise of the sensor, and traces of compression."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from lookoutcv.corruptions.severity_steps import step_at

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_SIGMAS = (4.0, 8.0, 14.0, 22.0, 32.0)
_QUALITIES = (50, 35, 22, 15, 8)


def noise(pixels: Pixels, severity: int, seed: int = 0) -> Pixels:
    """Normal noise of the same strength on every channel and pixel: a high ISO setting.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
        seed: The same seed draws the same noise.
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> noise(np.full((64, 64, 3), 128, np.uint8), 2).std().round()
        np.float64(8.0)

    Source: "Gaussian noise" of Hendrycks & Dietterich, ICLR 2019.
    """
    drawn = np.random.default_rng(seed).standard_normal(pixels.shape, dtype=np.float32)
    noisy = np.rint(pixels + drawn * np.float32(step_at(severity, _SIGMAS)))
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)


def jpeg(pixels: Pixels, severity: int) -> Pixels:
    """Strong JPEG compression: blocks of 8x8 px, rings along edges, coarse colours.

    Args:
        pixels: (H, W, 3) uint8, RGB.
        severity: 1 (quality 50) to 5 (quality 8).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> jpeg(np.full((16, 16, 3), 128, np.uint8), 5).shape
        (16, 16, 3)

    Source: ITU-T T.81; as in Hendrycks & Dietterich, ICLR 2019.
    """
    quality = [cv2.IMWRITE_JPEG_QUALITY, step_at(severity, _QUALITIES)]
    _, encoded = cv2.imencode(".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), quality)
    decoded = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), dtype=np.uint8)
