"""Metrics of photographs and of their corrupted copies: the windows whose cause or drift is known come from here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from harness.workers import over
from lookoutcv.corruptions import CORRUPTIONS, SEVERITIES
from lookoutcv.metrics import registry
from lookoutcv.pixels.view import ImageView, Pixels

Table = np.ndarray[Any, np.dtype[np.float32]]

# Casts differ by their direction, which the shipped corruption takes as an option; the last two are a tube's light.
_CASTS = {"cast_blue": (-1, 0, 1), "cast_green": (-1, 1, -1), "cast_magenta": (1, -1, 1)}
_CAST_STEPS = (0.06, 0.12, 0.18, 0.25, 0.33)
KINDS = (*CORRUPTIONS, *_CASTS)


@dataclass(frozen=True)
class Pictures:
    """Photographs to measure.

    Args:
        files: Where they lie.
        short_side: Larger ones are reduced to a short side of so many pixels and stored as JPEG again.
        each: Of the severities of a kind, so many are measured on each image, drawn at random.
        kinds, severities: Which copies are made; all unless given.
    """

    files: Sequence[Path]
    short_side: int = 400
    each: int = 2
    kinds: Sequence[str] = KINDS
    severities: Sequence[int] = SEVERITIES


@dataclass(frozen=True, eq=False)
class Measured:
    """What was measured on n images.

    Args:
        clean: (n, m) metrics of the images as they are.
        corrupted: (n, kinds, severities, m); NaN where a copy was not measured.
    """

    clean: Table
    corrupted: Table

    def rows(self, kind: str, severity: int) -> Table:
        """(k, m): the copies of this kind and severity that were measured."""
        found = self.corrupted[:, KINDS.index(kind), severity - 1]
        return np.asarray(found[~np.isnan(found).all(axis=1)])


def measure(pictures: Pictures, metrics: Sequence[str], seed: int, workers: int | None = None) -> Measured:
    """Measure photographs and their corrupted copies.

    Args:
        pictures: Which.
        metrics: Names, in the order of the columns.
        seed: Of severities, angles, directions, noise and JPEG quality.
        workers: Processes; one for each core unless given.
    """
    how = (replace(pictures, files=()), tuple(metrics), seed)
    found = list(over(_measure_one, how, list(pictures.files), workers))
    return Measured(np.stack([clean for clean, _ in found]), np.stack([corrupted for _, corrupted in found]))


def joined(parts: Iterable[Measured]) -> Measured:
    """Several as one."""
    known = list(parts)
    return Measured(np.concatenate([p.clean for p in known]), np.concatenate([p.corrupted for p in known]))


def _measure_one(how: tuple[Pictures, tuple[str, ...], int], path: Path) -> tuple[Table, Table]:
    pictures, metrics, seed = how
    cv2.setNumThreads(1)
    random = np.random.default_rng([seed, pictures.short_side, *path.stem.encode()[-8:]])
    pixels = loaded(path, pictures.short_side, random)
    corrupted = np.full((len(KINDS), len(SEVERITIES), len(metrics)), np.nan, dtype=np.float32)
    for row, kind in enumerate(KINDS):
        if kind not in pictures.kinds:
            continue
        for severity in random.choice(pictures.severities, pictures.each, replace=False):
            corrupted[row, severity - 1] = values_of(copy_of(kind, int(severity), pixels, random), metrics)
    return values_of(pixels, metrics), corrupted


def loaded(path: Path, short_side: int, random: np.random.Generator) -> Pixels:
    """A photograph, reduced to a short side and stored as JPEG again where it is larger."""
    stored = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if stored is None:
        raise SystemExit(f"{path} cannot be read")
    pixels = np.asarray(stored, dtype=np.uint8)
    scale = short_side / min(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
    reduced = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    quality = int(random.integers(80, 98))
    _, encoded = cv2.imencode(".jpg", reduced, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), dtype=np.uint8)


def copy_of(kind: str, severity: int, pixels: Pixels, random: np.random.Generator) -> Pixels:
    """A corrupted copy; what a kind leaves open (angle, noise) is drawn."""
    if kind in _CASTS:
        gains = 1 + _CAST_STEPS[severity - 1] * np.array(_CASTS[kind])
        return np.asarray(np.clip(np.rint(pixels * gains), 0, 255), dtype=np.uint8)
    corrupt: Any = CORRUPTIONS[kind]
    options: dict[str, Any] = {}
    if kind == "motion":
        options["angle"] = float(random.uniform(0, 180))
    elif kind == "noise":
        options["seed"] = int(random.integers(2**31))
    return np.asarray(corrupt(pixels, severity, **options))


def values_of(pixels: Pixels, metrics: Sequence[str]) -> Table:
    """(m,) metrics of pixels that no file stands behind."""
    view = ImageView(pixels)
    return np.array([registry.get(name)(view) for name in metrics], dtype=np.float32)
