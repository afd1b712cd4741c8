"""Too little light."""

from __future__ import annotations

from typing import Any

import numpy as np

Pixels = np.ndarray[Any, np.dtype[np.uint8]]

_GAINS = (0.85, 0.72, 0.60, 0.48, 0.36)


def darken(pixels: Pixels, severity: int) -> Pixels:
    """A scene with less light, at the same exposure and gamma.

    Args:
        pixels: (H, W, 3) uint8.
        severity: 1 (slight) to 5 (strong).
    Returns:
        (H, W, 3) uint8.
    Example:
        >>> darken(np.full((1, 1, 3), 100, np.uint8), 1).tolist()
        [[[85, 85, 85]]]
    Source: Hendrycks & Dietterich, "Benchmarking neural network robustness to common corruptions", ICLR 2019.
    """
    table = np.clip(np.arange(256) * _GAINS[severity - 1] + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(table[pixels])
