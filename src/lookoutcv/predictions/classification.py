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
            answer is known.
    """

    label: str
    confidence: float
    scores: FloatArray | None = None

    @classmethod
    def of_scores(cls, scores: Any, labels: Sequence[str]) -> Classification:
        """The answer that scores give.

        Args:
            scores: (C,) probabilities. Where any is NaN, there is no answer to take: confidence is NaN.
            labels: C names.
        Raises:
            ShapeMismatch: There are not as many scores as labels.
        Example:
            >>> Classification.of_scores([0.2, 0.8], ["cat", "dog"]).label
            'dog'
        """
        found = np.asarray(scores, dtype=np.float32)
        if found.shape != (len(labels),):
            raise ShapeMismatch(
                f"{len(labels)} labels for scores of shape {found.shape}",
                "Give the model's own labels, one a score.",
                shape=found.shape,
            )
        best = int(np.argmax(np.nan_to_num(found, nan=-np.inf)))
        confidence = float("nan") if np.isnan(found).any() else float(found[best])
        return cls(labels[best], confidence, found)

    def top(self, count: int, labels: Sequence[str]) -> list[tuple[str, float]]:
        """The most probable classes with their scores, the best first; the answer alone where no scores are known.

        Example:
            >>> Classification.of_scores([0.25, 0.75], ["cat", "dog"]).top(2, ["cat", "dog"])
            [('dog', 0.75), ('cat', 0.25)]
        """
        if self.scores is None:
            return [(self.label, self.confidence)]
        order = np.argsort(-self.scores, kind="stable")[:count]
        return [(labels[i], float(self.scores[i])) for i in order]
