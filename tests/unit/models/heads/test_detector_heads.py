"""Detectors' outputs before their decoding: each against its formula, written out as loops."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import WrongCard
from lookoutcv.models import open_model
from lookoutcv.models.heads.base import Guess, HeadProbe, registry
from lookoutcv.models.heads.ssd_anchors import SsdAnchors, anchors_of
from lookoutcv.models.input.framing import Framing
from tiny_models import RED, onnx_constant

LABELS = ("a", "b", "c")
SIZE = (64, 96)
# The image is the input itself.
FRAMING = Framing(SIZE, SIZE, 1.0, 1.0, 0.0, 0.0)
ALL = {"score_threshold": 0.0, "nms_iou": 1.0, "most": 10_000}


def read(
    name: str, *outputs: Any, framing: Framing = FRAMING, labels: tuple[str, ...] = LABELS, **settings: Any
) -> Any:
    head = registry.get(name)
    arrays = [np.asarray(one, np.float32)[None] for one in outputs]
    how = head.settings(**settings)
    assert head.classes(arrays, how) in (None, len(labels))
    (found,) = head.read(arrays, [framing], labels, how)
    return found


def agree(found: Any, expected: list[tuple[list[float], str, float]]) -> None:
    """The same objects; the surest first, equal ones in any order."""
    clipped = [(np.clip(box, 0, [SIZE[1], SIZE[0]] * 2).tolist(), label, sure) for box, label, sure in expected]
    one = sorted(zip(found.boxes.tolist(), found.labels, found.confidences.tolist(), strict=True))
    assert len(one) == len(clipped)
    for (box, label, sure), (true_box, true_label, true_sure) in zip(one, sorted(clipped), strict=True):
        np.testing.assert_allclose(box, true_box, atol=2e-3)
        assert label == true_label
        assert sure == pytest.approx(true_sure, abs=1e-5)
    assert (np.diff(found.confidences) <= 0).all()


def logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def grids(strides: tuple[int, ...], columns: int, seed: int = 0) -> list[Any]:
    """(A, h, w, columns) with 3 anchors."""
    generator = np.random.default_rng(seed)
    return [generator.normal(0, 1, (3, SIZE[0] // s, SIZE[1] // s, columns)).astype(np.float32) for s in strides]


# Anchors.

V3 = [[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119], [116, 90, 156, 198, 373, 326]]
V4 = [[12, 16, 19, 36, 40, 28], [36, 75, 76, 55, 72, 146], [142, 110, 192, 243, 459, 401]]


def by_hand(found: list[Any], family: str, anchors: Any) -> list[tuple[list[float], str, float]]:
    objects = []
    for place, grid in enumerate(found):
        for anchor, row, column in np.ndindex(grid.shape[:3]):
            tx, ty, tw, th, objectness, *scores = map(float, grid[anchor, row, column])
            stride = SIZE[0] / grid.shape[1]
            width, height = anchors[place][2 * anchor : 2 * anchor + 2]
            if family in ("yolov5", "yolov7"):
                x, y = (2 * logistic(tx) - 0.5 + column) * stride, (2 * logistic(ty) - 0.5 + row) * stride
                w, h = width * (2 * logistic(tw)) ** 2, height * (2 * logistic(th)) ** 2
            else:
                s = {"yolov4": (1.2, 1.1, 1.05)}.get(family, (1, 1, 1))[place]
                x = (s * logistic(tx) - (s - 1) / 2 + column) * stride
                y = (s * logistic(ty) - (s - 1) / 2 + row) * stride
                w, h = width * math.exp(tw), height * math.exp(th)
            best = int(np.argmax(scores))
            sure = logistic(objectness) * logistic(scores[best])
            objects.append(([x - w / 2, y - h / 2, x + w / 2, y + h / 2], LABELS[best], sure))
    return objects


@pytest.mark.parametrize(
    ("family", "anchors"), [("yolov5", V3), ("yolov7", V4), ("yolov4", V4), ("yolov3", V3)], ids=str
)
def test_grids_of_anchors(family: str, anchors: Any) -> None:
    found = grids((8, 16, 32), 8)
    agree(read("yolo_anchors", *found, family=family, **ALL), by_hand(found, family, anchors))


def test_anchors_of_two_grids_and_of_the_card() -> None:
    found = grids((16, 32), 8)
    tiny = [[10, 14, 23, 27, 37, 58], [81, 82, 135, 169, 344, 319]]
    agree(read("yolo_anchors", *found, family="yolov3-tiny", **ALL), by_hand(found, "yolov3-tiny", tiny))
    own = ((4.0, 5.0, 8.0, 6.0, 20.0, 9.0), (31.0, 7.0, 50.0, 60.0, 9.0, 90.0))
    agree(read("yolo_anchors", *found, anchors=own, **ALL), by_hand(found, "yolov5", own))


def test_grids_of_any_layout_and_order() -> None:
    found = grids((8, 16, 32), 8)
    whole = read("yolo_anchors", *found, **ALL)
    flat = [one.transpose(0, 3, 1, 2).reshape(24, *one.shape[1:3]) for one in found]
    for other in (
        found[::-1],
        flat,
        [one.transpose(1, 2, 0) for one in flat],
        [one.transpose(1, 2, 0, 3) for one in found],
    ):
        said = read("yolo_anchors", *other, **ALL)
        np.testing.assert_array_equal(said.boxes, whole.boxes)
    decoded = np.zeros((10, 8))
    assert len(read("yolo_anchors", decoded, *found, **ALL)) == len(whole)
    assert len(read("yolo_anchors", np.zeros((3, 4, 4, 8)), *found, outputs=(1, 2, 3), **ALL)) == len(whole)


def test_grids_that_are_none() -> None:
    head, found = registry.get("yolo_anchors"), [one[None] for one in grids((8, 16, 32), 8)]
    for outputs, settings, says in [
        (found[:2], {}, "2 outputs that can be grids, and there are anchors for 3"),
        (found, {"outputs": (0, 1, 9)}, "2 outputs that can be grids"),
        (found, {"anchors": ((1, 2), (3, 4, 5, 6), (7, 8))}, "as many anchors each"),
        (found, {"anchors": ((1, 2, 3), (4, 5), (7, 8))}, "a width and a height"),
        (found, {"anchors": ((1, 2), (4, 5), (7, 8))}, "are not grids of 1 anchors"),
        ([np.zeros((1, 25, 4, 4))] * 3, {}, "25 columns cannot be shared by 3 anchors"),
        ([np.zeros((1, 15, 4, 4))] * 3, {}, "are not grids of 3 anchors"),
    ]:
        with pytest.raises(ValueError, match=says):
            head.classes(outputs, head.settings(**settings))


# Distributions of distances.


def by_hand_dfl(found: list[Any], bins: int, centre: float, logits: bool) -> list[tuple[list[float], str, float]]:
    objects = []
    for grid in found:
        stride = SIZE[0] / grid.shape[0]
        for row, column in np.ndindex(grid.shape[:2]):
            values = grid[row, column].astype(float)
            sides = []
            for side in range(4):
                powers = [math.exp(x) for x in values[side * bins : (side + 1) * bins]]
                sides.append(sum(k * p for k, p in enumerate(powers)) / sum(powers))
            left, top, right, bottom = sides
            x, y = column + centre, row + centre
            scores = values[4 * bins :]
            best = int(np.argmax(scores))
            box = [(x - left) * stride, (y - top) * stride, (x + right) * stride, (y + bottom) * stride]
            objects.append((box, LABELS[best], logistic(scores[best]) if logits else float(scores[best])))
    return objects


def test_distributions_of_distances() -> None:
    generator = np.random.default_rng(1)
    found = [generator.normal(0, 1, (64 // s, 96 // s, 67)).astype(np.float32) for s in (8, 16, 32)]
    whole = read("yolo_dfl", *[one.transpose(2, 0, 1) for one in found], **ALL)
    agree(whole, by_hand_dfl(found, 16, 0.5, True))
    rows = np.concatenate([one.reshape(-1, 67) for one in found])
    apart = [part for one in found for part in (one[..., 64:].transpose(2, 0, 1), one[..., :64].transpose(2, 0, 1))]
    for outputs in (found, [rows], [rows.T], apart):
        np.testing.assert_array_equal(read("yolo_dfl", *outputs, **ALL).boxes, whole.boxes)


def test_distributions_after_the_scores_as_nanodet_has_them() -> None:
    generator = np.random.default_rng(2)
    found = [generator.uniform(0, 1, (64 // s, -(-96 // s), 35)).astype(np.float32) for s in (8, 16, 32, 64)]
    rows = np.concatenate([one.reshape(-1, 35) for one in found])
    turned = np.concatenate([rows[:, 32:], rows[:, :32]], axis=1)
    how = {"bins": 8, "boxes_first": False, "centre": 0.0, "strides": (8, 16, 32, 64), "logits": False}
    agree(read("yolo_dfl", turned, **how, **ALL), by_hand_dfl(found, 8, 0.0, False))


def test_distributions_that_do_not_fill_their_grids() -> None:
    with pytest.raises(ValueError, match="90 rows do not fill the grids of its strides, which have 126"):
        read("yolo_dfl", np.zeros((90, 67)))
    with pytest.raises(ValueError, match="rows of 60 numbers is not 64 of distances"):
        read("yolo_dfl", np.zeros((90, 60)))


# Boxes and scores apart.


def test_boxes_of_a_transformer() -> None:
    generator = np.random.default_rng(3)
    boxes, logits = generator.uniform(0.1, 0.6, (20, 4)), generator.normal(0, 1, (20, 3))
    expected = []
    for (cx, cy, w, h), row in zip(boxes, logits, strict=True):
        best = int(np.argmax(row))
        box = [(cx - w / 2) * 96, (cy - h / 2) * 64, (cx + w / 2) * 96, (cy + h / 2) * 64]
        expected.append((box, LABELS[best], logistic(row[best])))
    agree(read("boxes_scores", boxes, logits, activation="sigmoid", **ALL), expected)
    nothing = np.concatenate([logits, np.zeros((20, 1))], axis=1)
    sums = np.exp(nothing).sum(axis=1)
    softened = [
        (box, label, math.exp(row.max()) / s) for (box, label, _), row, s in zip(expected, logits, sums, strict=True)
    ]
    agree(read("boxes_scores", boxes, nothing, activation="softmax", background="last", **ALL), softened)


def test_decoded_boxes_of_other_forms() -> None:
    boxes, scores = [[8, 16, 40, 60], [0, 0, 10, 10]], [[0.1, 0.2, 0.9, 0.0], [0.9, 0.1, 0.0, 0.2]]
    how = {"box_format": "yxyx", "normalised": False, "background": "first", "scores": 0, "boxes": 1}
    said = read("boxes_scores", scores, boxes, **how)
    assert (said.labels, said.boxes.tolist()) == (("b",), [[16, 8, 60, 40]])
    flat = read(
        "boxes_scores", np.array(boxes)[:, None], scores, box_format="xyxy", normalised=False, background="last"
    )
    assert flat.labels == ("c", "a")


def test_rows_of_box_score_and_class() -> None:
    rows = [[8, 16, 40, 60, 0.5, 2], [0, 0, 10, 10, 0.9, 0], [1, 1, 2, 2, 0.1, 1], [np.nan, 0, 1, 1, 0.9, 1]]
    said = read("end_to_end", rows)
    assert (said.labels, said.boxes.tolist()) == (("a", "c"), [[0, 0, 10, 10], [8, 16, 40, 60]])
    assert said.confidences.tolist() == pytest.approx([0.9, 0.5])
    shares = read("end_to_end", [[0.5, 0.25, 1, 0.5, 3.0, 1]], normalised=True, logits=True, class_offset=-1)
    assert (shares.labels, shares.boxes.tolist()) == (("a",), [[48, 16, 96, 32]])
    with pytest.raises(ValueError, match="it finds class 3, and there are 3 labels"):
        read("end_to_end", [[8, 16, 40, 60, 0.5, 3]])


# SSD.


def test_encodings_of_anchors() -> None:
    generator = np.random.default_rng(4)
    anchors = generator.uniform(0.1, 0.5, (6, 4))
    encodings, logits = generator.normal(0, 2, (6, 4)), generator.normal(0, 1, (6, 4))
    expected = []
    for (cx, cy, w, h), (ty, tx, th, tw), row in zip(anchors, encodings, logits, strict=True):
        x, y = tx / 10 * w + cx, ty / 10 * h + cy
        width, height = math.exp(tw / 5) * w, math.exp(th / 5) * h
        best = int(np.argmax(row[1:]))
        box = [(x - width / 2) * 96, (y - height / 2) * 64, (x + width / 2) * 96, (y + height / 2) * 64]
        expected.append((box, LABELS[best], logistic(row[1 + best])))
    how = {"anchors": tuple(map(tuple, anchors.tolist()))}
    agree(read("ssd_anchors", encodings, logits, **how, **ALL), expected)
    swapped = encodings[:, [1, 0, 3, 2]]
    agree(read("ssd_anchors", swapped, logits, encoding="xywh", **how, **ALL), expected)
    with pytest.raises(ValueError, match="of 6 anchors, and the card has 1"):
        read("ssd_anchors", encodings, logits, anchors=((0.5, 0.5, 1, 1),))
    with pytest.raises(ValueError, match=r"of 6 anchors, and head\.strides and the like make"):
        read("ssd_anchors", encodings, logits)


def test_the_anchors_of_ssd_mobilenet() -> None:
    """As create_ssd_anchors makes them, for an input of 300 x 300."""
    expected = []
    scales = [0.2 + 0.15 * i for i in range(6)] + [1.0]
    for layer, cells in enumerate((19, 10, 5, 3, 2, 1)):
        scale = scales[layer]
        shapes = [(scale, 1.0), (scale, 2.0), (scale, 0.5), (scale, 3.0), (scale, 1 / 3)]
        shapes.append((math.sqrt(scale * scales[layer + 1]), 1.0))
        if layer == 0:
            shapes = [(0.1, 1.0), (scale, 2.0), (scale, 0.5)]
        for row in range(cells):
            for column in range(cells):
                for side, ratio in shapes:
                    centre = [(column + 0.5) / cells, (row + 0.5) / cells]
                    expected.append([*centre, side * math.sqrt(ratio), side / math.sqrt(ratio)])
    np.testing.assert_allclose(anchors_of((300, 300), SsdAnchors()), expected, atol=1e-12)


# Guesses.


def guess(*outputs: Any, size: tuple[int, int] = SIZE, labels: int | None = None) -> tuple[str, Guess]:
    evidence = HeadProbe([np.asarray(one, np.float32)[None] for one in outputs], (), size, labels)
    for head in sorted(registry, key=lambda one: (one.order, one.name)):
        found = head.guess(evidence)
        if found is not None:
            return head.name, found
    raise AssertionError("no head fits")


def test_yolo_rows_are_told_apart() -> None:
    generator = np.random.default_rng(5)
    centres = [((c + 0.5) * s, (r + 0.5) * s) for s in (8, 16, 32) for r in range(64 // s) for c in range(96 // s)]
    decoded = np.concatenate([centres, generator.uniform(5, 30, (126, 2)), generator.uniform(0, 1, (126, 5))], axis=1)
    assert guess(decoded)[1].settings["grid"] is False
    shares = decoded / ([96, 64] * 2 + [1] * 5)
    name, found = guess(shares.T)
    assert (name, found.settings["normalised"], found.settings["columns_first"]) == ("yolo", True, True)
    offsets = generator.normal(0.5, 0.3, (126, 9))
    assert guess(offsets)[1].settings["grid"] is True
    masks = np.zeros((2, 16, 16))
    name, found = guess(decoded.T, masks)
    assert (name, found.settings["extra"], found.settings["objectness"]) == ("yolo", 2, False)
    assert guess(decoded.T, labels=2)[1].settings["extra"] == 3
    raw = grids((8, 16, 32), 9)
    name, found = guess(*raw[:2], decoded, raw[2])
    assert (name, found.settings["output"]) == ("yolo", 2)
    queries = generator.uniform(0.1, 0.9, (300, 84))
    name, found = guess(queries)
    assert (name, found.settings["objectness"], found.settings["nms_iou"]) == ("yolo", False, 1.0)


def test_rows_with_classes_are_told_from_cells() -> None:
    rows = np.array([[8, 16, 40, 60, 0.5, 2], [0, 0, 10, 10, 0.25, 0]] * 100)
    assert (guess(rows)[0], guess(rows)[1].settings) == ("end_to_end", {"normalised": False})
    assert guess(rows / [96, 64, 96, 64, 1, 1])[1].settings == {"normalised": True}
    one_class = rows.copy()
    one_class[:, 5] = 0.3
    assert guess(one_class)[0] == "yolo"


def test_boxes_and_scores_are_told_from_encodings() -> None:
    generator = np.random.default_rng(6)
    boxes, logits = generator.uniform(0.1, 0.9, (100, 4)), generator.normal(0, 1, (100, 4))
    name, found = guess(logits, boxes, labels=3)
    assert (name, found.settings["activation"], found.settings["background"]) == ("boxes_scores", "softmax", "last")
    assert (found.settings["boxes"], found.settings["nms_iou"]) == (1, 1.0)
    assert guess(boxes, logits)[1].settings["activation"] == "sigmoid"
    dense = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1).repeat(20, axis=0)
    shares = np.abs(logits).repeat(20, axis=0)
    shares /= shares.sum(axis=1, keepdims=True)
    name, found = guess(dense * 60, shares)
    assert (name, found.settings["box_format"], found.settings["normalised"]) == ("boxes_scores", "xyxy", False)
    assert (found.settings["activation"], found.settings["background"]) == ("none", "first")
    encodings = generator.normal(0, 1, (1917, 4))
    name, found = guess(encodings, generator.normal(0, 1, (1917, 91)), size=(300, 300))
    assert (name, found.question) == ("ssd_anchors", None)
    name, found = guess(encodings[:500], generator.normal(0, 1, (500, 91)), size=(300, 300))
    assert (name, found.question is None) == ("ssd_anchors", False)


def test_grids_are_told_apart() -> None:
    generator = np.random.default_rng(7)
    anchored = grids((8, 16, 32), 8)
    name, found = guess(*anchored)
    assert (name, "'family': 'F'" in (found.question or "")) == ("yolo_anchors", True)
    distances = [generator.normal(0, 1, (67, 64 // s, 96 // s)) for s in (8, 16, 32)]
    name, found = guess(*distances)
    assert (name, found.settings) == ("yolo_dfl", {"logits": True})
    shared = [generator.normal(0, 1, (69, 64 // s, 96 // s)) for s in (8, 16, 32)]
    assert guess(*shared, labels=5)[0] == "yolo_dfl"
    assert guess(*shared, labels=18)[0] == "yolo_anchors"
    assert guess(*shared)[0] == "yolo_anchors"


# Whole models.


def test_a_model_of_anchors_asks_which_and_then_runs(tmp_path: Path) -> None:
    outputs = [np.full((1, 3, side, side, 8), -9, np.float32) for side in (8, 4, 2)]
    outputs[1][0, 2, 1, 3] = [0, 0, 0, 0, 9, -9, 9, -9]
    path = onnx_constant(tmp_path / "net.onnx", outputs, size=64)
    with pytest.raises(
        WrongCard, match=r"3 grids of 3 anchors and 3 scores, before their decoding.*'family': 'F'"
    ) as caught:
        open_model(path, {"labels": LABELS})
    assert caught.value.fields["key"] == "head"
    opened = open_model(path, {"labels": LABELS, "head": {"name": "yolo_anchors", "family": "yolov5"}})
    (said,) = opened.predict([np.zeros((64, 64, 3), np.uint8)])
    # Cell (1, 3) of stride 16, anchor 59 x 119.
    assert said.labels == ("b",)
    np.testing.assert_allclose(said.boxes, [[26.5, 0, 64, 64]], atol=1e-3)


def test_a_model_of_end_to_end_rows_runs_without_a_card(tmp_path: Path) -> None:
    rows = np.zeros((1, 50, 6), np.float32)
    rows[0, 0] = [0, 0, 32, 16, 0.75, 1]
    opened = open_model(onnx_constant(tmp_path / "net.onnx", [rows]))
    (said,) = opened.predict([RED])
    assert (opened.card.head_name, said.labels) == ("end_to_end", ("class 1",))
    assert said.boxes.tolist() == [[0, 0, 8, 3]]
