"""Blurs by their width in pixels, and what else a camera does to a picture, to tell the one from the other."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

import cv2
import numpy as np

from lookoutcv.gate_training.samples.patterns import Pixels, with_noise

Random: TypeAlias = np.random.Generator
Degrade: TypeAlias = Callable[[Pixels, Random], Pixels]


def gaussian(pixels: Pixels, sigma: float, random: Random) -> Pixels:
    """A Gaussian of this standard deviation, in pixels; its kernel reaches over 1.5 sigma, as 9x9 does for 3."""
    side = 2 * math.ceil(1.5 * sigma - 0.5) + 1
    return np.asarray(cv2.GaussianBlur(pixels, (max(side, 3),) * 2, sigma), dtype=np.uint8)


def defocus(pixels: Pixels, sigma: float, random: Random) -> Pixels:
    """A disc whose points lie as far from its middle, in each direction, as a Gaussian's of this sigma."""
    radius = 2 * sigma
    reach = math.ceil(radius)
    across = np.arange(-reach, reach + 1)
    # A pixel on the rim counts by how far it lies inside.
    disc = np.clip(radius + 0.5 - np.hypot(across[:, None], across[None, :]), 0, 1)
    return np.asarray(cv2.filter2D(pixels, -1, disc / disc.sum()), dtype=np.uint8)


def motion(pixels: Pixels, sigma: float, random: Random) -> Pixels:
    """A straight trail in any direction, whose points lie as far from its middle as a Gaussian's of this sigma."""
    length, angle = sigma * math.sqrt(12), random.uniform(0, math.pi)
    reach = math.ceil(length / 2) + 1
    across = np.arange(-reach, reach + 1)
    along = across[None, :] * math.cos(angle) + across[:, None] * math.sin(angle)
    aside = across[:, None] * math.cos(angle) - across[None, :] * math.sin(angle)
    trail = np.clip(length / 2 + 0.5 - abs(along), 0, 1) * np.clip(1 - abs(aside), 0, 1)
    return np.asarray(cv2.filter2D(pixels, -1, trail / trail.sum()), dtype=np.uint8)


BLURS: Mapping[str, Callable[[Pixels, float, Random], Pixels]] = MappingProxyType(
    {"gaussian": gaussian, "defocus": defocus, "motion": motion}
)


def dark(pixels: Pixels, random: Random) -> Pixels:
    """An exposure that was too short, with a sensor's noise."""
    return with_noise(_levels(pixels, random.uniform(0.18, 0.35)), random, 2.0)


def flat(pixels: Pixels, random: Random) -> Pixels:
    """Little contrast, as through haze."""
    share = random.uniform(0.25, 0.45)
    return np.asarray(np.rint(pixels * share + 150 * (1 - share)), dtype=np.uint8)


def noisy(pixels: Pixels, random: Random) -> Pixels:
    """A sensor's noise at a high amplification."""
    return with_noise(pixels, random, random.uniform(6, 14))


def jpeg(pixels: Pixels, random: Random) -> Pixels:
    """Strong compression, quality 12 to 40."""
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(12, 41))]
    return np.asarray(cv2.imdecode(cv2.imencode(".jpg", pixels, quality)[1], cv2.IMREAD_UNCHANGED), dtype=np.uint8)


def dark_noise(pixels: Pixels, random: Random) -> Pixels:
    """Low light: little exposure and much noise."""
    return with_noise(_levels(pixels, random.uniform(0.25, 0.4)), random, random.uniform(5, 9))


# None of them blurs: a judge that calls such a picture blurred is wrong.
NUISANCES: Mapping[str, Degrade] = MappingProxyType(
    {
        "none": lambda pixels, random: pixels,
        "dark": dark,
        "contrast": flat,
        "noise": noisy,
        "jpeg": jpeg,
        "dark_noise": dark_noise,
    }
)


def _levels(pixels: Pixels, share: float) -> Any:
    return np.asarray(np.rint(pixels * np.float32(share)), dtype=np.uint8)
