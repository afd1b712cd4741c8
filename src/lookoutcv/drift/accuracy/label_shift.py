"""Are there other classes in the window, or does the model fail on the same ones? Both change its predictions."""

from __future__ import annotations

import math

import numpy as np

from lookoutcv.drift.accuracy.calibration import ByClass
from lookoutcv.drift.accuracy.fit_calibration import PSEUDO_COUNT
from lookoutcv.grids import FloatArray

# The correction of the priors ends at a change below this, or after so many rounds (as in Saerens et al.).
_SETTLED, _ROUNDS = 1e-4, 60
# Distance between two distributions of certainty that other classes alone do not explain: what calibration leaves
# wrong, and the 5% point of Kolmogorov-Smirnov. Measured on pure changes of class frequencies: 3% are beyond it.
_MISFIT, _KOLMOGOROV = 0.02, 1.36
# Softness of the transport: a tenth of it costs ten times the rounds and moves the estimate by under half a point.
_SOFTNESS, _TRANSPORT_ROUNDS, _TRANSPORTED = 0.03, 200, 1e-3


def corrected_priors(scores: FloatArray, priors: FloatArray) -> FloatArray:
    """The class frequencies of a window, by expectation maximisation from calibrated scores.

    w starts at the baseline's frequencies pi; q is proportional to p w / pi; w <- (sum q + K/2 pi) / (N + K/2), until w
    moves by less than 1e-4 in all, at most 60 rounds. Half an image a class, shared out as pi is, keeps w near pi where
    there are more classes than images.

    Args:
        scores: p, (N, K) calibrated probabilities.
        priors: pi, (K,) over 0, with sum 1.
    Returns:
        w, (K,), with sum 1.
    Example:
        >>> scores = np.repeat([[0.9, 0.1], [0.1, 0.9]], [800, 200], axis=0)
        >>> corrected_priors(scores, np.array([0.5, 0.5])).round(2).tolist()
        [0.87, 0.13]

    Source: Saerens, Latinne & Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities",
    Neural Computation 14 (2002).
    """
    pull = PSEUDO_COUNT * len(priors)
    corrected = priors
    for _ in range(_ROUNDS):
        ratio = corrected / priors
        # Posteriors summed over the images, without the matrix of posteriors.
        sums = ratio * (scores.T @ (1.0 / (scores @ ratio)))
        before, corrected = corrected, (sums + pull * priors) / (len(scores) + pull)
        if np.abs(corrected - before).sum() < _SETTLED:
            break
    return corrected


def other_classes_explain(certainty: FloatArray, by_class: ByClass, ratio: FloatArray) -> bool:
    """Whether the window's certainties are those of the baseline's images, counted as often as their classes occur.

    Where only the frequencies of the classes change, images of one class are as certain as ever. The largest difference
    of the two distribution functions on the baseline's cells is compared with .02 + 1.36 sqrt(1/N + 1/n), n the
    labelled images of the baseline.

    Args:
        certainty: (N,) of the predictions, after softening; N >= 1.
        by_class: How certain the predictions were for each class of the baseline.
        ratio: (K,) frequency of each class in the window over that in the baseline.
    Example:
        >>> known = ByClass([0.5], [[90, 10], [10, 90]])
        >>> few_of_the_first = np.array([0.2, 1.8])
        >>> mostly_certain, uncertain = np.repeat([0.2, 0.9], [18, 82]), np.repeat([0.2, 0.9], [70, 30])
        >>> [other_classes_explain(x, known, few_of_the_first) for x in (mostly_certain, uncertain)]
        [True, False]
    """
    edges, counts = np.array(by_class.edges), np.array(by_class.counts, dtype=np.float64)
    weighted = ratio @ counts
    cells = np.bincount(np.searchsorted(edges, certainty, side="right"), minlength=len(edges) + 1)
    distance = np.abs(np.cumsum(cells) / len(certainty) - np.cumsum(weighted) / max(weighted.sum(), 1e-12)).max()
    return bool(distance <= _MISFIT + _KOLMOGOROV * math.sqrt(1 / len(certainty) + 1 / max(counts.sum(), 1)))


def transported(scores: FloatArray, priors: FloatArray) -> float:
    """The accuracy where the classes are as frequent as in the baseline, however certain the model is of others.

    Each image gets a class so that the classes have the frequencies pi and the classes given are as probable as can be:
    an optimal transport. The mean probability of the class given is the estimate. A model that calls everything
    "frog" with confidence is found out by it. Solved with an entropy of .03 by Sinkhorn's iteration.

    Args:
        scores: (N, K) calibrated probabilities; N several times K, for the frequencies of a window vary by chance.
        priors: pi, (K,) over 0, with sum 1.
    Example:
        >>> everything_first = np.repeat([[0.99, 0.01]], 100, axis=0)
        >>> round(transported(everything_first, np.array([0.5, 0.5])), 2)
        0.5

    Source: Lu et al., "Predicting out-of-distribution error with confidence optimal transport", ICLR 2023 workshop on
    trustworthy ML; Cuturi, "Sinkhorn distances", NeurIPS 2013.
    """
    kernel = np.exp((scores - 1.0) / _SOFTNESS)
    of_class, images = np.ones(len(priors)), len(scores)
    for _ in range(_TRANSPORT_ROUNDS):
        of_image = 1.0 / (images * (kernel @ of_class))
        before, of_class = of_class, priors / (kernel.T @ of_image)
        if np.abs(of_class / before - 1).max() < _TRANSPORTED:
            break
    share = of_image @ (kernel * scores) @ of_class
    return float(share / (of_image @ kernel @ of_class))
