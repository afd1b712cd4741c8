"""Folds: every image is predicted once by a model that has not learnt from it, or from one that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lookoutcv.errors import ConfigError
from lookoutcv.grids import IntArray
from lookoutcv.results.training_run import Score


def grouped_folds(labels: IntArray, groups: IntArray, folds: int, seed: int = 0) -> IntArray:
    """Which fold each image is held back in: groups stay whole, and each fold gets about as many of each class.

    Groups are dealt out from the largest to the smallest, each to the fold where its classes are furthest from their
    share; of equal ones chance decides.

    Args:
        labels: (n,) the class of each image.
        groups: (n,) which images belong together.
        folds: At least 2.
        seed: Of the chance.
    Returns:
        (n,) 0 to `folds` - 1; each fold has an image.
    Raises:
        ConfigError: There are fewer groups than folds.
    Example:
        >>> grouped_folds(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]), 2).tolist().count(0)
        2
    """
    _, label_of = np.unique(labels, return_inverse=True)
    names, group_of = np.unique(groups, return_inverse=True)
    if not 2 <= folds <= len(names):
        raise ConfigError(
            f"--folds is {folds}, and the images fall into {len(names):,} groups that must stay whole",
            f"Give a number from 2 to {len(names):,}." if len(names) > 1 else "Leave --folds out.",
            key="folds",
        )
    counts = np.zeros((len(names), label_of.max() + 1), np.int64)
    np.add.at(counts, (group_of, label_of), 1)
    # A class counts by its own size, so that a rare one is spread as evenly as a frequent one.
    shares = counts / counts.sum(axis=0)
    shuffled = np.random.default_rng(seed).permutation(len(names))
    order = shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]
    filled, images = np.zeros((folds, shares.shape[1])), np.zeros(folds, np.int64)
    fold_of_group = np.zeros(len(names), np.int64)
    for place, group in enumerate(order):
        empty = np.flatnonzero(images == 0)
        left = len(order) - place
        open_folds = empty if len(empty) == left else np.arange(folds)
        # How uneven the classes would be over the folds: what is squared falls most where most is missing.
        uneven = (filled[open_folds] * shares[group]).sum(axis=1)
        fold = open_folds[np.lexsort((images[open_folds], np.round(uneven, 12)))[0]]
        filled[fold] += shares[group]
        images[fold] += counts[group].sum()
        fold_of_group[group] = fold
    return fold_of_group[group_of]


@dataclass(frozen=True)
class FoldSummary:
    """What several folds say together.

    Args:
        folds: How many.
        accuracy, macro_f1: Their means.
        accuracy_spread, macro_f1_spread: Standard deviations from fold to fold; the folds share most of their training
            images, so this is no interval.
    """

    folds: int
    accuracy: float
    accuracy_spread: float
    macro_f1: float
    macro_f1_spread: float


def joined_folds(scores: Sequence[Score]) -> FoldSummary:
    """What the scores of several folds say together.

    Args:
        scores: One a fold, at least 2.
    Raises:
        ConfigError: There are fewer.
    Example:
        >>> one = Score(10, 0.8, 0.5, 0.9, 0.75, None)
        >>> joined_folds([one, one]).accuracy_spread
        0.0

    Source: on why the spread is no interval, Bengio & Grandvalet, "No unbiased estimator of the variance of k-fold
    cross-validation", JMLR 5 (2004).
    """
    if len(scores) < 2:
        raise ConfigError(f"{len(scores)} fold has no spread", "Give two folds at least.", key="folds")
    accuracy, f1 = (np.array([getattr(one, name) for one in scores]) for name in ("accuracy", "macro_f1"))
    return FoldSummary(
        len(scores), float(accuracy.mean()), float(accuracy.std(ddof=1)), float(f1.mean()), float(f1.std(ddof=1))
    )
