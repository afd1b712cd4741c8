"""Folders of small real photographs, as a camera over a conveyor might take them: good ones, and ones gone wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import simplejpeg

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Fault = Callable[[Pixels], Pixels]

SUBJECTS = ("astronaut", "cat", "coffee", "rocket")
_SIDE_PX = 224


def photograph(folder: Path, images: int, seed: int, fault: Fault | None = None) -> None:
    """Fill a folder with views of the shipped pictures, a sub-folder for each subject.

    Every view has its own crop, mirror image, exposure and JPEG quality, as photographs of the same things do.

    Args:
        folder: Made where it is missing.
        images: How many, over all subjects.
        seed: The same seed takes the same views.
        fault: What the camera does to each view, if anything.
    """
    random = np.random.default_rng(seed)
    for number, (subject, view) in enumerate(_views(images, random)):
        seen = view if fault is None else fault(view)
        data = simplejpeg.encode_jpeg(seen, quality=int(random.integers(84, 95)), colorspace="RGB")
        target = folder / subject / f"{number:04d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def views(images: int, seed: int) -> Iterator[tuple[str, Pixels]]:
    """Views of the shipped pictures in turn, each with its subject: (224, 224, 3) uint8 RGB.

    Args:
        images: How many, over all subjects.
        seed: The same seed takes the same views.
    """
    return _views(images, np.random.default_rng(seed))


def _views(images: int, random: np.random.Generator) -> Iterator[tuple[str, Pixels]]:
    originals = {name: _shipped(name) for name in SUBJECTS}
    for number in range(images):
        subject = SUBJECTS[number % len(SUBJECTS)]
        yield subject, _view(originals[subject], random)


def _shipped(name: str) -> Pixels:
    data = files("lookoutcv.demo").joinpath("pictures", f"{name}.jpg").read_bytes()
    return np.asarray(simplejpeg.decode_jpeg(data, colorspace="RGB"))


def _view(picture: Pixels, random: np.random.Generator) -> Pixels:
    height, width = picture.shape[:2]
    side = int(min(height, width) * random.uniform(0.5, 1.0))
    top, left = random.integers(0, height - side + 1), random.integers(0, width - side + 1)
    crop = cv2.resize(picture[top : top + side, left : left + side], (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    if random.random() < 0.5:
        crop = crop[:, ::-1]
    exposed = crop.astype(np.float32) * random.uniform(0.8, 1.15)
    noisy = exposed + random.normal(0, random.uniform(0.5, 2.0), crop.shape)
    return np.ascontiguousarray(np.clip(noisy, 0, 255).astype(np.uint8))
