"""Scores against scikit-learn, and average precision against COCO's own code."""

import contextlib
import io
import warnings

import numpy as np
import pytest

from lookoutcv.predictions import Detections
from lookoutcv.scores import Confusion, brier, log_loss, score_detections, top_k_accuracy

NAMES = ("cat", "dog", "fox", "owl")


def answers(rng: np.random.Generator, images: int) -> tuple[np.ndarray, np.ndarray]:
    truth = rng.integers(0, 4, images)
    logits = rng.normal(size=(images, 4))
    logits[np.arange(images), truth] += 1
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), truth


@pytest.mark.parametrize("images", [5, 400])
def test_classes(images: int, rng: np.random.Generator) -> None:
    from sklearn import metrics

    scores, truth = answers(rng, images)
    names, said = np.array(NAMES)[truth], np.array(NAMES)[scores.argmax(axis=1)]
    found = Confusion.of(names.tolist(), said.tolist(), NAMES)
    np.testing.assert_array_equal(found.counts, metrics.confusion_matrix(names, said, labels=NAMES))
    assert found.accuracy == pytest.approx(metrics.accuracy_score(names, said))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of classes that nobody has
        expected = metrics.precision_recall_fscore_support(names, said, labels=NAMES, zero_division=0)
    np.testing.assert_allclose([[c.precision, c.recall, c.f1, c.support] for c in found.classes], np.array(expected).T)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_top_k(k: int, rng: np.random.Generator) -> None:
    from sklearn import metrics

    scores, truth = answers(rng, 300)
    assert top_k_accuracy(scores, truth, k) == pytest.approx(metrics.top_k_accuracy_score(truth, scores, k=k))


def test_proper_scores(rng: np.random.Generator) -> None:
    from sklearn import metrics

    scores, truth = answers(rng, 300)
    assert log_loss(scores, truth) == pytest.approx(metrics.log_loss(truth, scores))
    assert brier(scores, truth) == pytest.approx(((scores - np.eye(4)[truth]) ** 2).sum(axis=1).mean())
    two = scores[:, :2] / scores[:, :2].sum(axis=1, keepdims=True)
    expected = metrics.brier_score_loss(truth % 2, two[:, 1])
    assert brier(two, truth % 2) == pytest.approx(2 * expected)


def pictures(rng: np.random.Generator, count: int) -> tuple[list[Detections], list[Detections]]:
    truth, found = [], []
    for _ in range(count):
        corners = rng.uniform(0, 60, (rng.integers(0, 6), 2))
        boxes = np.hstack([corners, corners + rng.uniform(5, 40, corners.shape)])
        labels = rng.choice(NAMES[:3], len(boxes)).tolist()
        truth.append(Detections.of(boxes, labels, np.ones(len(boxes))))
        moved = np.vstack([boxes, boxes[: len(boxes) // 2]])
        moved = moved + rng.normal(0, 2.5, moved.shape)
        said = [label if rng.random() < 0.9 else "owl" for label in [*labels, *labels[: len(boxes) // 2]]]
        # Confidences with ties within an image and between images.
        found.append(Detections.of(moved, said, np.round(rng.random(len(said)), 1)))
    return truth, found


def with_crowds(rng: np.random.Generator, truth: list[Detections]) -> list[tuple[Detections, np.ndarray]]:
    """Every fifth true box, on average, is a crowd; some have no area. With them, which of the boxes have one."""
    changed = []
    for one in truth:
        boxes, counted = one.boxes.copy(), np.where(rng.random(len(one)) < 0.2, 0.0, 1.0)
        thin = (rng.random(len(one)) < 0.1) & (counted == 1)
        keep = ~thin
        boxes[thin, 2] = boxes[thin, 0]
        changed.append((Detections.of(boxes, one.labels, counted), keep))
    return changed


def by_coco(truth: list[Detections], found: list[Detections]) -> tuple[float, float, dict[str, tuple[float, float]]]:
    """mAP, mAP at .5, and both for each class, by COCO's own code."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    numbers = {name: number for number, name in enumerate(NAMES, 1)}
    sides = []
    for side in (truth, found):
        rows = []
        for image, one in enumerate(side, 1):
            for box, label, sure in zip(one.boxes.astype(float), one.labels, one.confidences, strict=True):
                size = box[2:] - box[:2]
                rows.append(
                    {"id": len(rows) + 1, "image_id": image, "category_id": numbers[label], "score": float(sure)}
                    | {"bbox": [*box[:2], *size], "area": float(size.prod()), "iscrowd": 0}
                )
        sides.append(rows)
    for row in sides[0]:
        row["iscrowd"] = int(row["score"] == 0)
    with contextlib.redirect_stdout(io.StringIO()):
        own = COCO()
        own.dataset = {
            "images": [{"id": image} for image in range(1, len(truth) + 1)],
            "categories": [{"id": number, "name": name} for name, number in numbers.items()],
            "annotations": sides[0],
        }
        own.createIndex()
        said = COCO()
        said.dataset = own.dataset | {"annotations": sides[1]}
        said.createIndex()
        verdict_for = COCOeval(own, said, "bbox")
        verdict_for.evaluate()
        verdict_for.accumulate()
        verdict_for.summarize()
    table = verdict_for.eval["precision"][:, :, :, 0, 2]  # threshold, recall, class; all sizes, 100 boxes
    classes = {
        name: (float(table[:, :, i].mean()), float(table[0, :, i].mean()))
        for i, name in enumerate(NAMES)
        if table[0, 0, i] > -1
    }
    return float(verdict_for.stats[0]), float(verdict_for.stats[1]), classes


@pytest.mark.parametrize("count", [1, 8, 60])
@pytest.mark.parametrize("crowds", [False, True])
def test_average_precision(count: int, crowds: bool, rng: np.random.Generator) -> None:
    truth, found = pictures(rng, count)
    if crowds:
        truth, kept = zip(*with_crowds(rng, truth), strict=True)
        # A true box without area is nothing that could be found: here it is none, there one that is always missed.
        solid = [
            Detections(t.boxes[k], tuple(np.array(t.labels)[k]), t.confidences[k])
            for t, k in zip(truth, kept, strict=True)
        ]
    else:
        solid = truth
    scores = score_detections(truth, found)
    whole, half, classes = by_coco(solid, found)
    assert {c.label for c in scores.classes} == set(classes)
    np.testing.assert_allclose([(c.ap, c.ap50) for c in scores.classes], [classes[c.label] for c in scores.classes])
    if classes:
        assert (scores.map, scores.map50) == (pytest.approx(whole), pytest.approx(half))


@pytest.mark.parametrize("count", [60])
def test_many_boxes_counted_together_give_nearly_the_same(
    count: int, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    truth, found = pictures(rng, count)
    found = [Detections(one.boxes, one.labels, rng.random(len(one)).astype(np.float32)) for one in found]
    exact = score_detections(truth, found)
    monkeypatch.setattr("lookoutcv.scores.average_precision._MOST_EXACT", 50)
    rounded = score_detections(truth, found)
    np.testing.assert_allclose([c.ap for c in rounded.classes], [c.ap for c in exact.classes], atol=0.002)
    assert [(c.objects, c.found) for c in rounded.classes] == [(c.objects, c.found) for c in exact.classes]
