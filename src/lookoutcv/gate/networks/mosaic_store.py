"""The mosaics of a lesson's examples, in a file that goes when it ends: memory stays the same for any number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from lookoutcv.errors import ImageError, TrainingError
from lookoutcv.gate.networks.given_lesson import GivenLesson
from lookoutcv.gate.networks.mosaic import LEAST_PX, mosaic
from lookoutcv.progress import begin_stage

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Mosaics:
    """What a network learns from.

    Args:
        levels: (n, 2 S, 2 S) uint8, on disk.
        sharp: (n,) whether each is sharp.
        left_out: How many examples could not be read or were too small.
    """

    levels: np.ndarray[Any, np.dtype[np.uint8]] = field(repr=False)
    sharp: Flags = field(repr=False)
    left_out: int


@contextmanager
def mosaics_of(lesson: GivenLesson, square_px: int) -> Iterator[Mosaics]:
    """Read each example once.

    Args:
        lesson: Its examples may be more than memory holds.
        square_px: Of the squares of a mosaic.
    Raises:
        TrainingError: Sharp or blurred ones are lacking.
    """
    side = 2 * square_px
    begin_stage(lesson.progress, "Reading")
    with TemporaryDirectory(prefix="lookoutcv-gate-") as folder:
        file = Path(folder) / "mosaics"
        sharp: list[bool] = []
        with file.open("wb") as out:
            for number, example in enumerate(lesson.examples, 1):
                try:
                    view = example.view()
                    if min(view.height, view.width) >= LEAST_PX:
                        out.write(mosaic(view.luma, square_px).levels.tobytes())
                        sharp.append(example.sharp)
                except ImageError:
                    pass  # counted below
                if lesson.progress:
                    lesson.progress(number, len(lesson.examples))
        flags = np.array(sharp, bool)
        _check_both(flags, len(lesson.examples))
        levels = np.memmap(file, np.uint8, "r", shape=(len(flags), side, side))
        try:
            yield Mosaics(levels, flags, len(lesson.examples) - len(flags))
        finally:
            del levels


def _check_both(sharp: Flags, examples: int) -> None:
    for name, count in (("sharp", int(sharp.sum())), ("blurred", int((~sharp).sum()))):
        if not count:
            raise TrainingError(
                f"none of the {examples} images to learn from is {name}" + (" and can be read" if examples else ""),
                f"Give {name} images too, or make them from your photographs: lookout gate data --from PHOTOS",
                key="examples",
            )
