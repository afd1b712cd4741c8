"""Scores of images that are known to be sharp or blurred: read once, scored, and what each judge says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from lookoutcv.gate.variants.base import Scorer
from lookoutcv.gate_training.labelled_scenes import Scene, Scenes
from lookoutcv.gate_training.samples.degrading import NUISANCES
from lookoutcv.pixels.view import ImageView
from lookoutcv.progress import Progress

# Cuts are chosen at these sizes of the shorter side; between them they are interpolated.
SIZES_PX = (128, 512, 1024)
# What a camera may do to a sharp picture of the user's: a cut that knows only clean ones refuses these.
CONDITIONS = ("none", "noise", "jpeg", "dark_noise")
# Of images that were taken, or made, under several conditions already.
AS_THEY_ARE = ("none",)
# Reduced by less than this an image is as good as itself.
_NEARLY = 1.2
# A size that only a few images have says nothing of its own.
LEAST_OF_SIZE = 20


@dataclass(frozen=True)
class SharpScores:
    """Scores of sharp images that choose a cut.

    Args:
        own: Of the images as they are.
        shorts: Shorter sides of these, in pixels.
        every: Of these and of copies of them, at every size.
        by_size: Of `every`, those of one size of the shorter side each.
        views_read: How many images were read.
    """

    own: np.ndarray
    shorts: np.ndarray
    every: np.ndarray
    by_size: dict[int, np.ndarray]
    views_read: int


def sharp_scores(
    scenes: Scenes,
    scorer: Scorer,
    *,
    conditions: tuple[str, ...],
    seed: int = 0,
    progress: Progress | None = None,
    seen: Callable[[ImageView], None] | None = None,
) -> SharpScores:
    """Scores of sharp images, and of copies with noise, compression and little light, at the sizes that they have.

    Args:
        scenes: Of them, the sharp ones.
        scorer: The variant's.
        conditions: What copies are made, at each size: "none" for the image itself, and names of `NUISANCES`; empty
            for no copies at all.
        seed: Of the copies' noise.
        progress: Called as `progress(done, total)`.
        seen: Called with each image as it is.
    """
    own: list[float] = []
    shorts: list[int] = []
    every: list[float] = []
    by_size: dict[int, list[float]] = {}
    sharp = scenes.sharp
    read = 0
    for number, (_, view) in enumerate(_views(scenes, sharp, progress)):
        read += 1
        if seen is not None:
            seen(view)
        score = scorer(view)
        if math.isfinite(score.value) and not score.untellable:
            own.append(score.value)
            shorts.append(min(view.height, view.width))
        random = np.random.default_rng((seed, number))
        for size, pixels in sized(view.pixels) if conditions else ():
            for name in conditions:
                found = scorer(ImageView(NUISANCES[name](pixels, random)))
                if math.isfinite(found.value) and not found.untellable:
                    every.append(found.value)
                    by_size.setdefault(size, []).append(found.value)
    least = LEAST_OF_SIZE * len(conditions)
    sizes = {size: np.array(found) for size, found in sorted(by_size.items()) if len(found) >= least}
    return SharpScores(np.array(own), np.array(shorts), np.array(every or own), sizes, read)


def sized(pixels: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """An image at each size of `SIZES_PX` that it can be reduced to, and as it is, by the size that is nearest."""
    short = min(pixels.shape[:2])
    yield min(SIZES_PX, key=lambda size: abs(math.log(size / short))), pixels
    for size in SIZES_PX:
        if short > size * _NEARLY:
            width, height = (max(round(side * size / short), 1) for side in (pixels.shape[1], pixels.shape[0]))
            yield size, np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))


def _views(scenes: Scenes, chosen: Iterable[Scene], progress: Progress | None) -> Iterator[tuple[Scene, ImageView]]:
    wanted = Scenes(scenes.name, tuple(chosen), skipped=scenes.skipped)
    total = len(wanted.items)
    for done, found in enumerate(wanted.views(), start=1):
        yield found
        if progress is not None:
            progress(done, total)
