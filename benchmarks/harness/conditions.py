"""Light, sensor and focus that all images of one day share, as ordinary days differ by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from lookoutcv.pixels.view import Pixels


@dataclass(frozen=True)
class Conditions:
    """What the images of one day share. Standard deviations over days: see `drawn`.

    Args:
        gain: Of exposure.
        contrast: Around the middle grey.
        balance: Gains of red and blue.
        gamma: Of the tone curve.
        noise: Standard deviation of the sensor's noise, in grey levels.
        focus: Radius of a Gaussian blur, as a share of the short side.
    """

    gain: float
    contrast: float
    balance: tuple[float, float]
    gamma: float
    noise: float
    focus: float

    @classmethod
    def drawn(cls, random: np.random.Generator) -> Conditions:
        """Exposure varies by 12%, contrast and gamma by 6%, white balance by 3%, noise up to some grey levels."""
        red, blue = np.exp(random.normal(0, 0.03, 2))
        gain, contrast, gamma = np.exp(random.normal(0, (0.12, 0.06, 0.06)))
        noise, focus = abs(random.normal(0, 1.5)), abs(random.normal(0, 0.001))
        return cls(float(gain), float(contrast), (float(red), float(blue)), float(gamma), noise, focus)

    def applied(self, pixels: Pixels, random: np.random.Generator) -> Pixels:
        """The picture as it is under these conditions."""
        light: Any = np.clip(pixels / np.float32(255) * np.float32(self.gain), 0, 1) ** np.float32(self.gamma)
        light *= np.array([self.balance[0], 1, self.balance[1]], dtype=np.float32)
        light = (light - np.float32(0.45)) * np.float32(self.contrast) + np.float32(0.45)
        blur = self.focus * min(pixels.shape[:2])
        if blur > 0.2:
            light = cv2.GaussianBlur(light, (0, 0), blur)
        seen = 255 * light + np.float32(self.noise) * random.standard_normal(light.shape, dtype=np.float32)
        return np.asarray(np.clip(np.rint(seen), 0, 255), dtype=np.uint8)
