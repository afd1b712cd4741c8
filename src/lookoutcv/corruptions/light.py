"""Too little light, too much, less contrast, haze, a wrong white balance."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.corruptions.severity_steps import step_at

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_DARK_GAINS = (0.85, 0.72, 0.60, 0.48, 0.36)
_BRIGHT_GAINS = (1.15, 1.30, 1.50, 1.75, 2.10)
_CONTRASTS = (0.80, 0.65, 0.50, 0.36, 0.25)
_TRANSMISSIONS = (0.85, 0.72, 0.60, 0.48, 0.36)
_AIRLIGHT = 220.0
_CASTS = (0.06, 0.12, 0.18, 0.25, 0.33)


def darken(pixels: Pixels, severity: int) -> Pixels:
    """Less light: every level multiplied by the same factor below 1.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> darken(np.full((1, 1, 3), 100, np.uint8), 1).tolist()
        [[[85, 85, 85]]]

    Source: Ours; the counterpart of "brightness" of Hendrycks & Dietterich, "Benchmarking neural network robustness to
        common corruptions", ICLR 2019.
    """
    return _mapped(pixels, _LEVELS * step_at(severity, _DARK_GAINS))


def brighten(pixels: Pixels, severity: int) -> Pixels:
    """Overexposure: every level multiplied by the same factor above 1, the highlights cut off.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> brighten(np.full((1, 1, 3), 100, np.uint8), 1).tolist()
        [[[115, 115, 115]]]

    Source: Ours, after "brightness" of Hendrycks & Dietterich, ICLR 2019.
    """
    return _mapped(pixels, _LEVELS * step_at(severity, _BRIGHT_GAINS))


def flatten(pixels: Pixels, severity: int) -> Pixels:
    """Less contrast: every level drawn towards the image's mean.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> flatten(np.array([[[0, 0, 0], [200, 200, 200]]], np.uint8), 3)[..., 0].tolist()
        [[50, 150]]

    Source: "contrast" of Hendrycks & Dietterich, ICLR 2019.
    """
    mean = float(pixels.mean())
    return _mapped(pixels, mean + (_LEVELS - mean) * step_at(severity, _CONTRASTS))


def haze(pixels: Pixels, severity: int) -> Pixels:
    """Haze, fog or a dirty lens: a part of the light replaced by even grey light, I = J t + A (1 - t).

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> haze(np.zeros((1, 1, 3), np.uint8), 1).tolist()
        [[[33, 33, 33]]]

    Source: Koschmieder 1924, as in He, Sun & Tang, "Single image haze removal using dark channel prior", CVPR 2009,
        with one transmission t for the whole image.
    """
    transmission = step_at(severity, _TRANSMISSIONS)
    return _mapped(pixels, _LEVELS * transmission + _AIRLIGHT * (1 - transmission))


def colour_cast(pixels: Pixels, severity: int, warm: bool = True) -> Pixels:
    """A wrong white balance: red and blue multiplied in opposite directions.

    Args:
        pixels: (H, W, 3) uint8, RGB.
        severity: 1 (slight) to 5 (strong).
        warm: Towards red; else towards blue.
    Returns:
        (H, W, 3) uint8.
    Raises:
        ConfigError: Another severity.
    Example:
        >>> colour_cast(np.full((1, 1, 3), 100, np.uint8), 1).tolist()
        [[[106, 100, 94]]]

    Source: von Kries, "Die Gesichtsempfindungen", 1905: white balance as one gain a channel.
    """
    cast = step_at(severity, _CASTS) * (1 if warm else -1)
    gains = (1 + cast, 1.0, 1 - cast)
    return np.stack([_mapped(pixels[..., c], _LEVELS * gain) for c, gain in enumerate(gains)], axis=-1)


_LEVELS = np.arange(256, dtype=np.float64)


def _mapped(pixels: Pixels, levels: np.ndarray[Any, np.dtype[np.float64]]) -> Pixels:
    return np.asarray(np.clip(levels + 0.5, 0, 255).astype(np.uint8)[pixels])
