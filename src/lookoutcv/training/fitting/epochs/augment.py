"""A picture varied at random, as another photograph of the same thing could be."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from lookoutcv.training.data.division import Pixels
from lookoutcv.training.fitting.fit_settings import Augment

# Least share of the area that is kept, and the shapes that are cut: as timm and torchvision do, but with more kept than
# their 8%, with which small data sets learn from pieces that show nothing.
_LEAST_AREA = 0.35
_SHAPES = (3 / 4, 4 / 3)
# Brightness, contrast and saturation by this factor at most.
_LIGHT, _STRONG = 0.2, 0.4
_OPERATIONS_OF_STRONG = 2


def augmented(pixels: Pixels, size: tuple[int, int], strength: Augment, random: np.random.Generator) -> Pixels:
    """A picture varied at random.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        size: Height and width of the result.
        strength: "light" cuts out a part, mirrors and varies the light; "strong" also turns, shears, blurs, takes the
            colours away or covers a place.
        random: What it draws from.
    Returns:
        (height, width, 3) uint8, contiguous.
    Example:
        >>> augmented(np.zeros((40, 30, 3), np.uint8), (8, 8), "light", np.random.default_rng(0)).shape
        (8, 8, 3)
    """
    cut = _part_of(pixels, random)
    shrinks = cut.shape[0] > 2 * size[0] or cut.shape[1] > 2 * size[1]
    made: Any = cv2.resize(cut, (size[1], size[0]), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    if random.random() < 0.5:
        made = cv2.flip(made, 1)
    made = _other_light(made, _LIGHT if strength == "light" else _STRONG, random)
    if strength == "strong":
        for index in random.choice(len(_OPERATIONS), _OPERATIONS_OF_STRONG, replace=False):
            made = _OPERATIONS[index](made, random)
    return np.ascontiguousarray(made)


def _part_of(pixels: Pixels, random: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    for _ in range(10):
        area = height * width * random.uniform(_LEAST_AREA, 1)
        shape = math.exp(random.uniform(math.log(_SHAPES[0]), math.log(_SHAPES[1])))
        wide, high = round(math.sqrt(area * shape)), round(math.sqrt(area / shape))
        if 0 < wide <= width and 0 < high <= height:
            break
    else:
        wide = high = min(height, width)
    top, left = int(random.integers(0, height - high + 1)), int(random.integers(0, width - wide + 1))
    return pixels[top : top + high, left : left + wide]


def _other_light(pixels: Any, most: float, random: np.random.Generator) -> Any:
    brightness, contrast, saturation = random.uniform(1 - most, 1 + most, 3)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    coloured = cv2.addWeighted(pixels, saturation, cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), 1 - saturation, 0)
    middle = float(grey.mean()) * brightness
    # A table: each of 256 levels is computed once.
    levels = (np.arange(256) * brightness - middle) * contrast + middle
    return cv2.LUT(coloured, np.clip(np.rint(levels), 0, 255).astype(np.uint8))


def _warped(pixels: Any, matrix: Any) -> Any:
    height, width = pixels.shape[:2]
    return cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)


def _turned(pixels: Any, random: np.random.Generator) -> Any:
    height, width = pixels.shape[:2]
    return _warped(pixels, cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-20, 20), 1.0))


def _sheared(pixels: Any, random: np.random.Generator) -> Any:
    by, height = random.uniform(-0.2, 0.2), pixels.shape[0]
    return _warped(pixels, np.array([[1, by, -by * height / 2], [0, 1, 0]], np.float64))


def _blurred(pixels: Any, random: np.random.Generator) -> Any:
    return cv2.GaussianBlur(pixels, (0, 0), random.uniform(0.5, 1.0) * max(1.0, max(pixels.shape[:2]) / 128))


def _grey(pixels: Any, random: np.random.Generator) -> Any:
    del random
    return cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


def _covered(pixels: Any, random: np.random.Generator) -> Any:
    height, width = pixels.shape[:2]
    high, wide = max(1, round(height * random.uniform(0.1, 0.35))), max(1, round(width * random.uniform(0.1, 0.35)))
    top, left = int(random.integers(0, height - high + 1)), int(random.integers(0, width - wide + 1))
    made = pixels.copy()
    made[top : top + high, left : left + wide] = pixels.reshape(-1, 3).mean(axis=0)
    return made


_OPERATIONS: Sequence[Callable[[Any, np.random.Generator], Any]] = (_turned, _sheared, _blurred, _grey, _covered)
