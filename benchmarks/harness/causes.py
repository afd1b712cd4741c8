"""Windows whose cause is known: from measured photographs and their corrupted copies, baseline and window disjoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.corrupted import KINDS, Measured, Table
from lookoutcv.drift.cause.families import FAMILIES, UNCLEAR

_CASTS = ("colour_cast", "cast_blue", "cast_green", "cast_magenta")
FAMILY = {
    **dict.fromkeys(("defocus", "motion", "low_resolution", "zoom", "rotate"), "sharpness"),
    **{"noise": "noise", "jpeg": "jpeg", "haze": "haze", "flatten": "contrast", "darken": "dark", "brighten": "bright"},
    **dict.fromkeys(_CASTS, "colour_cast"),
}
KINDS_OF = {family: [kind for kind in KINDS if FAMILY[kind] == family] for family in FAMILIES}


@dataclass(frozen=True, eq=False)
class Case:
    """A comparison with its truth: `cause` is a family or "unclear"; `origin` a kind, "content", "swapped" or "clean".

    `severity` is 0 where nothing was corrupted.
    """

    baseline: Table
    window: Table
    cause: str
    origin: str
    severity: int = 0


@dataclass(frozen=True)
class Sizes:
    """How large the sides are: a share of the images for the baseline, and the window's images from and to."""

    baseline: tuple[float, float] = (0.3, 0.6)
    window: tuple[int, int] = (30, 200)


def corrupted(images: Measured, random: np.random.Generator, sizes: Sizes = Sizes(), whole: float = 0.7) -> Case:
    """A window of corrupted images; each family is as likely as any other.

    Args:
        images: What was measured.
        random: Draws sides, family, kind and severity.
        sizes: Of the sides.
        whole: Share of windows in which every image is corrupted; in the others 40 to 100% are.
    """
    base, rest = _sides(images, random, sizes)
    family = list(FAMILIES)[random.integers(len(FAMILIES))]
    kind = KINDS_OF[family][random.integers(len(KINDS_OF[family]))]
    severity = int(random.integers(1, 6))
    window = _copies(images, rest, kind, severity, random)
    if random.random() > whole:
        spared = int(len(rest) * random.uniform(0, 0.6))
        window[:spared] = images.clean[rest[:spared]]
    return Case(images.clean[base], window, family, kind, severity)


def swapped(images: Measured, random: np.random.Generator, sizes: Sizes = Sizes()) -> Case:
    """A baseline of corrupted images and a clean window: a fault that was repaired."""
    base, rest = _sides(images, random, sizes)
    kind, severity = KINDS[random.integers(len(KINDS))], int(random.integers(1, 6))
    return Case(_copies(images, base, kind, severity, random), images.clean[rest], UNCLEAR, "swapped", severity)


def content(images: Measured, random: np.random.Generator, sizes: Sizes = Sizes()) -> Case:
    """Other content: the top 20-60% of clean images along a random direction of the standardised metrics."""
    base, rest = _sides(images, random, sizes, whole_rest=True)
    clean = images.clean[rest]
    scaled = (clean - clean.mean(axis=0)) / (clean.std(axis=0) + 1e-6)
    along = scaled @ random.normal(size=clean.shape[1])
    kept = max(min(len(rest), sizes.window[0]), int(random.uniform(0.2, 0.6) * len(rest)))
    top = random.permutation(np.argsort(-along)[:kept])[: sizes.window[1]]
    return Case(images.clean[base], clean[top], UNCLEAR, "content")


def clean(images: Measured, random: np.random.Generator, sizes: Sizes = Sizes()) -> Case:
    """Nothing changed."""
    base, rest = _sides(images, random, sizes)
    return Case(images.clean[base], images.clean[rest], UNCLEAR, "clean")


def training(images: Measured, count: int, random: np.random.Generator) -> Iterator[Case]:
    """Cases to fit on: 60% corrupted, 29% other content, 7% swapped, 4% clean; 40% of all of images that look alike."""
    makers: list[Any] = [corrupted, content, swapped, clean]
    for choice in random.choice(len(makers), count, p=[0.60, 0.29, 0.07, 0.04]):
        yield makers[choice](autocorrelation_of(images, random) if random.random() < 0.4 else images, random)


def autocorrelation_of(images: Measured, random: np.random.Generator, least: int = 50) -> Measured:
    """The images nearest to one of them by their metrics, a quarter to a half: what one fixed camera would see."""
    scaled = (images.clean - images.clean.mean(axis=0)) / (images.clean.std(axis=0) + 1e-6)
    distance = np.linalg.norm(scaled - scaled[random.integers(len(scaled))], axis=1)
    nearest = np.argsort(distance)[: max(least, int(random.uniform(0.25, 0.5) * len(distance)))]
    return Measured(images.clean[nearest], images.corrupted[nearest])


def _sides(images: Measured, random: np.random.Generator, sizes: Sizes, whole_rest: bool = False) -> tuple[Any, Any]:
    order = random.permutation(len(images.clean))
    share = int(random.uniform(*sizes.baseline) * len(order))
    base, rest = order[:share], order[share:]
    if whole_rest:
        return base, rest
    low, high = (min(size, len(rest)) for size in sizes.window)
    return base, rest[: int(random.integers(low, high + 1))]


def _copies(images: Measured, rows: Any, kind: str, severity: int, random: np.random.Generator) -> Table:
    """Each image's measured copy of the severity nearest to the one wanted."""
    found = images.corrupted[rows, KINDS.index(kind)]
    measured = ~np.isnan(found).all(axis=2)
    steps = np.abs(np.arange(1, found.shape[1] + 1) - severity) + 0.1 * random.random(measured.shape)
    nearest = np.where(measured, steps, np.inf).argmin(axis=1)
    return np.array(found[np.arange(len(rows)), nearest])
