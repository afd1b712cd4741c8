"""Whether a map marks what a score follows from: pixels go, or come, in its order, and in that of random maps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from scipy.special import stdtrit

from lookoutcv.errors import ExplanationError
from lookoutcv.explanation.asked_scores import BATCH, Questions, Scores, mean_colour, questions
from lookoutcv.explanation.attribution import Attribution, Faithfulness, area
from lookoutcv.progress import Progress

_LEVEL = 0.95
# As published: what is not yet put back is so blurred that nothing is known by it.
_BLUR_RATIO = 0.1


def measure_faithfulness(
    scores: Scores,
    image: np.ndarray[Any, Any],
    attribution: Attribution,
    *,
    class_index: int | None = None,
    steps: int = 16,
    random_maps: int = 8,
    seed: int = 0,
    progress: Progress | None = None,
) -> Attribution:
    """How a map fares against random maps of the same smoothness, added to it.

    For deletion, pixels give way to the image's mean colour, those that the map marks most first; for insertion they
    come back on a blurred image. The score falls, or rises, the sooner the better. A random map has the strengths of
    this one's waves at random places, and the same values: it is as smooth and as uneven, and knows nothing of the
    image.

    The interval is that of the gain over one further random map, not over their mean: a map that is itself random lies
    above it once in forty times, however many it is compared with.

    Args:
        scores: A function from (N, H, W, 3) uint8 RGB images to (N, C) scores, best probabilities.
        image: (H, W, 3) uint8 RGB, the image that was explained.
        attribution: Its map; what may not be drawn is not measured.
        class_index: The class whose score is followed; None for the one that was explained.
        steps: In so many equal parts pixels go or come.
        random_maps: With how many the map is compared; at least 2. It takes 2 (steps + 1) (random_maps + 1) inferences.
        seed: Of the random maps, and of the order of pixels that a map marks alike.
        progress: Told how many inferences are done.
    Returns:
        The attribution with its `faithfulness`, and a note where a random map does as well.
    Raises:
        ExplanationError: The map cannot be used, or there is no class to follow.
        ShapeMismatch: The image has another shape or dtype.
    Example:
        >>> from lookoutcv.explanation.explain_scores import explain_scores
        >>> def brightness_on_the_left(images):
        ...     return images[:, :, :8].mean((1, 2, 3))[:, None] / 255
        >>> image = np.zeros((16, 16, 3), np.uint8)
        >>> image[4:8, 2:6] = 255
        >>> found = explain_scores(brightness_on_the_left, image, 0)
        >>> measure_faithfulness(brightness_on_the_left, image, found).faithfulness.better_by > 0
        True
    """
    followed = attribution.class_index if class_index is None else class_index
    _check(attribution, followed, steps, random_maps)
    assert followed is not None
    asked = questions(
        scores, image, followed, samples=2 * (steps + 1) * (random_maps + 1), seed=seed, progress=progress
    )
    curves = [_curves(asked, attribution.values, steps)]
    curves += [_curves(asked, random_map(attribution.values, asked.rng), steps) for _ in range(random_maps)]
    (deletion, insertion), *others = curves
    deleted, inserted = (np.array([area(one[kind]) for one in others]) for kind in (0, 1))
    gains = ((deleted - area(deletion)) + (area(insertion) - inserted)) / 2
    mean = float(gains.mean())
    half = float(stdtrit(random_maps - 1, (1 + _LEVEL) / 2) * gains.std(ddof=1) * np.sqrt(1 + 1 / random_maps))
    found = Faithfulness(
        deletion, insertion, tuple(deleted.tolist()), tuple(inserted.tolist()), mean, mean - half, mean + half
    )
    notes = (*attribution.notes, _said(found)) if found.beaten_by else attribution.notes
    return replace(attribution, faithfulness=found, notes=notes)


def random_map(values: np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """A map with the same values, as smooth as this one, that knows nothing of the image.

    The strengths of its waves stay and their phases are drawn; then it gets this map's values by their ranks.

    Args:
        values: (h, w).
        rng: Where chance comes from.
    Returns:
        (h, w) of the same dtype.
    Source: amplitude-adjusted surrogates of Theiler et al., Testing for nonlinearity in time series, Physica D 1992.
    Example:
        >>> drawn = random_map(np.arange(12.0).reshape(3, 4), np.random.default_rng(0))
        >>> sorted(drawn.ravel().tolist()) == list(range(12))
        True
    """
    strengths = np.abs(np.fft.fft2(values))
    phases = np.angle(np.fft.fft2(rng.standard_normal(values.shape)))
    waves = np.fft.ifft2(strengths * np.exp(1j * phases)).real
    drawn: np.ndarray[Any, Any] = np.empty(values.size, values.dtype)
    drawn[_order(waves, rng)] = np.sort(values, axis=None)
    return drawn.reshape(values.shape)


def _curves(asked: Questions, values: np.ndarray[Any, Any], steps: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    height, width = asked.image.shape[:2]
    large = cv2.resize(values.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    order = _order(-large, asked.rng)
    # The place of each pixel in the order, from 0 for the most marked to under 1.
    place: np.ndarray[Any, Any] = np.empty(order.size)
    place[order] = np.arange(order.size) / order.size
    place = place.reshape(height, width)
    gone = np.broadcast_to(np.rint(mean_colour(asked.image)).astype(np.uint8), asked.image.shape)
    return (
        tuple(_asked(asked, (np.where((place < part)[..., None], gone, asked.image) for part in _parts(steps)))),
        tuple(
            _asked(asked, (np.where((place < part)[..., None], asked.image, _blurred(asked)) for part in _parts(steps)))
        ),
    )


def _parts(steps: int) -> list[float]:
    return [step / steps for step in range(steps + 1)]


def _blurred(asked: Questions) -> np.ndarray[Any, Any]:
    sigma = _BLUR_RATIO * max(asked.image.shape[:2])
    return cv2.GaussianBlur(asked.image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)


def _asked(asked: Questions, images: Iterator[np.ndarray[Any, Any]]) -> Iterator[float]:
    """The scores of images that are made as they are asked about."""
    batch: list[np.ndarray[Any, Any]] = []
    for image in images:
        batch.append(image)
        if len(batch) == BATCH:
            yield from asked.score(np.stack(batch)).tolist()
            batch = []
    if batch:
        yield from asked.score(np.stack(batch)).tolist()


def _order(values: np.ndarray[Any, Any], rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """From the lowest to the highest; equal values in random order, or upper rows would come before lower ones."""
    return np.lexsort((rng.random(values.size), values.ravel()))


def _check(attribution: Attribution, followed: int | None, steps: int, random_maps: int) -> None:
    if not attribution.usable:
        raise ExplanationError(
            "a map that shows nothing cannot be measured",
            " ".join(attribution.notes[-1:]) or "Choose another class, layer or method.",
            reason="the map cannot be used",
        )
    if followed is None:
        raise ExplanationError(
            "a function chose what was explained, so no class is known to follow",
            "Give class_index, or a function of scores with a single column and class_index=0.",
            reason="no class",
        )
    if steps < 1 or random_maps < 2:
        raise ExplanationError(
            f"{steps} steps and {random_maps} random maps measure nothing",
            "Give at least 1 step and 2 random maps.",
            reason="too few",
        )


def _said(found: Faithfulness) -> str:
    of = len(found.random_deletion_areas)
    mark = "marks" if found.beaten_by == 1 else "mark"
    return f"{found.beaten_by} of {of} random maps {mark} what the score follows from as well as this one, or better."
