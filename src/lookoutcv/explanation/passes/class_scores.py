"""From what a network gives to one number an image: the score that is explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from lookoutcv.errors import ExplanationError
from lookoutcv.extras import need

# From a network's outputs to a tensor of one number an image, (N,).
Chooser: TypeAlias = Callable[[Any], Any]


def chosen_scores(outputs: Any, chosen: Sequence[int] | Chooser | None, images: int) -> tuple[Any, list[int | None]]:
    """The scores to explain, and the class of each.

    Args:
        outputs: What the network gave.
        chosen: A class for each image, a function from the outputs to one number an image, or None for the best class.
        images: How many there are.
    Returns:
        A tensor (N,) that gradients flow back from, and class indices, None where a function chose.
    Raises:
        ExplanationError: The outputs are no scores of classes, there is no such class, or the function gave others.
    """
    if callable(chosen):
        scores = chosen(outputs)
        if not hasattr(scores, "reshape") or scores.numel() != images:
            raise ExplanationError(
                f"the function that chooses a score gave {_told(scores)} for {images} images",
                "It must give a tensor of one number for each image.",
                reason="not one number an image",
            )
        return scores.reshape(images), [None] * images
    scores = _class_scores(outputs, images)
    classes = scores.argmax(1).tolist() if chosen is None else [int(one) for one in np.asarray(chosen).reshape(-1)]
    if len(classes) != images:
        raise ExplanationError(
            f"there are {len(classes)} classes for {images} images", "Give one for each image.", reason="other counts"
        )
    if wrong := [one for one in classes if not 0 <= one < scores.shape[1]]:
        raise ExplanationError(
            f"there is no class {wrong[0]} among {scores.shape[1]}",
            f"Give a number from 0 to {scores.shape[1] - 1}.",
            reason="no such class",
        )
    index = need("torch", "torch").tensor(classes, device=scores.device)
    return scores.gather(1, index[:, None])[:, 0], list(classes)


def _class_scores(outputs: Any, images: int) -> Any:
    """(N, C), from a tensor, a tuple that begins with one, or an object with `logits`."""
    found = outputs
    if isinstance(found, dict) or hasattr(found, "logits"):
        found = found["logits"] if isinstance(found, dict) and "logits" in found else getattr(found, "logits", found)
    if isinstance(found, tuple | list) and found:
        found = found[0]
    if getattr(found, "ndim", 0) == 2 and len(found) == images:
        return found
    raise ExplanationError(
        f"the network gives {_told(outputs)}, which are no scores of classes for {images} images",
        "Give, instead of classes, a function from its outputs to one number an image: the score of a box, of a pixel.",
        reason="no scores of classes",
    )


def _told(value: Any) -> str:
    if hasattr(value, "shape"):
        return f"a tensor of shape {tuple(value.shape)}"
    if isinstance(value, tuple | list):
        return f"{len(value)} values"
    return f"a {type(value).__name__}"
