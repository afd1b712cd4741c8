"""Outputs to predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax as scipy_softmax

from lookoutcv.models.detection.activations import softmax
from lookoutcv.models.detection.box_decoding import cells
from lookoutcv.models.detection.suppression import suppressed
from lookoutcv.models.formats.base import Quantisation, TensorInfo
from lookoutcv.models.heads.base import HeadProbe, registry
from lookoutcv.models.input.framing import Framing

LABELS = ("a", "b", "c")
# An image of 64 x 128 in an input of 32 x 32, without a letterbox.
FRAMING = Framing((64, 128), (32, 32), 0.25, 0.5, 0.0, 0.0)


def read(name: str, outputs: list[Any], labels: tuple[str, ...] = LABELS, framing: Framing = FRAMING, **settings: Any):
    head = registry.get(name)
    arrays = [np.asarray(one)[None] for one in outputs]
    (found,) = head.read(arrays, [framing], labels, head.settings(**settings))
    return found


# Scores.


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20))
def test_softmax_is_scipys(logits: list[float]) -> None:
    np.testing.assert_allclose(softmax(np.array([logits])), [scipy_softmax(logits)], rtol=1e-12, atol=1e-300)


def test_scores_as_they_are_and_before_softmax() -> None:
    said = read("softmax", [np.float32([0.2, 0.5, 0.3])])
    assert (said.label, round(said.confidence, 6)) == ("b", 0.5)
    said = read("logits", [np.float32([[[0]], [[0]], [[np.log(2)]]])])
    assert (said.label, round(said.confidence, 6)) == ("c", 0.5)
    assert read("logits", [np.float32([0, 0, 5])], temperature=1e6).confidence == pytest.approx(1 / 3, abs=1e-4)


def test_one_score_for_two_classes() -> None:
    assert read("sigmoid", [[0.25]], ("no", "yes")).scores.tolist() == [0.75, 0.25]
    assert read("sigmoid", [[1000.0]], ("no", "yes"), logits=True).label == "yes"
    assert read("sigmoid", [[-1000.0]], ("no", "yes"), logits=True).confidence == 1.0


def test_whole_numbers_that_the_card_explains() -> None:
    said = read("quantised_scores", [np.uint8([0, 64, 192])])
    assert said.scores.tolist() == [0.0, 0.25, 0.75]
    said = read("quantised_scores", [np.int8([-128, 0, 0])], quantum=0.1, logits=True)
    assert said.scores.tolist() == pytest.approx([0, 0.5, 0.5], abs=1e-5)


def test_a_thousand_classes() -> None:
    labels = tuple(map(str, range(1000)))
    logits = np.zeros(1000, np.float32)
    logits[997] = 20
    said = read("logits", [logits], labels)
    assert said.label == "997"
    assert said.scores.shape == (1000,)
    assert [label for label, _ in said.top(2, labels)] == ["997", "0"]


def test_embeddings_are_flat_and_of_length_one_on_request() -> None:
    vector = np.float32([[[3, 4]]])
    assert read("embedding", [vector], ()).vector.tolist() == [3, 4]
    assert read("embedding", [vector], (), normalise=True).vector.tolist() == pytest.approx([0.6, 0.8])
    assert read("embedding", [vector * 0], (), normalise=True).vector.tolist() == [0, 0]


# Maps.


def test_maps_of_classes_and_of_scores() -> None:
    plane = np.array([[0, 1], [2, 1]])
    assert read("pixel_classes", [plane]).classes.tolist() == plane.tolist()
    assert read("pixel_classes", [plane[None]]).classes.tolist() == plane.tolist()
    scores = np.eye(3, dtype=np.float32)[plane]
    assert read("pixel_classes", [scores], axis="last").classes.tolist() == plane.tolist()
    assert read("pixel_classes", [scores.transpose(2, 0, 1)], axis="first").classes.tolist() == plane.tolist()


def test_a_map_is_of_the_image_not_of_the_letterbox() -> None:
    framing = Framing((10, 20), (8, 8), 0.4, 0.4, 0.0, 2.0)
    plane = np.zeros((4, 4), np.int64)
    plane[1:3] = 1
    assert read("pixel_classes", [plane], framing=framing).classes.tolist() == [[1] * 4] * 2


# Boxes.

BOXES, CLASSES, SCORES = [[0.5, 0.0, 1.5, 0.25], [0, 0, 1, 1]], [1.0, 0.0], [0.9, 0.1]


def test_ssd_boxes_are_in_pixels_of_the_image_and_inside_it() -> None:
    said = read("ssd", [BOXES, CLASSES, SCORES, 2.0])
    assert said.labels == ("b",)
    assert said.boxes.tolist() == [[0, 32, 32, 64]]
    assert said.confidences.tolist() == pytest.approx([0.9])


def test_ssd_settings() -> None:
    assert len(read("ssd", [BOXES, CLASSES, SCORES], score_threshold=0.05)) == 2
    assert read("ssd", [BOXES, CLASSES, SCORES], class_offset=1).labels == ("c",)
    assert read("ssd", [BOXES, CLASSES, SCORES], ("???", "x", "y")).labels == ("y",)
    said = read("ssd", [[[0, 8, 16, 32]], [0.0], [1.0]], box_format="xyxy", normalised=False)
    assert said.boxes.tolist() == [[0, 16, 64, 64]]
    with pytest.raises(ValueError, match="it finds class 9, and there are 3 labels"):
        read("ssd", [BOXES, [9.0, 0.0], SCORES])


def rows_of(*objects: tuple[int, list[float]]) -> Any:
    """21 rows, of an input of 32 x 32; objectness and scores are 0 elsewhere."""
    rows = np.zeros((21, 8), np.float32)
    for index, values in objects:
        rows[index] = values
    return rows


def test_a_grid_cell_is_decoded() -> None:
    # Cell 5 of stride 8 is column 1, row 1: its centre is at (1 + 0.5) * 8 = 12, its sides are 8 * e^0 and 8 * 2.
    rows = rows_of((5, [0.5, 0.5, 0, np.log(2), 0.8, 0.1, 1.0, 0.1]), (20, [0, 0, 0, 0, 0.2, 1, 0, 0]))
    said = read("yolo", [rows])
    assert said.labels == ("b",)
    assert said.confidences.tolist() == pytest.approx([0.8])
    np.testing.assert_allclose(said.boxes, [[32, 8, 64, 40]], atol=1e-4)


def test_rows_in_pixels_without_objectness_and_columns_first() -> None:
    rows = rows_of((3, [12, 12, 8, 16, 0.0, 0.1, 0.9, 0.0]))
    said = read("yolo", [rows[:, [0, 1, 2, 3, 5, 6, 7]].T], grid=False, objectness=False, columns_first=True)
    assert said.labels == ("b",)
    np.testing.assert_allclose(said.boxes, [[32, 8, 64, 40]], atol=1e-4)
    corners = rows_of((3, [8, 4, 16, 20, 1.0, 0.1, 0.9, 0.0]))
    np.testing.assert_allclose(read("yolo", [corners], grid=False, box_format="xyxy").boxes, said.boxes, atol=1e-4)


def test_scores_before_the_sigmoid() -> None:
    rows = rows_of((5, [0.5, 0.5, 0, 0, 9, -9, 9, -9])) - np.float32([0, 0, 0, 0, 50, 0, 0, 0])
    rows[5, 4] = 9
    said = read("yolo", [rows], logits=True)
    assert said.labels == ("b",)
    assert said.confidences[0] > 0.99


def test_of_boxes_that_overlap_the_surest_of_a_class_is_kept() -> None:
    one, other = [0.5, 0.5, 1, 1, 0.9, 0, 1, 0], [0.6, 0.5, 1, 1, 0.7, 0, 1, 0]
    assert len(read("yolo", [rows_of((5, one), (9, [0.5, -0.5, 1, 1, 0.8, 0, 1, 0]))])) == 1
    assert len(read("yolo", [rows_of((5, one), (6, other))], nms_iou=0.9)) == 2
    assert len(read("yolo", [rows_of((5, one), (9, [0.5, -0.5, 1, 1, 0.8, 1, 0, 0]))])) == 2
    assert len(read("yolo", [rows_of((5, one), (0, other))], nms_iou=0.99, most=1)) == 1


def test_rows_that_do_not_fill_the_grid() -> None:
    with pytest.raises(ValueError, match="20 rows do not fill grids"):
        read("yolo", [rows_of()[:20]])


def test_cells_are_as_many_as_yolox_has() -> None:
    assert len(cells((416, 416), (8, 16, 32))) == 3549


def greedy(boxes: Any, sure: Any, classes: Any, iou: float) -> list[int]:
    """The textbook's loop."""
    kept: list[int] = []
    for i in sorted(range(len(sure)), key=lambda k: -sure[k]):
        if all(classes[i] != classes[j] or overlap(boxes[i], boxes[j]) <= iou for j in kept):
            kept.append(i)
    return kept


def overlap(a: Any, b: Any) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


@pytest.mark.parametrize("seed", range(6))
def test_suppression_is_the_textbooks(seed: int) -> None:
    generator = np.random.default_rng(seed)
    corners = generator.uniform(0, 60, (80, 2))
    boxes = np.concatenate([corners, corners + generator.uniform(5, 40, (80, 2))], axis=1)
    sure, classes = generator.permutation(80) / 80 + 0.01, generator.integers(0, 3, 80)
    assert suppressed(boxes, sure, classes, 0.45, 100).tolist() == greedy(boxes, sure, classes, 0.45)


def test_nothing_is_suppressed_of_nothing() -> None:
    assert suppressed([], [], [], 0.5, 10).tolist() == []


# Guesses.


def guessed(*outputs: Any, labels: int | None = None, infos: tuple[TensorInfo, ...] = ()) -> tuple[str, dict[str, Any]]:
    evidence = HeadProbe([np.asarray(one, np.float32)[None] for one in outputs], infos, (32, 32), labels)
    for head in sorted(registry, key=lambda one: one.order):
        found = head.guess(evidence)
        if found is not None:
            return head.name, found.settings
    raise AssertionError("no head fits")


def test_scores_are_told_from_logits_and_vectors() -> None:
    assert guessed([0.2, 0.3, 0.5])[0] == "softmax"
    assert guessed([1.2, -0.3, 0.5])[0] == "logits"
    assert guessed([0.5]) == ("sigmoid", {"logits": False})
    assert guessed([-3.0]) == ("sigmoid", {"logits": True})
    called = [TensorInfo(name, (1, 1), "float32") for name in ("prob", "logit")]
    assert [guessed([0.5], infos=(info,))[1]["logits"] for info in called] == [False, True]
    assert guessed([[[0.5, 3.0, 0.0]]])[0] == "embedding"
    assert guessed([[[0.5, 3.0, 0.0]]], labels=3)[0] == "logits"
    named = TensorInfo("image_embedding", (1, 3), "float32")
    assert guessed([0.5, 3.0, 0.0], infos=(named,))[0] == "embedding"
    eighths = TensorInfo("y", (1, 3), "uint8", Quantisation(1 / 256, 0))
    assert guessed([0.0, 0.01, 0.0], infos=(eighths,))[0] == "softmax"


def test_maps_are_told_from_boxes() -> None:
    assert guessed(np.arange(64).reshape(8, 8) % 3) == ("pixel_classes", {})
    assert guessed(np.zeros((3, 8, 8))) == ("pixel_classes", {"axis": "first"})
    assert guessed(np.zeros((8, 8, 3))) == ("pixel_classes", {"axis": "last"})


def test_a_map_knows_how_many_classes_its_file_chooses_from() -> None:
    info = TensorInfo("ArgMax", (1, 8, 8), "int64", classes=21)
    assert guessed(np.arange(64).reshape(8, 8) % 3, infos=(info,)) == ("pixel_classes", {"classes": 21})
    how = registry.get("pixel_classes").settings(classes=21)
    assert registry.get("pixel_classes").classes([np.zeros((1, 8, 8))], how) == 21


def test_detectors_are_told_apart() -> None:
    boxes, whole, real = np.full((5, 4), 0.3), [0, 1, 2, 1, 0], [0.9, 0.5, 0.4, 0.2, 0.1]
    assert guessed(boxes, whole, real, 5.0) == ("ssd", {"boxes": 0, "classes": 1, "scores": 2})
    assert guessed(real, boxes, whole) == ("ssd", {"boxes": 1, "classes": 2, "scores": 0})
    generator = np.random.default_rng(0)
    rows = generator.uniform(0, 1, (84, 8))
    rows[:, :2] *= 32
    assert guessed(rows)[1] == {"grid": False, "objectness": True, "columns_first": False, "logits": False}
    assert guessed(rows.T, labels=4)[1] == {"grid": False, "objectness": False, "columns_first": True, "logits": False}


def test_of_one_number_it_is_told_what_it_is_taken_for() -> None:
    outputs = [np.float32([[0.3]])]
    guess = registry.get("sigmoid").guess(HeadProbe(outputs, (), (32, 32), None))
    assert guess is not None
    asked = "card={'head': {'name': 'sigmoid', 'logits': True}}"
    assert guess.because.endswith(f"Where the sigmoid is still to be taken, add {asked}")
