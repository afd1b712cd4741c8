"""Sharp and blurred copies of photographs under the nuisances that a measure of sharpness must not mind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lookoutcv.corruptions.blur import disc, trail
from lookoutcv.metrics.sharpness import focus_features, laplacian
from lookoutcv.pixels.view import ImageView, Pixels

Matrix = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

SHORT_SIDES = (224, 320, 400)
NUISANCES = ("none", "noise", "low contrast", "dark", "jpeg")
BLURS = ("gauss", "defocus", "motion")
FEATURES = ("sharpness.tile_detail", "sharpness.reblur", "sharpness.blur", "log10 noise.sigma")
# Moderate: the standard deviation, the radius and the length of the trail, in px.
_STRENGTHS = {"gauss": (1.2, 3.0), "defocus": (2.0, 5.0), "motion": (6.0, 16.0)}
_REFERENCE_SIDE = 512


@dataclass(frozen=True, eq=False)
class Copies:
    """What was measured on n copies.

    Args:
        features: (n, 4), in the order of `FEATURES`.
        laplacian: (n,) variance of the Laplacian.
        sharp: (n,) whether the copy was left sharp.
        kinds: How each was blurred; "sharp" where it was not.
        nuisances: Under what it was seen.
    """

    features: Matrix
    laplacian: Matrix
    sharp: Flags
    kinds: Sequence[str]
    nuisances: Sequence[str]


def measure(files: Sequence[Path], seed: int, *, in_proportion: bool = False, workers: int = 2) -> Copies:
    """Each photograph at three sizes, under five nuisances, once sharp and once blurred.

    Args:
        files: Photographs taken for sharp.
        seed: Of the kind and the strength of blur and nuisance.
        in_proportion: Blur by the same share of the picture at every size, `_STRENGTHS` being those at a short side of
            512 px, instead of by the same number of pixels.
        workers: Processes.
    """
    tasks = [(path, seed, in_proportion) for path in files]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        rows = [row for found in pool.map(_measure_one, tasks, chunksize=8) for row in found]
    features, variances, kinds, nuisances = zip(*rows, strict=True)
    sharp = np.array([kind == "sharp" for kind in kinds])
    return Copies(np.array(features), np.array(variances), sharp, kinds, nuisances)


def _measure_one(task: tuple[Path, int, bool]) -> list[tuple[list[float], float, str, str]]:
    path, seed, in_proportion = task
    cv2.setNumThreads(1)
    random = np.random.default_rng([seed, *path.stem.encode()[-8:]])
    stored = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if stored is None:
        raise SystemExit(f"{path} cannot be read")
    return [_row(pixels, kind, nuisance) for pixels, kind, nuisance in _copies(stored, random, in_proportion)]


def _copies(stored: Any, random: np.random.Generator, in_proportion: bool) -> Iterator[tuple[Pixels, str, str]]:
    for side in SHORT_SIDES:
        scale = side / min(stored.shape[:2])
        reduced = cv2.resize(stored, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else stored
        strength = side / _REFERENCE_SIDE if in_proportion else 1.0
        for nuisance in NUISANCES:
            kind = str(random.choice(BLURS))
            yield _seen(reduced, nuisance, random), "sharp", nuisance
            yield _seen(_blurred(reduced, kind, strength, random), nuisance, random), kind, nuisance


def _row(pixels: Pixels, kind: str, nuisance: str) -> tuple[list[float], float, str, str]:
    view = ImageView(pixels)
    found = focus_features(view)
    return [found[name] for name in FEATURES], laplacian(view), kind, nuisance


def _blurred(pixels: Any, kind: str, strength: float, random: np.random.Generator) -> Any:
    size = strength * random.uniform(*_STRENGTHS[kind])
    if kind == "gauss":
        return cv2.GaussianBlur(pixels, (0, 0), size)
    return cv2.filter2D(pixels, -1, disc(size) if kind == "defocus" else trail(size, random.uniform(0, math.pi)))


def _seen(pixels: Any, nuisance: str, random: np.random.Generator) -> Pixels:
    """As a camera would store it: noise comes after the lens, compression after the noise."""
    levels = pixels.astype(np.float32)
    if nuisance == "noise":
        levels += random.standard_normal(pixels.shape) * random.uniform(2, 10)
    elif nuisance == "low contrast":
        levels = (levels - levels.mean()) * random.uniform(0.4, 0.8) + levels.mean()
    elif nuisance == "dark":
        levels = levels * random.uniform(0.25, 0.7) + random.standard_normal(pixels.shape) * 1.5
    quality = int(random.integers(30, 70) if nuisance == "jpeg" else random.integers(80, 97))
    stored = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    _, encoded = cv2.imencode(".jpg", stored, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), dtype=np.uint8)
