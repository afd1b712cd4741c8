"""Folds: every image is predicted once by a model that has not learnt from it, or from one that belongs to it."""

from __future__ import annotations

import numpy as np

from lookoutcv.calls.option_names import option
from lookoutcv.errors import ConfigError
from lookoutcv.grids import IntArray


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
            f"{option('folds')} is {folds}, and the images fall into {len(names):,} groups that must stay whole",
            f"Give a number from 2 to {len(names):,}." if len(names) > 1 else f"Leave {option('folds')} out.",
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
