"""A map for anything that gives scores: ONNX, TFLite, a service, any function."""

from __future__ import annotations

from typing import Any

import numpy as np

from lookoutcv.errors import ExplanationError
from lookoutcv.explanation.asked_scores import Scores, questions
from lookoutcv.explanation.attribution import Attribution, attribution_of
from lookoutcv.explanation.methods.base import registry
from lookoutcv.progress import Progress


def explain_scores(
    scores: Scores,
    image: np.ndarray[Any, Any],
    class_index: int,
    *,
    method: str = "occlusion",
    seed: int = 0,
    samples: int | None = None,
    progress: Progress | None = None,
    name: str | None = None,
) -> Attribution:
    """Which parts of an image a score follows from, found by removing parts of it.

    Memory stays constant: variants are asked about in batches of 16.

    Args:
        scores: A function from (N, H, W, 3) uint8 RGB images to (N, C) scores, best probabilities.
        image: (H, W, 3) uint8 RGB.
        class_index: The class to explain.
        method: "occlusion", "rise", or a plugin that needs only scores.
        seed: Of what is drawn at random.
        samples: At most so many inferences, after one of the image itself; None for as many as is usual.
        progress: Told how many of them are done.
        name: What sentences call the class; None for its number.
    Raises:
        UnknownPlugin: No method has this name.
        ExplanationError: The method needs a network, or the function does not give scores.
        ShapeMismatch: The image has another shape or dtype.
    Example:
        >>> def brightness_on_the_left(images):
        ...     return images[:, :, :8].mean((1, 2, 3))[:, None] / 255
        >>> image = np.zeros((16, 16, 3), np.uint8)
        >>> image[4:8, 2:6] = 255
        >>> found = explain_scores(brightness_on_the_left, image, 0, samples=49)
        >>> y, x = np.unravel_index(found.values.argmax(), found.values.shape)
        >>> int(y), int(x), found.values.shape
        (2, 1, (8, 8))
    """
    plugin = registry.get(method)
    if plugin.needs != "scores":
        usable = [one.name for one in registry if one.needs == "scores"]
        raise ExplanationError(
            f"{method} looks at the layers of a network, and this model gives only scores",
            f"Use {' or '.join(usable)}.",
            reason="the method needs a network",
        )
    if samples is not None and samples < 1:
        raise ExplanationError(
            f"{samples} samples explain nothing", "Give a whole number from 1.", reason="too few samples"
        )
    asked = questions(scores, image, class_index, samples=samples or plugin.samples, seed=seed, progress=progress)
    raw = np.asarray(plugin.map_of(asked), np.float64)
    if progress is not None:
        progress(asked.samples, asked.samples)  # some methods need fewer than they may ask
    return attribution_of(raw, method=method, class_index=class_index, score=asked.whole, name=name)
