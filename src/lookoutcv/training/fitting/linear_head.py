"""A linear classifier on fixed features: multinomial logistic regression, its strength chosen on pictures left out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from lookoutcv.training.data.division import IntArray
from lookoutcv.training.fitting.fitted_model import FloatArray

Matrix = np.ndarray[Any, np.dtype[np.float64]]

# Penalties on the squared weights of scaled features, a picture: from where little is learnt to where nothing is held
# back. Each begins where the one before ended, so that all of them cost little more than the last.
PENALTIES = (300.0, 100.0, 30.0, 10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01)
# Rows at once: what is held of features that lie on disk.
_ROWS = 4096
_ITERATIONS = 120
_LEAST_DEVIATION = 1e-3


@dataclass(frozen=True, eq=False)
class LinearHead:
    """A linear classifier.

    Args:
        weight: (classes, d), of features as they are.
        bias: (classes,).
        penalty: That was chosen.
        loss: Cross-entropy in nats on pictures that were left out.
    """

    weight: Matrix = field(repr=False)
    bias: Matrix = field(repr=False)
    penalty: float
    loss: float

    def scores(self, features: FloatArray) -> FloatArray:
        """Probabilities, (n, classes) float32."""
        return _scores(self.weight, self.bias, features)


@dataclass(frozen=True, eq=False)
class _Lesson:
    """Rows of features, and what they are.

    Args:
        features: (n, d), may lie on disk, and in two places.
        labels: (n,).
        classes: How many.
        weights: (n,) what each picture weighs.
        rows: Those that are learnt from.
        one_scale: Whether all features are divided by the same deviation, and not each by its own.
    """

    features: FloatArray | _Below
    labels: IntArray
    classes: int
    weights: Matrix
    rows: IntArray
    one_scale: bool = True

    def fits(self, penalties: Sequence[float]) -> list[tuple[Matrix, Matrix]]:
        """Weights and biases, on features as they are, for each penalty, the largest first."""
        mean, deviation = _moments(self.features, self.rows)
        if self.one_scale:
            # Features that hardly vary say little: brought to the size of the others they are noise, and weigh most.
            deviation = np.full_like(deviation, np.sqrt((deviation**2).mean()))
        start = np.zeros((self.classes, self.features.shape[1] + 1))
        fits = []
        with _one_thread():
            for penalty in penalties:
                found = minimize(
                    lambda flat, penalty=penalty: self._objective(flat, penalty, mean, deviation),
                    start.ravel(),
                    method="L-BFGS-B",
                    jac=True,
                    options={"maxiter": _ITERATIONS, "ftol": 1e-7},
                )
                start = found.x.reshape(start.shape)
                weight = start[:, :-1] / deviation
                fits.append((weight, start[:, -1] - weight @ mean))
        return fits

    def _objective(self, flat: Matrix, penalty: float, mean: Matrix, deviation: Matrix) -> tuple[float, Matrix]:
        """Mean cross-entropy with its penalty, and the gradient, in the terms of standardised features."""
        both = flat.reshape(self.classes, -1)
        loss, gradient = 0.0, np.zeros_like(both)
        # The standardising is folded into the weights: the features are read as they lie.
        scaled = both[:, :-1] / deviation
        weight, bias = scaled.astype(np.float32), both[:, -1] - scaled @ mean
        for start in range(0, len(self.rows), _ROWS):
            some = self.rows[start : start + _ROWS]
            block, each = self.features[some], np.arange(len(some))
            logs = log_softmax(block @ weight.T + bias, axis=1)
            loss -= float(self.weights[some] @ logs[each, self.labels[some]])
            error = np.exp(logs)
            error[each, self.labels[some]] -= 1
            error *= self.weights[some][:, None]
            total = error.sum(axis=0)
            gradient[:, :-1] += (error.astype(np.float32).T @ block - np.outer(total, mean)) / deviation
            gradient[:, -1] += total
        count, held = float(self.weights[self.rows].sum()), penalty / self.features.shape[1]
        gradient /= count
        gradient[:, :-1] += held * both[:, :-1]
        return loss / count + held / 2 * float((both[:, :-1] ** 2).sum()), gradient.ravel()


def fit_head(
    features: FloatArray,
    labels: IntArray,
    classes: int,
    left_out: tuple[FloatArray, IntArray] | None = None,
    *,
    class_weights: FloatArray | None = None,
    seed: int = 0,
) -> LinearHead:
    """Fit a head.

    Args:
        features: (n, d), may lie on disk.
        labels: (n,) index of the class.
        classes: How many there are.
        left_out: Features and labels that choose the penalty; None for five folds of the features.
        class_weights: (classes,) what a picture of each class weighs; None for 1.
        seed: Of the folds.
    """
    rows = np.arange(len(labels))
    weights = np.ones(len(labels)) if class_weights is None else np.asarray(class_weights, np.float64)[labels]
    if left_out is not None and len(left_out[1]):
        fits = _Lesson(features, labels, classes, weights, rows).fits(PENALTIES)
        losses = [_loss(weight, bias, *left_out) for weight, bias in fits]
        best = int(np.argmin(losses))
        return LinearHead(*fits[best], PENALTIES[best], losses[best])
    losses = _fold_losses(features, labels, classes, weights, seed)
    best = int(np.argmin(losses))
    weight, bias = _Lesson(features, labels, classes, weights, rows).fits(PENALTIES[: best + 1])[-1]
    return LinearHead(weight, bias, PENALTIES[best], losses[best])


def fit_on_both(
    head: LinearHead,
    taught: tuple[FloatArray, IntArray],
    chose: tuple[FloatArray, IntArray],
    *,
    class_weights: FloatArray | None = None,
) -> LinearHead:
    """The head of the penalty that was chosen, fitted on the pictures that chose it too: they are a sixth more.

    Args:
        head: Whose penalty and whose loss it has: on pictures that it learnt from it would be too good.
        taught: Features, which may lie on disk, and labels of those that teach.
        chose: The same of those that chose.
        class_weights: As for `fit_head`.
    """
    features, labels = _Below(taught[0], chose[0]), np.concatenate([taught[1], chose[1]])
    classes = len(head.bias)
    weights = np.ones(len(labels)) if class_weights is None else np.asarray(class_weights, np.float64)[labels]
    ((weight, bias),) = _Lesson(features, labels, classes, weights, np.arange(len(labels))).fits((head.penalty,))
    return LinearHead(weight, bias, head.penalty, head.loss)


@dataclass(frozen=True, eq=False)
class _Below:
    """Rows of two arrays one below the other, without a copy of what lies on disk."""

    first: FloatArray
    second: FloatArray

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.first) + len(self.second), self.first.shape[1]

    def __getitem__(self, rows: IntArray) -> FloatArray:
        inside = rows < len(self.first)
        found = np.empty((len(rows), self.first.shape[1]), np.float32)
        found[inside], found[~inside] = self.first[rows[inside]], self.second[rows[~inside] - len(self.first)]
        return found


def out_of_fold_scores(
    features: FloatArray, labels: IntArray, classes: int, *, folds: int = 5, seed: int = 0, penalty: float = 1.0
) -> FloatArray:
    """What heads that never saw a picture say of it: the probability of each class.

    Args:
        features: (n, d).
        labels: (n,) index of the class.
        classes: How many there are.
        folds: Each is scored by a head that learnt from the others.
        seed: Of the folds.
        penalty: Of the heads, on features each of which is brought to a deviation of 1.
    Returns:
        (n, classes) float32.
    """
    scores = np.zeros((len(labels), classes), np.float32)
    weights = np.ones(len(labels))
    for inside, outside in _folds(labels, folds, seed):
        weight, bias = _Lesson(features, labels, classes, weights, inside, one_scale=False).fits((penalty,))[0]
        scores[outside] = _scores(weight, bias, features[outside])
    return scores


def _fold_losses(features: FloatArray, labels: IntArray, classes: int, weights: Matrix, seed: int) -> list[float]:
    losses, counted = np.zeros(len(PENALTIES)), 0
    for inside, outside in _folds(labels, 5, seed):
        fits = _Lesson(features, labels, classes, weights, inside).fits(PENALTIES)
        losses += [_loss(*fit, features[outside], labels[outside]) * len(outside) for fit in fits]
        counted += len(outside)
    return list(losses / max(counted, 1))


def _folds(labels: IntArray, folds: int, seed: int) -> list[tuple[IntArray, IntArray]]:
    """Rows inside and outside of each fold; every class is spread over all of them."""
    random = np.random.default_rng(seed)
    fold = np.empty(len(labels), np.int64)
    begin = 0
    for label in np.unique(labels):
        rows = random.permutation(np.flatnonzero(labels == label))
        # Where one class ends the next goes on: classes of two pictures do not all fall into the first folds.
        fold[rows] = (np.arange(len(rows)) + begin) % folds
        begin += len(rows)
    parts = [(np.flatnonzero(fold != one), np.flatnonzero(fold == one)) for one in range(folds)]
    return [(inside, outside) for inside, outside in parts if len(inside) and len(outside)]


def _moments(features: FloatArray | _Below, rows: IntArray) -> tuple[Matrix, Matrix]:
    total, squares = np.zeros(features.shape[1]), np.zeros(features.shape[1])
    for start in range(0, len(rows), _ROWS):
        block = np.asarray(features[rows[start : start + _ROWS]], np.float64)
        total += block.sum(axis=0)
        squares += (block**2).sum(axis=0)
    mean = total / len(rows)
    return mean, np.sqrt(np.maximum(squares / len(rows) - mean**2, 0)) + _LEAST_DEVIATION


def _scores(weight: Matrix, bias: Matrix, features: FloatArray) -> FloatArray:
    scores = np.empty((len(features), len(bias)), np.float32)
    for start in range(0, len(features), _ROWS):
        block = np.asarray(features[start : start + _ROWS], np.float64)
        scores[start : start + _ROWS] = softmax(block @ weight.T + bias, axis=1)
    return scores


def _loss(weight: Matrix, bias: Matrix, features: FloatArray, labels: IntArray) -> float:
    scores = _scores(weight, bias, features)
    return float(-np.log(np.maximum(scores[np.arange(len(labels)), labels], 1e-12)).mean())


def _one_thread() -> AbstractContextManager[Any]:
    """Small products gain nothing from threads, and lose much where others compute."""
    try:
        limits = import_module("threadpoolctl").threadpool_limits
    except ImportError:
        return nullcontext()
    return limits(1, "blas")  # type: ignore[no-any-return]
