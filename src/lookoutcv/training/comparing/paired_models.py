"""Two models on the same images: by how much one is better, and whether chance alone could do that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lookoutcv.drift.statistics.combination import holm_adjusted
from lookoutcv.errors import ShapeMismatch
from lookoutcv.grids import IntArray
from lookoutcv.results.training_run import PairedDifference
from lookoutcv.scores import mcnemar_p, paired_interval
from lookoutcv.training.comparing.score import Flags, Probabilities, macro_f1, predicted_of, right_of

# A difference that chance alone makes less often than this is taken for one of the models.
ALPHA = 0.05
_DRAWS = 400


def paired_difference(labels: IntArray, a: Probabilities, b: Probabilities, names: tuple[str, str]) -> PairedDifference:
    """The difference of two models' accuracies on the same images.

    Args:
        labels: (n,) the true class of each image.
        a, b: (n, C) probabilities of each model.
        names: What they are called, in this order.
    Returns:
        The one that is right more often first; where they are equally good, `a`.
    Raises:
        ShapeMismatch: Not one row an image, or no image.
    Example:
        >>> sure, unsure = np.array([[0.9, 0.1]] * 8), np.array([[0.4, 0.6]] * 8)
        >>> found = paired_difference(np.zeros(8, int), sure, unsure, ("a", "b"))
        >>> found.better, found.difference, found.p
        ('a', 1.0, 0.0078125)
    """
    return difference_of_right(right_of(labels, a), right_of(labels, b), names)


def difference_of_right(a: Flags, b: Flags, names: tuple[str, str]) -> PairedDifference:
    """The same from which images each is right on, (n,) each."""
    if a.shape != b.shape or not len(a):
        raise ShapeMismatch(
            f"{len(a)} images of {names[0]} and {len(b)} of {names[1]}",
            "Give what both models say of the same images.",
            shape=a.shape,
        )
    if a.sum() < b.sum():
        a, b, names = b, a, (names[1], names[0])
    first, second = int((a & ~b).sum()), int((b & ~a).sum())
    low, high = paired_interval(first, second, len(a))
    difference = (first - second) / len(a)
    return PairedDifference(*names, difference, low, high, mcnemar_p(first, second), first, second)


def beyond_chance(differences: Sequence[PairedDifference]) -> list[bool]:
    """Which differences are more than chance would make, all of them looked at together (Holm's correction).

    Example:
        >>> one = PairedDifference("a", "b", 0.1, 0.02, 0.2, 0.03, 10, 2)
        >>> beyond_chance([one]), beyond_chance([one, one])
        ([True], [False, False])
    """
    return [p is not None and p <= ALPHA for p in holm_adjusted([one.p for one in differences])]


def least_difference(images: int, comparisons: int = 1) -> float:
    """The smallest difference of accuracies that could be told from chance on so many images; above 1 for none could.

    It takes so many images that only one model is right on, and none that only the other is.

    Args:
        images: At least 1.
        comparisons: How many differences are looked at together.
    Example:
        >>> least_difference(60), least_difference(60, 3)
        (0.1, 0.11666666666666667)
    """
    differing = 1
    while mcnemar_p(differing, 0) * comparisons > ALPHA:
        differing += 1
    return differing / images


def macro_f1_spread(labels: IntArray, a: Probabilities, b: Probabilities, seed: int = 0) -> float:
    """The standard error of the difference of two models' macro F1: images are drawn again, the same for both.

    Source: Efron & Tibshirani, "An introduction to the bootstrap", Chapman & Hall 1993.
    """
    rng = np.random.default_rng(seed)
    first, second, classes = predicted_of(a), predicted_of(b), a.shape[1]
    differences = []
    for _ in range(_DRAWS):
        drawn = rng.integers(0, len(labels), len(labels))
        true = labels[drawn]
        differences.append(macro_f1(true, first[drawn], classes) - macro_f1(true, second[drawn], classes))
    return float(np.std(differences))
