"""Which class was taken for which, and the shares that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import IntArray
from lookoutcv.results.accuracy.true_accuracy import ClassScores

Scores = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, eq=False)
class Confusion:
    """How often each class was predicted for each true class.

    Args:
        labels: K classes.
        counts: (K, K) int64, a row a true class, a column a predicted class.
    """

    labels: tuple[str, ...]
    counts: IntArray

    @classmethod
    def of(
        cls, truth: Sequence[str | None], predictions: Sequence[str | None], labels: Sequence[str] = ()
    ) -> Confusion:
        """Count the predictions.

        Args:
            truth: The true class of each image; None where it is not known. Such images are left out.
            predictions: The class that the model predicted; None where it predicted none. Such images are left out too.
            labels: The model's classes, which keep their order; classes that are not among them follow by name.
        Raises:
            ShapeMismatch: Not one prediction an image.
        Example:
            >>> found = Confusion.of(["cat", "cat", "dog", None], ["cat", "dog", "dog", "dog"])
            >>> found.labels, found.counts.tolist(), round(found.accuracy, 3)
            (('cat', 'dog'), [[1, 1], [0, 1]], 0.667)
        """
        if len(truth) != len(predictions):
            raise ShapeMismatch(
                f"{len(predictions)} predictions for {len(truth)} images",
                "Give one prediction and one true class an image.",
                shape=(len(predictions),),
            )
        pairs = [
            (true, predicted)
            for true, predicted in zip(truth, predictions, strict=True)
            if true is not None and predicted is not None
        ]
        unlisted = {name for pair in pairs for name in pair} - set(labels)
        names = (*dict.fromkeys(labels), *sorted(unlisted))
        index_of = {name: index for index, name in enumerate(names)}
        counts = np.zeros((len(names), len(names)), np.int64)
        if pairs:
            np.add.at(counts, tuple(np.array([[index_of[name] for name in pair] for pair in pairs]).T), 1)
        return cls(names, counts)

    @property
    def images(self) -> int:
        """Images counted."""
        return int(self.counts.sum())

    @property
    def accuracy(self) -> float:
        """Share of right predictions, 0 to 1; NaN without images."""
        return float(np.trace(self.counts) / self.images) if self.images else float("nan")

    @property
    def classes(self) -> list[ClassScores]:
        """Of each class, in order."""
        hits, support, predictions = np.diag(self.counts), self.counts.sum(axis=1), self.counts.sum(axis=0)
        precision, recall = _share(hits, predictions), _share(hits, support)
        f1 = _share(2 * hits, support + predictions)
        return [
            ClassScores(
                label, float(precision[i]), float(recall[i]), float(f1[i]), int(support[i]), int(predictions[i])
            )
            for i, label in enumerate(self.labels)
        ]

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the classes that have images or predictions; NaN where none has."""
        scores = [row.f1 for row in self.classes if row.support or row.predicted]
        return float(np.mean(scores)) if scores else float("nan")

    def largest_mistakes(self, most: int = 10) -> list[tuple[str, str, int]]:
        """The most frequent mistakes: true class, predicted class, images.

        Example:
            >>> Confusion.of(["cat", "cat", "dog"], ["dog", "dog", "cat"]).largest_mistakes(1)
            [('cat', 'dog', 2)]
        """
        wrong = self.counts - np.diag(np.diag(self.counts))
        order = np.argsort(-wrong, axis=None, kind="stable")[:most]
        rows, columns = np.unravel_index(order, wrong.shape)
        return [
            (self.labels[i], self.labels[j], int(wrong[i, j]))
            for i, j in zip(rows, columns, strict=True)
            if wrong[i, j]
        ]


def top_k_accuracy(scores: Scores, truth: IntArray, k: int) -> float:
    """Share of images whose true class is among the k with the largest scores.

    Args:
        scores: (n, C). Rows with a NaN count as wrong; of equal scores the first class comes first, as it does in the
            prediction.
        truth: (n,) index of the true class; -1 where it is none of the model's.
        k: At least 1.
    Returns:
        0 to 1; NaN without images.
    Raises:
        ShapeMismatch: Not one true class a row.
    Example:
        >>> top_k_accuracy(np.array([[0.5, 0.3, 0.2], [0.1, 0.2, 0.7]]), np.array([1, 1]), 2)
        1.0
    """
    if scores.ndim != 2 or truth.shape != scores.shape[:1]:
        raise ShapeMismatch(
            f"scores of shape {scores.shape} for true classes of shape {truth.shape}",
            "Give one row of scores and one true class an image.",
            shape=scores.shape,
            dtype=str(scores.dtype),
        )
    if not len(scores):
        return float("nan")
    ranked = np.argsort(-np.nan_to_num(scores, nan=-np.inf), axis=1, kind="stable")[:, :k]
    hits = (ranked == truth[:, None]).any(axis=1) & ~np.isnan(scores).any(axis=1)
    return float(hits.mean())


def _share(part: IntArray, whole: IntArray) -> Any:
    return np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
