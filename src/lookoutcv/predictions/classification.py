"""One class for the whole image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch

FloatArray = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, eq=False)
class Classification:
    """What a classifier says of an image.

    Args:
        label: The most probable class.
        confidence: Its probability, 0 to 1; NaN where the model gave none.
        scores: (C,) float32 probabilities of all classes, in the order of the model's labels; None where only the
            label is known.
    """

    label: str
    confidence: float
    scores: FloatArray | None = None

    @classmethod
    def of_scores(cls, scores: Any, labels: Sequence[str]) -> Classification:
        """The prediction that scores give.

        Args:
            scores: (C,) probabilities. Where any is NaN, there is no label to take: confidence is NaN.
            labels: C names.
        Raises:
            ShapeMismatch: There are not as many scores as labels.
        Example:
            >>> Classification.of_scores([0.2, 0.8], ["cat", "dog"]).label
            'dog'
        """
        values = np.asarray(scores, dtype=np.float32)
        if values.shape != (len(labels),):
            raise ShapeMismatch(
                f"{len(labels)} labels for scores of shape {values.shape}",
                "Give the model's own labels, one a score.",
                shape=values.shape,
            )
        return cls.of_rows(values[None], labels)[0]

    @classmethod
    def of_rows(cls, scores: Any, labels: Sequence[str]) -> list[Classification]:
        """The predictions that the scores of several images give: as `of_scores`, for all at once.

        Args:
            scores: (n, C).
            labels: C names.
        Raises:
            ShapeMismatch: There are not as many scores as labels.
        Example:
            >>> [one.label for one in Classification.of_rows([[0.2, 0.8], [0.9, 0.1]], ["cat", "dog"])]
            ['dog', 'cat']
        """
        values = np.asarray(scores, dtype=np.float32)
        if values.ndim != 2 or (len(values) and values.shape[1] != len(labels)):
            raise ShapeMismatch(
                f"{len(labels)} labels for scores of shape {values.shape}",
                "Give the model's own labels, one a score.",
                shape=values.shape,
            )
        # Of a row with NaN this is the first NaN: its confidence is NaN too.
        best = np.argmax(values, axis=1)
        sure = values[np.arange(len(values)), best]
        if np.isnan(sure).any():
            best = np.argmax(np.where(np.isnan(values), -np.inf, values), axis=1)
        return [
            cls(labels[index], confidence, row)
            for index, confidence, row in zip(best.tolist(), sure.tolist(), values, strict=True)
        ]

    def top(self, count: int, labels: Sequence[str]) -> list[tuple[str, float]]:
        """The most probable classes with their scores, the best first; the label alone where no scores are known.

        Example:
            >>> Classification.of_scores([0.25, 0.75], ["cat", "dog"]).top(2, ["cat", "dog"])
            [('dog', 0.75), ('cat', 0.25)]
        """
        if self.scores is None:
            return [(self.label, self.confidence)]
        order = np.argsort(-self.scores, kind="stable")[:count]
        return [(labels[i], float(self.scores[i])) for i in order]
