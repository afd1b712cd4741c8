"""An embedding: one vector an image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lookoutcv.models.heads.base import Guess, HeadProbe, Output, head
from lookoutcv.models.input.framing import Framing
from lookoutcv.predictions import Embedding, Prediction

_NAMES = ("embed", "pool", "feature")


@dataclass(frozen=True)
class Vector:
    """How the vector is taken.

    Args:
        output: Which output holds it, from 0 on.
        normalise: Divide it by its length.
    """

    output: int = 0
    normalise: bool = False


def _no_classes(outputs: Sequence[Output], settings: Vector) -> None:
    if settings.output >= len(outputs):
        raise ValueError(f"there is no output {settings.output}, only {len(outputs)}")


def _guess(probe: HeadProbe) -> Guess | None:
    if len(probe.outputs) != 1 or probe.labels is not None:
        return None
    shape = probe.outputs[0].shape
    pooled = len(shape) == 4 and shape[1:3] == (1, 1)
    named = any(word in tensor.name.lower() for word in _NAMES for tensor in probe.infos)
    if (pooled or (named and len(shape) == 2)) and max(shape[1:]) > 1:
        return Guess("it has no labels, and its output is one vector that does not sum to 1", {})
    return None


# After softmax and before logits: a pooled vector is no logits, and probabilities are no embedding.


@head("embedding", task="embedding", settings=Vector, classes=_no_classes, guess=_guess, order=30)
def embedding(
    outputs: Sequence[Output], framings: Sequence[Framing], labels: Sequence[str], settings: Vector
) -> list[Prediction]:
    """One vector an image."""
    output = outputs[settings.output]
    rows = output.reshape(len(output), math.prod(output.shape[1:])).astype(np.float32)
    if settings.normalise:
        rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return [Embedding(np.ascontiguousarray(row)) for row in rows]
