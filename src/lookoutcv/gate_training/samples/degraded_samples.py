"""Sharp and blurred samples, one at a time: patterns drawn, or copies of photographs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, product

import cv2
import numpy as np

from lookoutcv.gate_training.samples.degrading import BLURS, NUISANCES
from lookoutcv.gate_training.samples.patterns import Pixels, pattern, with_noise
from lookoutcv.sources.decoded_images import DecodedImage

_MOST_SHORT_PX = 1024


@dataclass(frozen=True)
class Sample:
    """One image.

    Args:
        name: Of its file, without an ending.
        pixels: (H, W) or (H, W, 3) uint8 RGB.
        sharp: Whether it is.
        kind, strength: How it was blurred; "" where it is sharp.
        nuisance: What else was done to it.
        scene: What it shows.
        scene_kind: Of which kind that is, as the photographs' source says; "" where it does not.
    """

    name: str
    pixels: Pixels
    sharp: bool
    kind: str
    strength: str
    nuisance: str
    scene: str
    scene_kind: str = ""


@dataclass(frozen=True)
class Degrading:
    """What is done to samples.

    Args:
        blurs: Kinds of blur.
        widths: Of the blur, in pixels.
        nuisances: What is done to sharp and blurred ones alike.
        seed: The same seed draws the same.
    """

    blurs: tuple[str, ...]
    widths: tuple[float, ...]
    nuisances: tuple[str, ...]
    seed: int


def drawn_samples(count: int, how: Degrading) -> Iterator[Sample]:
    """Patterns, the first half sharp, the others blurred.

    Args:
        count: How many.
        how: What is done to them.
    """
    ways, conditions = cycle(product(how.blurs, how.widths)), cycle(how.nuisances)
    for number in range(count):
        random = np.random.default_rng((how.seed, number))
        sharp, nuisance = number < (count + 1) // 2, next(conditions)
        pixels, kind, width = pattern(random), "", 0.0
        if not sharp:
            kind, width = next(ways)
            pixels = BLURS[kind](pixels, width, random)
        # The noise is the sensor's: it comes after the blur, which is the lens's.
        pixels = NUISANCES[nuisance](with_noise(pixels, random), random)
        strength = f"{width:g}" if width else ""
        yield Sample(f"pattern-{number:04d}", pixels, sharp, kind, strength, nuisance, f"pattern-{number:04d}")


def copied_samples(images: Iterator[DecodedImage], how: Degrading) -> Iterator[Sample]:
    """Of each photograph, for each nuisance, a sharp copy and a blurred one; kinds and strengths take turns.

    Args:
        images: The photographs.
        how: What is done to them.
    """
    every = list(product(how.blurs, how.widths))
    for number, image in enumerate(images):
        pixels = _reduced(image.image.pixels)
        for place, nuisance in enumerate(how.nuisances):
            # From photograph to photograph each nuisance meets the next blur: none is always with the same.
            for kind, width in (("", 0.0), every[(number + place) % len(every)]):
                random = np.random.default_rng((how.seed, number, place, bool(kind)))
                changed = BLURS[kind](pixels, width, random) if kind else pixels
                changed = NUISANCES[nuisance](changed, random)
                strength = f"{width:g}" if kind else ""
                name = "-".join(filter(None, (f"photo-{number:04d}", kind, strength, nuisance)))
                yield Sample(name, changed, not kind, kind, strength, nuisance, image.id, image.ref.label or "")


def _reduced(pixels: Pixels) -> Pixels:
    """A large photograph reduced: two copies a nuisance of 12 megapixels each would take a gigabyte for ten."""
    short = min(pixels.shape[:2])
    if short <= _MOST_SHORT_PX:
        return pixels
    width, height = (max(round(side * _MOST_SHORT_PX / short), 1) for side in (pixels.shape[1], pixels.shape[0]))
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
