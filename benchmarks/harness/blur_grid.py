"""Photographs under every blur and every nuisance of a grid, at several sizes, and what judges say of each.

The copies of `blurred.py` are drawn at random; here each cell is filled, so that the worst can be told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from harness.blur_judges import Judgement, judged
from harness.nuisances import CROSSED, OTHERS, drawn, seen
from harness.optics import BLURS, SHARP, at_side, blurred, pixels_of, read
from harness.workers import over
from lookoutcv.pixels.view import ImageView

SIGMAS = (1.0, 2.0, 3.0, 4.0)
NUISANCES = {**CROSSED, **OTHERS}
# A nuisance of which each copy is another.
DRAWN = "drawn"
_LARGE_PX = 1024
Table = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Words = np.ndarray[Any, np.dtype[np.str_]]


@dataclass(frozen=True)
class Grid:
    """Which copies are made.

    Args:
        judges: Names, as `judge_named` takes them.
        nuisances: Names of `NUISANCES`.
        sides: Short sides in px.
        sigmas: Spreads of the blurs in px, of the picture reduced to 512 to 1023 px. At other sizes than `full` only
            the second of them.
        full: The short side at which all are made.
        own: How many nuisances a sharp picture is seen under besides, drawn at random: `DRAWN`.
        large: Of 1024 px and more only every so-many-th photograph is blurred.
        seed: Of all that is drawn.
    """

    judges: Sequence[str]
    nuisances: Sequence[str]
    sides: Sequence[int]
    sigmas: Sequence[float] = SIGMAS
    full: int = 512
    own: int = 0
    large: int = 4
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Rows:
    """What j judges said of n copies.

    Args:
        scene: (n,) number of the photograph.
        side: (n,) short side in px.
        nuisance, blur: (n,) names; "drawn" and "sharp" among them.
        sigma: (n,) spread of the blur; 0 where it is sharp.
        scores: (n, j).
        told: (n, j) whether the judge dared to say.
    """

    scene: Table
    side: Table
    nuisance: Words
    blur: Words
    sigma: Table
    scores: Table
    told: Flags


def measured(files: Sequence[Path], grid: Grid, workers: int | None = None) -> Rows:
    """Make the copies of all photographs and ask the judges."""
    found = [row for rows in over(_of_one, grid, list(enumerate(files)), workers) for row in rows]
    scene, side, nuisance, blur, sigma, says = zip(*found, strict=True)
    scores = np.array([[one.score for one in all_] for all_ in says])
    told = np.array([[one.told for one in all_] for all_ in says])
    return Rows(np.array(scene), np.array(side), np.array(nuisance), np.array(blur), np.array(sigma), scores, told)


Row = tuple[int, int, str, str, float, list[Judgement]]


def _of_one(grid: Grid, task: tuple[int, Path]) -> list[Row]:
    cv2.setNumThreads(1)
    scene, path = task
    photograph = read(path)
    rows: list[Row] = []
    for side in grid.sides:
        sharp = at_side(photograph, side)
        sigmas = grid.sigmas if side == grid.full else grid.sigmas[1:2]
        if side >= _LARGE_PX and scene % grid.large:
            sigmas = ()
        for blur, sigma in [(SHARP, 0.0), *((blur, sigma) for blur in BLURS for sigma in sigmas)]:
            random = np.random.default_rng([grid.seed, scene, side, len(blur), round(100 * sigma)])
            copy = blurred(sharp, blur, pixels_of(sigma, sharp), random)
            made = [(name, NUISANCES[name]) for name in grid.nuisances]
            if blur == SHARP:
                made += [(DRAWN, drawn(random)) for _ in range(grid.own)]
            for name, nuisance in made:
                view = ImageView(seen(copy, nuisance, random))
                rows.append((scene, side, name, blur, sigma, judged(view, grid.judges)))
    return rows
