"""Pictures that a judge of sharpness must not call blurred: plain ones, and sharp things before a blurred ground."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from harness.nuisances import stored
from harness.optics import Levels
from lookoutcv.pixels.view import Pixels

# A crop is plain where nearly everywhere the smoothed picture changes by less than so many grey levels a pixel.
_CROP_PX, _SMOOTHING_PX, _STEEPEST, _NEARLY = 128, 2.0, 0.6, 0.99


def drawn(count: int, seed: int) -> Iterator[Pixels]:
    """Walls, skies and sheets of paper: one colour or a slope of two, fibres, noise, corners in shadow; as JPEG."""
    for number in range(count):
        random = np.random.default_rng([seed, number])
        side = int(random.choice([128, 256, 512, 1024]))
        rows, columns = side, round(side * random.uniform(1, 1.5))
        y, x = np.mgrid[0 : 1 : rows * 1j, 0 : 1 : columns * 1j].astype(np.float32)
        first, second = random.uniform(5, 250, 3), random.uniform(-30, 30, 3) * random.integers(0, 2)
        turn = random.uniform(0, 2 * np.pi)
        levels = first + second * (x * np.cos(turn) + y * np.sin(turn))[..., None]
        levels *= 1 - random.uniform(0, 0.3) * ((x - 0.5) ** 2 + (y - 0.5) ** 2)[..., None]
        if random.random() < 0.3:
            fibres = cv2.GaussianBlur(random.standard_normal((rows, columns)).astype(np.float32), (0, 0), 1.5)
            levels += random.uniform(1, 8) * fibres[..., None]
        levels += random.choice([0, 0.5, 1, 2, 4, 8]) * random.standard_normal(levels.shape, dtype=np.float32)
        yield stored(np.asarray(levels, dtype=np.float32), int(random.choice([30, 60, 80, 90, 95])))


def plain_crops(photograph: Pixels, most: int) -> list[Pixels]:
    """Squares of a sharp photograph that show sky, wall or paper, the plainest first."""
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY).astype(np.float32)
    smooth = cv2.GaussianBlur(grey, (0, 0), _SMOOTHING_PX)
    slope = np.hypot(cv2.Sobel(smooth, -1, 1, 0, scale=1 / 8), cv2.Sobel(smooth, -1, 0, 1, scale=1 / 8))
    found: list[tuple[float, Pixels]] = []
    for top in range(0, grey.shape[0] - _CROP_PX + 1, _CROP_PX):
        for left in range(0, grey.shape[1] - _CROP_PX + 1, _CROP_PX):
            at = slice(top, top + _CROP_PX), slice(left, left + _CROP_PX)
            steep = float(np.quantile(slope[at], _NEARLY))
            if steep < _STEEPEST:
                found.append((steep, photograph[at]))
    return [crop for _, crop in sorted(found, key=lambda one: one[0])[:most]]


def before_a_blurred_ground(photograph: Pixels, random: np.random.Generator) -> Pixels:
    """A tenth to a quarter of a photograph stays sharp, where most of its edges are; the rest is out of focus."""
    rows, columns = photograph.shape[:2]
    share, sigma = random.uniform(0.1, 0.25), random.uniform(3, 8)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    # An ellipse of this share of the whole; pi/4 of the square around it.
    reach = 2 * np.sqrt(share / np.pi)
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY).astype(np.float32)
    edges = cv2.Sobel(grey, -1, 1, 0) ** 2 + cv2.Sobel(grey, -1, 0, 1) ** 2
    centres = [(down, across) for down in (-0.5, 0.0, 0.5) for across in (-0.5, 0.0, 0.5)]
    places = [((y - down) ** 2 + (x - across) ** 2 < reach**2) for down, across in centres]
    inside = max(places, key=lambda place: float(edges[place].sum())).astype(np.float32)
    near = cv2.GaussianBlur(inside, (0, 0), 1.0)[..., None]
    ground: Levels = cv2.GaussianBlur(photograph, (0, 0), sigma).astype(np.float32)
    mixed: Any = near * photograph + (1 - near) * ground
    return np.asarray(np.rint(mixed), dtype=np.uint8)
