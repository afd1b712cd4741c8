"""What a judge of sharpness must not mind: little light, flat contrast, noise, compression, haze, a bad lens's colours.

`CROSSED` are those of the grid, `OTHERS` a judge was not fitted for, `drawn` is what it is fitted on: at random, with a
gap around the noise and the compression of the grid.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from harness.optics import Levels
from lookoutcv.pixels.view import Pixels


@dataclass(frozen=True)
class Nuisance:
    """What happens to the light behind the lens.

    Args:
        change: Of levels, given a generator of what is random.
        quality: Of the JPEG that is stored; 85 to 97, drawn, where it is None.
    """

    change: Callable[[Levels, np.random.Generator], Levels]
    quality: int | None = None


def seen(pixels: Pixels, nuisance: Nuisance, random: np.random.Generator) -> Pixels:
    """As a camera stores it: light and noise come after the lens, compression last."""
    quality = nuisance.quality or int(random.integers(85, 98))
    return stored(nuisance.change(pixels.astype(np.float32), random), quality)


def stored(levels: Levels, quality: int) -> Pixels:
    """Rounded, clipped, compressed and read again."""
    rounded = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", rounded, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), dtype=np.uint8)


def noisy(levels: Levels, sigma: float, random: np.random.Generator) -> Levels:
    """With noise of this standard deviation in each channel."""
    return np.asarray(levels + sigma * random.standard_normal(levels.shape, dtype=np.float32))


def flat(levels: Levels, factor: float) -> Levels:
    """With less contrast."""
    middle = levels.mean()
    return np.asarray((levels - middle) * factor + middle, dtype=np.float32)


def _unchanged(levels: Levels, _: np.random.Generator) -> Levels:
    return levels


# A dark picture has some noise of its own.
CROSSED: Mapping[str, Nuisance] = {
    "none": Nuisance(_unchanged),
    "dark": Nuisance(lambda levels, random: noisy(levels * 0.3, 1, random)),
    "low contrast": Nuisance(lambda levels, _: flat(levels, 0.4)),
    "noise": Nuisance(lambda levels, random: noisy(levels, 9, random)),
    "JPEG 15": Nuisance(_unchanged, 15),
    "dark and noise": Nuisance(lambda levels, random: noisy(levels * 0.3, 6, random)),
}


def _haze(levels: Levels, _: np.random.Generator) -> Levels:
    return np.asarray(levels * 0.45 + 0.55 * 235, dtype=np.float32)


def _vignette(levels: Levels, _: np.random.Generator) -> Levels:
    rows, columns = levels.shape[:2]
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    return np.asarray(levels * (1 - 0.4 * (x * x + y * y))[..., None], dtype=np.float32)


def _cast(levels: Levels, _: np.random.Generator) -> Levels:
    return np.asarray(levels * np.array([1.25, 1, 0.6], dtype=np.float32))


def _smaller(levels: Levels, _: np.random.Generator) -> Levels:
    size = (round(levels.shape[1] * 0.85), round(levels.shape[0] * 0.85))
    return np.asarray(cv2.resize(levels, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def _grain(levels: Levels, random: np.random.Generator) -> Levels:
    grain = random.standard_normal((*levels.shape[:2], 1), dtype=np.float32)
    return np.asarray(levels + 8 * cv2.GaussianBlur(grain, (0, 0), 0.7)[..., None], dtype=np.float32)


def _shot(levels: Levels, random: np.random.Generator) -> Levels:
    return np.asarray(levels + np.sqrt(np.maximum(levels, 0) * 0.4) * random.standard_normal(levels.shape, np.float32))


def _gamma(power: float) -> Callable[[Levels, np.random.Generator], Levels]:
    return lambda levels, _: np.asarray(255 * (levels / 255) ** power, dtype=np.float32)


OTHERS: Mapping[str, Nuisance] = {
    "haze": Nuisance(_haze),
    "JPEG 40": Nuisance(_unchanged, 40),
    "noise 5": Nuisance(lambda levels, random: noisy(levels, 5, random)),
    "noise 14": Nuisance(lambda levels, random: noisy(levels, 14, random)),
    "shot noise": Nuisance(_shot),
    "grain": Nuisance(_grain),
    "gamma 2": Nuisance(_gamma(2)),
    "gamma 0.5": Nuisance(_gamma(0.5)),
    "overexposed": Nuisance(lambda levels, _: levels * 1.8),
    "vignetting": Nuisance(_vignette),
    "colour cast": Nuisance(_cast),
    "reduced to 85%": Nuisance(_smaller),
    "dark and JPEG 30": Nuisance(lambda levels, random: noisy(levels * 0.35, 1, random), 30),
}

# What is drawn leaves out noise of 7 to 11.5 grey levels and JPEG of quality 12 to 19.
_NOISES, _QUALITIES = ((1.0, 7.0), (11.5, 18.0)), ((5, 12), (20, 76))


def drawn(random: np.random.Generator) -> Nuisance:
    """One at random; a fifth have none, the others any of: less light, less contrast, noise, compression."""
    light, contrast, noise, quality = 1.0, 1.0, 0.0, int(random.integers(80, 98))
    if random.random() > 0.2:
        light = random.uniform(0.15, 0.7) if random.random() < 0.35 else 1.0
        contrast = random.uniform(0.25, 0.8) if random.random() < 0.25 else 1.0
        noise = math.exp(_between([(math.log(a), math.log(b)) for a, b in _NOISES], random)) * (random.random() < 0.45)
        quality = int(_between(_QUALITIES, random)) if random.random() < 0.4 else quality
    return Nuisance(lambda levels, again: noisy(flat(levels * light, contrast), noise, again), quality)


def _between(ranges: Sequence[tuple[float, float]], random: np.random.Generator) -> float:
    widths = np.array([end - start for start, end in ranges])
    start, end = ranges[int(random.choice(len(ranges), p=widths / widths.sum()))]
    return float(random.uniform(start, end))
