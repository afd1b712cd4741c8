"""Labels that were made wrong are found, by the definition and in simulation."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.scores import suspicious_labels


def by_definition(scores: np.ndarray, labels: np.ndarray) -> set[int]:
    """The off-diagonal of the confident joint, image by image."""
    classes = range(scores.shape[1])
    thresholds = [scores[labels == j, j].mean() if (labels == j).any() else np.inf for j in classes]
    found = set()
    for i, row in enumerate(scores):
        counting = [j for j in classes if row[j] >= thresholds[j]]
        if counting:
            best = max(counting, key=lambda j: row[j])
            if best != labels[i] and row[best] > row[labels[i]]:
                found.add(i)
    return found


def simulated(rng: np.random.Generator, images: int, classes: int, wrong: float) -> tuple[np.ndarray, ...]:
    truth = rng.integers(0, classes, images)
    logits = rng.normal(0, 1, (images, classes))
    logits[np.arange(images), truth] += 4
    scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    flipped = rng.random(images) < wrong
    labels = np.where(flipped, (truth + rng.integers(1, classes, images)) % classes, truth)
    return scores, labels, flipped


@pytest.mark.parametrize("seed", range(8))
def test_the_definition(seed: int) -> None:
    scores, labels, _ = simulated(np.random.default_rng(seed), 200, 4, 0.2)
    found = suspicious_labels(scores.astype(np.float32), labels)
    assert {one.index for one in found} == by_definition(scores.astype(np.float32).astype(np.float64), labels)
    assert [one.confidence for one in found] == sorted(one.confidence for one in found)
    assert all(one.label == labels[one.index] != one.instead for one in found)


def test_most_wrong_labels_are_found_and_the_first_are_wrong() -> None:
    scores, labels, flipped = simulated(np.random.default_rng(1), 2000, 5, 0.05)
    found = [one.index for one in suspicious_labels(scores, labels)]
    assert flipped[found[:50]].mean() >= 0.9
    # Two in three: those of which the model is less sure than it is on average are left alone.
    assert flipped[found].sum() >= 0.6 * flipped.sum()
    assert flipped[found].mean() >= 0.9


def test_right_labels_are_left_alone() -> None:
    scores = np.full((40, 2), 0.05)
    labels = np.arange(40) % 2
    scores[np.arange(40), labels] = 0.95
    assert suspicious_labels(scores, labels) == []
    assert suspicious_labels(np.zeros((0, 3)), np.zeros(0, np.int64)) == []


def test_a_class_that_no_label_names_is_no_reason() -> None:
    assert suspicious_labels(np.array([[0.3, 0.0, 0.7], [0.0, 0.3, 0.7]]), np.array([0, 1])) == []


@pytest.mark.parametrize("labels", [[0], [0, 3], [0, -1]])
def test_labels_that_do_not_fit_are_refused(labels: list[int]) -> None:
    with pytest.raises(ShapeMismatch, match="one class from 0"):
        suspicious_labels(np.ones((2, 3)) / 3, np.array(labels))
