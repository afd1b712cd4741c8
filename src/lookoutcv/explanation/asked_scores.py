"""A function that gives scores, asked about variants of one image: all that methods without gradients need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.errors import ExplanationError, ShapeMismatch
from lookoutcv.progress import Progress

# (N, H, W, 3) uint8 images to (N, C) scores.
Scores: TypeAlias = Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]

BATCH = 16


@dataclass(frozen=True)
class Questions:
    """What a method may ask of a function that gives scores.

    Args:
        image: (H, W, 3) uint8, the image to explain.
        score: The explained class's scores of a batch, (N,) float64 from (N, H, W, 3) uint8; N is at most `BATCH`.
        whole: The score of the image itself.
        samples: How many images may be asked about.
        rng: Where chance comes from.
    """

    image: np.ndarray[Any, np.dtype[np.uint8]]
    score: Callable[[np.ndarray[Any, Any]], np.ndarray[Any, Any]]
    whole: float
    samples: int
    rng: np.random.Generator

    def kept(self, masks: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """The scores of the image where only part of it is kept; the rest gives way to its mean colour.

        Args:
            masks: (N, H, W) float32: 1 where a pixel is kept, 0 where it is removed.
        """
        colour = mean_colour(self.image)
        mixed = (self.image - colour) * masks[..., None]
        mixed += colour
        return self.score(np.rint(mixed).astype(np.uint8))


def mean_colour(image: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The colour by which removed pixels are replaced: (3,) float32.

    Example:
        >>> mean_colour(np.full((2, 2, 3), 7, np.uint8)).tolist()
        [7.0, 7.0, 7.0]
    """
    colour: np.ndarray[Any, Any] = image.mean((0, 1), dtype=np.float64).astype(np.float32)
    return colour


def questions(
    scores: Scores,
    image: np.ndarray[Any, Any],
    class_index: int,
    *,
    samples: int,
    seed: int,
    progress: Progress | None = None,
) -> Questions:
    """Check the image, ask once about it as it is, and hold what further questions need.

    Raises:
        ShapeMismatch: The image is not (H, W, 3) uint8.
        ExplanationError: The function gives something else than a row of scores an image, or has no such class.
    """
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        raise ShapeMismatch(
            f"an image to explain is (H, W, 3) uint8, and this is {image.shape} {image.dtype}",
            "Give RGB pixels from 0 to 255.",
            shape=image.shape,
            dtype=str(image.dtype),
        )
    done = 0

    def score(batch: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        nonlocal done
        rows = np.asarray(scores(batch))
        _check(rows, len(batch), class_index)
        done += len(batch)
        if progress is not None:
            progress(min(done, samples), samples)
        return rows[:, class_index].astype(np.float64)

    whole = float(score(image[None])[0])
    done = 0
    return Questions(image, score, whole, samples, np.random.default_rng(seed))


def _check(rows: np.ndarray[Any, Any], images: int, class_index: int) -> None:
    if rows.ndim != 2 or len(rows) != images:
        raise ExplanationError(
            f"the function gave {rows.shape} for {images} images",
            "It must give a row of scores for each image: (N, C).",
            reason="no row of scores an image",
        )
    if not 0 <= class_index < rows.shape[1]:
        raise ExplanationError(
            f"there is no class {class_index} among {rows.shape[1]}",
            f"Give a number from 0 to {rows.shape[1] - 1}.",
            reason="no such class",
        )
