"""How good probabilities are where the truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lookoutcv.training.data.division import IntArray
from lookoutcv.training.fitting.fitted_model import FloatArray


@dataclass(frozen=True)
class Measured:
    """How good probabilities are.

    Args:
        loss: Cross-entropy in nats.
        accuracy: Share of right predictions, 0 to 1.
        macro_f1: Mean F1 of the classes that occur, 0 to 1.
    """

    loss: float
    accuracy: float
    macro_f1: float


def measured(scores: FloatArray, labels: IntArray) -> Measured:
    """How good probabilities are.

    Args:
        scores: (n, classes).
        labels: (n,) index of the class; n at least 1.
    Example:
        >>> measured(np.array([[0.9, 0.1], [0.4, 0.6]], np.float32), np.array([0, 1])).macro_f1
        1.0
    """
    said = scores.argmax(axis=1)
    loss = float(-np.log(np.maximum(scores[np.arange(len(labels)), labels], 1e-12)).mean())
    classes = scores.shape[1]
    right = np.bincount(labels[said == labels], minlength=classes)
    true, told = np.bincount(labels, minlength=classes), np.bincount(said, minlength=classes)
    occurs = true > 0
    f1 = 2 * right[occurs] / np.maximum(true[occurs] + told[occurs], 1)
    return Measured(loss, float((said == labels).mean()), float(f1.mean()))
