"""What a lens and a moving camera do to photographs, at any size: sharp ones made blurred, and none enlarged."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lookoutcv.corruptions.blur import disc, trail
from lookoutcv.pixels.view import Pixels

Levels = np.ndarray[Any, np.dtype[np.float32]]

BLURS = ("gauss", "defocus", "motion")
SHARP = "sharp"
_REDUCED_PX = 512


def read(path: Path) -> Pixels:
    """(H, W, 3) uint8 RGB pixels of a file.

    Raises:
        SystemExit: It cannot be read.
    """
    stored = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if stored is None:
        raise SystemExit(f"{path} cannot be read")
    return np.asarray(stored, dtype=np.uint8)


def at_side(photograph: Pixels, side: int) -> Pixels:
    """The photograph with this short side; where it is smaller it is not enlarged, but goes on in its mirror images."""
    own = min(photograph.shape[:2])
    if own >= side:
        size = (round(photograph.shape[1] * side / own), round(photograph.shape[0] * side / own))
        return np.asarray(cv2.resize(photograph, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    rows, columns = (_there_and_back(extent, max(side, extent)) for extent in photograph.shape[:2])
    return np.asarray(photograph[rows][:, columns])


def _there_and_back(extent: int, wanted: int) -> Any:
    period = np.arange(wanted) % (2 * extent)
    return np.minimum(period, 2 * extent - 1 - period)


def pixels_of(sigma: float, pixels: Pixels) -> float:
    """A spread in pixels of the picture, given in those of the picture reduced by a whole number to 512 to 1023 px."""
    return sigma * max(1, min(pixels.shape[:2]) // _REDUCED_PX)


def blurred(pixels: Pixels, kind: str, sigma: float, random: np.random.Generator) -> Pixels:
    """Blurred so that a point spreads by `sigma` px along each direction, or by motion along one drawn at random."""
    if kind == SHARP:
        return pixels
    if kind == "gauss":
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), dtype=np.uint8)
    # A disc of radius r has a spread of r / 2 in each direction, a trail of length l one of l / sqrt(12).
    kernel = disc(2 * sigma) if kind == "defocus" else trail(sigma * math.sqrt(12), random.uniform(0, math.pi))
    return np.asarray(cv2.filter2D(pixels, -1, kernel), dtype=np.uint8)


def sharpened(pixels: Pixels, amount: float) -> Pixels:
    """As cameras and editors do: what a blur of 1 px takes is added `amount` times."""
    levels = pixels.astype(np.float32)
    edges = levels - cv2.GaussianBlur(levels, (0, 0), 1.0)
    return np.asarray(np.clip(np.rint(levels + amount * edges), 0, 255), dtype=np.uint8)
