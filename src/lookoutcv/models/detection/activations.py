"""Scores of classes as detectors give them, as probabilities."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from lookoutcv.models.detection.box_decoding import sigmoid

Activation = Literal["none", "sigmoid", "softmax"]
Background = Literal["none", "first", "last"]
Array = np.ndarray[Any, Any]

_SUM_TOLERANCE = 0.02
# Of the boxes of a picture of noise, in which there is nothing.
_NEARLY_ALL = 0.9


def softmax(logits: Array) -> Array:
    """Softmax along the last axis, in float64; a row with NaN is NaN.

    Example:
        >>> softmax(np.array([[0.0, 0.0]])).tolist()
        [[0.5, 0.5]]
    """
    with np.errstate(all="ignore"):
        raised = np.asarray(logits, dtype=np.float64)
        powers = np.exp(raised - raised.max(axis=-1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def class_scores(raw: Array, activation: Activation) -> Array:
    """Probabilities of the last axis.

    Example:
        >>> class_scores(np.array([[0.0, 0.0]]), "sigmoid").tolist()
        [[0.5, 0.5]]
    """
    if activation == "none":
        return raw.astype(np.float32)
    return sigmoid(raw) if activation == "sigmoid" else softmax(raw)


def without_background(scores: Array, background: Background) -> Array:
    """The scores without the column that stands for no object.

    Example:
        >>> without_background(np.array([[0.1, 0.9]]), "first").tolist()
        [[0.9]]
    """
    if background == "none":
        return scores
    return scores[..., 1:] if background == "first" else scores[..., :-1]


def activation_of(raw: Array, labels: int | None, last: bool) -> tuple[Activation, Background]:
    """What scores of a picture of noise say of themselves.

    Args:
        raw: (n, C).
        labels: How many there are; None where that is not known.
        last: Where a background stands, if there is one: DETR has it last, SSD first.
    Example:
        >>> activation_of(np.array([[0.25, 0.75], [0.5, 0.5]]), 1, last=True)
        ('none', 'last')
    """
    background: Background = "last" if last else "first"
    between = bool((raw >= 0).all() and (raw <= 1).all())
    sums = bool(np.allclose(raw.sum(axis=-1), 1, atol=_SUM_TOLERANCE))
    if between and sums:
        # What sums to 1 over boxes with nothing in them has a class for nothing.
        return "none", "none" if labels == raw.shape[-1] else background
    if labels is not None and labels == raw.shape[-1] - 1:
        return "none" if between else "softmax", background
    if labels is None and not between and _is_best(raw, raw.shape[-1] - 1 if last else 0):
        return "softmax", background
    return "none" if between else "sigmoid", "none"


def _is_best(raw: Array, column: int) -> bool:
    """Whether one column is above the others for nearly all boxes, as that of nothing is on noise."""
    others = np.delete(raw, column, axis=-1)
    return bool(others.shape[-1] and np.mean(raw[..., column] > others.max(axis=-1)) >= _NEARLY_ALL)
