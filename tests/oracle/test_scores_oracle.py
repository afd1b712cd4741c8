"""Scores against scikit-learn, and average precision against its definition written out."""

import warnings

import numpy as np
import pytest

from lookoutcv.predictions import Detections
from lookoutcv.scores import Confusion, brier, log_loss, score_detections, top_k_accuracy

RNG = np.random.default_rng(51)
NAMES = ("cat", "dog", "fox", "owl")


def answers(images: int) -> tuple[np.ndarray, np.ndarray]:
    truth = RNG.integers(0, 4, images)
    logits = RNG.normal(size=(images, 4))
    logits[np.arange(images), truth] += 1
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), truth


@pytest.mark.parametrize("images", [5, 400])
def test_classes(images: int) -> None:
    from sklearn import metrics

    scores, truth = answers(images)
    names, said = np.array(NAMES)[truth], np.array(NAMES)[scores.argmax(axis=1)]
    found = Confusion.of(names.tolist(), said.tolist(), NAMES)
    np.testing.assert_array_equal(found.counts, metrics.confusion_matrix(names, said, labels=NAMES))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(names, said))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes that nobody has
        expected = metrics.precision_recall_fscore_support(names, said, labels=NAMES, zero_division=0)
    np.testing.assert_allclose([[c.precision, c.recall, c.f1, c.support] for c in found.classes], np.array(expected).T)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k(k: int) -> None:
    from sklearn import metrics

    scores, truth = answers(300)
    assert top_k_accuracy(scores, truth, k) == pytest.approx(metrics.top_k_accuracy_score(truth, scores, k=k))


def test_proper_scores() -> None:
    from sklearn import metrics

    scores, truth = answers(300)
    assert log_loss(scores, truth) == pytest.approx(metrics.log_loss(truth, scores))
    assert brier(scores, truth) == pytest.approx(((scores - np.eye(4)[truth]) ** 2).sum(axis=1).mean())
    two = scores[:, :2] / scores[:, :2].sum(axis=1, keepdims=True)
    expected = metrics.brier_score_loss(truth % 2, two[:, 1])
    assert brier(two, truth % 2) == pytest.approx(2 * expected)


def pictures(count: int) -> tuple[list[Detections], list[Detections]]:
    truth, found = [], []
    for _ in range(count):
        corners = RNG.uniform(0, 60, (RNG.integers(0, 6), 2))
        boxes = np.hstack([corners, corners + RNG.uniform(5, 40, corners.shape)])
        labels = RNG.choice(NAMES[:3], len(boxes)).tolist()
        truth.append(Detections.of(boxes, labels, np.ones(len(boxes))))
        moved = np.vstack([boxes, boxes[: len(boxes) // 2]])
        moved = moved + RNG.normal(0, 2.5, moved.shape)
        said = [label if RNG.random() < 0.9 else "owl" for label in [*labels, *labels[: len(boxes) // 2]]]
        # Confidences with ties within an image and between images.
        found.append(Detections.of(moved, said, np.round(RNG.random(len(said)), 1)))
    return truth, found


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return float(width * height / (area - width * height))


def slowly(truth: list[Detections], found: list[Detections], label: str, threshold: float) -> float:
    boxes = [
        (float(c), image, box)
        for image, one in enumerate(found)
        for c, name, box in zip(one.confidences, one.labels, one.boxes.astype(float), strict=True)
        if name == label
    ]
    boxes.sort(key=lambda box: (-box[0], box[1]))
    free = {
        (image, number): box
        for image, one in enumerate(truth)
        for number, (name, box) in enumerate(zip(one.labels, one.boxes.astype(float), strict=True))
        if name == label
    }
    objects, right, points = len(free), 0, []
    for number, (_, image, box) in enumerate(boxes, 1):
        shares = {key: overlap(box, other) for key, other in free.items() if key[0] == image}
        best = max(shares, key=lambda key: shares[key], default=None)
        if best is not None and shares[best] >= threshold:
            del free[best]
            right += 1
        points.append((right / objects, right / number))
    levels = [max((p for r, p in points if r >= level / 100 - 1e-12), default=0.0) for level in range(101)]
    return float(np.mean(levels))


@pytest.mark.parametrize("count", [1, 8, 40])
def test_average_precision(count: int) -> None:
    truth, found = pictures(count)
    scores = score_detections(truth, found)
    labels = sorted({label for one in truth for label in one.labels})
    assert [c.label for c in scores.classes] == labels
    table = [[slowly(truth, found, label, 0.5 + 0.05 * level) for level in range(10)] for label in labels]
    np.testing.assert_allclose([c.ap50 for c in scores.classes], [row[0] for row in table])
    np.testing.assert_allclose([c.ap for c in scores.classes], [np.mean(row) for row in table])
    if labels:
        assert scores.map == pytest.approx(np.mean(table))
