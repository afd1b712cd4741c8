"""What a method of explanation is: a map from what a layer holds, or from the scores of variants of the image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from lookoutcv.explanation.asked_scores import Questions
from lookoutcv.plugins import EXPLANATION_METHODS, Registry, first_line

# Tensors of torch: activations and gradients, both (N, C, h, w) float32, to maps (N, h, w).
LayerMap: TypeAlias = Callable[[Any, Any], Any]
# To a map (h, w), of any resolution.
ScoreMap: TypeAlias = Callable[[Questions], np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Method:
    """A plugin of this room.

    Maps are positive where a place raises the score. What is negative is cut off when a map is scaled.

    Args:
        name: As `--method` has it.
        needs: "layer": a network of torch, of which it is given a layer. "scores": any function that gives scores.
        map_of: The map, from an activation and its gradient, or from `Questions`.
        source: Where it was published.
        summary: One line for `lookout plugins`.
        by_class: Whether the map depends on the class; False also means that no gradient is computed.
        samples: How many inferences it takes unless told otherwise; 0 for those of a layer.
    """

    name: str
    needs: Literal["layer", "scores"]
    map_of: Callable[..., Any]
    source: str
    summary: str
    by_class: bool = True
    samples: int = 0


def layer_method(name: str, *, source: str, by_class: bool = True) -> Callable[[LayerMap], Method]:
    """Make a method of the function that turns activations and gradients into maps.

    Example:
        >>> @layer_method("strength", source="ours", by_class=False)
        ... def strength(activation, gradient):
        ...     "How much a place holds at all."
        ...     return activation.abs().sum(1)
        >>> strength.summary
        'How much a place holds at all.'
    """

    def decorate(function: LayerMap) -> Method:
        return Method(name, "layer", function, source, first_line(function), by_class)

    return decorate


def score_method(name: str, *, source: str, samples: int) -> Callable[[ScoreMap], Method]:
    """Make a method of the function that asks about variants of the image.

    Example:
        >>> @score_method("halves", source="ours", samples=2)
        ... def halves(questions):
        ...     "Which half counts: the left or the right one."
        ...     sides = np.zeros((2, *questions.image.shape[:2]), np.float32)
        ...     middle = sides.shape[2] // 2
        ...     sides[0, :, :middle] = sides[1, :, middle:] = 1
        ...     return questions.kept(sides)[None]
        >>> halves.samples
        2
    """

    def decorate(function: ScoreMap) -> Method:
        return Method(name, "scores", function, source, first_line(function), samples=samples)

    return decorate


registry: Registry[Method] = Registry(EXPLANATION_METHODS, Method)
