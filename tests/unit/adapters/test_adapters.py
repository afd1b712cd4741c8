"""Results of other libraries as predictions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from lookoutcv.adapters import adapted
from lookoutcv.errors import UnknownResult
from lookoutcv.predictions import Classification, Detections, Segmentation

BOXES = np.array([[1, 2, 11, 22], [5, 5, 9, 8]], np.float32)
NAMES = ["person", "car"]


def detections(result: Any, **known: Any) -> Detections:
    found = adapted(result, **known)
    assert isinstance(found, Detections)
    return found


def test_a_prediction_stays_what_it_is() -> None:
    found = Classification("cat", 0.5)
    assert adapted(found) is found


def test_supervision_detections() -> None:
    sv = pytest.importorskip("supervision")
    given = sv.Detections(xyxy=BOXES, confidence=np.array([0.9, 0.8]), class_id=np.array([1, 0]))
    found = detections(given, labels=NAMES)
    assert found.labels == ("car", "person")
    np.testing.assert_array_equal(found.boxes, BOXES)
    np.testing.assert_allclose(found.confidences, [0.9, 0.8])
    given.data["class_name"] = np.array(["bus", "tram"])
    assert detections(given, labels=NAMES).labels == ("bus", "tram")
    assert len(detections(sv.Detections.empty())) == 0


def test_supervision_masks_are_a_class_map_for_a_segmentation_model() -> None:
    sv = pytest.importorskip("supervision")
    mask = np.zeros((2, 4, 4), bool)
    mask[0, :2], mask[1, 3] = True, True
    given = sv.Detections(xyxy=BOXES, mask=mask, class_id=np.array([0, 1]))
    found = adapted(given, "segmentation", NAMES)
    assert isinstance(found, Segmentation)
    assert found.labels == ("background", "person", "car")
    assert found.classes[:, 0].tolist() == [1, 1, 0, 2]
    assert np.isnan(detections(given, labels=NAMES).confidences).all()


def test_supervision_classifications() -> None:
    sv = pytest.importorskip("supervision")
    given = sv.Classifications(class_id=np.array([1, 0]), confidence=np.array([0.75, 0.25]))
    found = adapted(given, labels=["cat", "dog"])
    assert isinstance(found, Classification)
    assert (found.label, found.confidence) == ("dog", 0.75)
    assert found.scores is not None
    assert found.scores.tolist() == [0.25, 0.75]


# Ultralytics is under the AGPL and not installed for tests: these have the attributes that its documentation names.
Results = type("Results", (SimpleNamespace,), {"__module__": "ultralytics.engine.results"})


def ultralytics(**parts: Any) -> Any:
    return Results(**{"boxes": None, "probs": None, "masks": None, "names": {0: "person", 1: "car"}, **parts})


def test_ultralytics_boxes() -> None:
    boxes = SimpleNamespace(xyxy=torch.tensor(BOXES), conf=torch.tensor([0.9, 0.8]), cls=torch.tensor([1.0, 0.0]))
    found = detections([ultralytics(boxes=boxes)])  # a call returns a list, one result an image
    assert found.labels == ("car", "person")
    np.testing.assert_array_equal(found.boxes, BOXES)
    assert len(detections(ultralytics())) == 0


def test_ultralytics_probabilities_and_masks() -> None:
    found = adapted(ultralytics(probs=SimpleNamespace(data=torch.tensor([0.25, 0.75], requires_grad=True))))
    assert isinstance(found, Classification)
    assert (found.label, found.confidence) == ("car", 0.75)
    boxes = SimpleNamespace(xyxy=BOXES[:1], conf=np.array([0.9]), cls=np.array([1.0]))
    masks = SimpleNamespace(data=torch.ones(1, 2, 2))
    plane = adapted(ultralytics(boxes=boxes, masks=masks), "segmentation")
    assert isinstance(plane, Segmentation)
    assert plane.labels[int(plane.classes[0, 0])] == "car"


def test_hugging_face_pipelines() -> None:
    found = adapted([{"label": "cat", "score": 0.2}, {"label": "dog", "score": 0.8}], labels=["cat", "dog"])
    assert isinstance(found, Classification)
    assert found.label == "dog"
    assert found.scores is not None
    np.testing.assert_allclose(found.scores, [0.2, 0.8])
    few = adapted([{"label": "dog", "score": 0.8}], labels=["cat", "dog"])
    assert isinstance(few, Classification)
    assert few.scores is None
    box = {"xmin": 1, "ymin": 2, "xmax": 11, "ymax": 22}
    assert detections([{"label": "car", "score": 0.5, "box": box}]).boxes.tolist() == [[1, 2, 11, 22]]
    mask = Image.fromarray(np.array([[255, 0]], np.uint8))
    plane = adapted([{"label": "road", "score": None, "mask": mask}])
    assert isinstance(plane, Segmentation)
    assert plane.classes.tolist() == [[1, 0]]


SIDES = [
    {"label": "car", "score": 0.5, "box": {"x1": 1, "y1": 2, "x2": 11, "y2": 22}},
    {"name": "car", "class": 1, "confidence": 0.5, "box": {"xmin": 1, "ymin": 2, "xmax": 11, "ymax": 22}},
    {"class": 1, "confidence": "50%", "bbox": [1, 2, 10, 20]},
    {"Label": "car", "Score": 0.5, "xMin": 1, "yMin": 2, "xMax": 11, "yMax": 22},
    {"class_name": "car", "conf": 0.5, "left": 1, "top": 2, "width": 10, "height": 20},
    {"class": "car", "confidence": 0.5, "x": 6, "y": 12, "width": 10, "height": 20, "detection_id": "e5"},
]


@pytest.mark.parametrize("row", SIDES)
@pytest.mark.parametrize("nested", [False, True])
def test_rows_in_the_words_of_files_of_predictions(row: dict[str, Any], nested: bool) -> None:
    found = detections({"predictions": [row], "image": {"width": 64, "height": 64}} if nested else [row], labels=NAMES)
    assert (found.labels, found.confidences.tolist(), found.boxes.tolist()) == (("car",), [0.5], [[1, 2, 11, 22]])


def test_rows_of_classes_alone() -> None:
    found = adapted([{"predicted_label": "cat", "confidence": 0.2}, {"predicted_label": "dog", "confidence": 0.8}])
    assert isinstance(found, Classification)
    assert (found.label, found.confidence) == ("dog", 0.8)
    assert len(detections({"predictions": []}, task="detection")) == 0


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"box": [1, 2, 3, 4]}, "'box': four numbers"),
        ({"box": {"a": 1}}, "a box with 'a', which is no known form"),
        ({"polygon": [[1, 2], [3, 4]]}, "'polygon': a box or a mask in a form that is not known"),
        ({"bbox": [1, 2, -3, 4]}, "a box of negative size"),
    ],
)
def test_a_box_that_is_not_understood_is_no_class_of_the_image(more: dict[str, Any], why: str) -> None:
    with pytest.raises(UnknownResult, match=why):
        adapted([{"label": "cat", "score": 0.5, **more}])
    with pytest.raises(UnknownResult, match="some rows have a box, and some have none"):
        adapted([{"label": "cat", "score": 0.5, "bbox": [1, 2, 3, 4]}, {"label": "cat", "score": 0.5}])


def test_coco_results() -> None:
    rows = [{"image_id": 7, "category_id": 18, "bbox": [10, 20, 30, 40], "score": 0.5}]
    found = detections(rows, labels={18: "dog"})
    assert (found.labels, found.boxes.tolist()) == (("dog",), [[10, 20, 40, 60]])
    with pytest.raises(UnknownResult, match="several images"):
        adapted([*rows, {**rows[0], "image_id": 8}])


def test_torchvision_mappings() -> None:
    given = {"boxes": torch.tensor(BOXES), "labels": torch.tensor([1, 0]), "scores": torch.tensor([0.9, 0.8])}
    found = detections(given, labels=NAMES)
    assert found.labels == ("car", "person")
    np.testing.assert_allclose(found.confidences, [0.9, 0.8])
    masks = {**given, "masks": torch.ones(2, 1, 3, 3)}
    plane = adapted(masks, "segmentation", NAMES)
    assert isinstance(plane, Segmentation)
    assert plane.labels[int(plane.classes[0, 0])] == "person"  # the later one counts


@pytest.mark.parametrize("scores", [[0.25, 0.75], np.array([[0.25, 0.75]]), torch.tensor([0.25, 0.75])])
def test_probabilities(scores: Any) -> None:
    found = adapted(scores, labels=["cat", "dog"])
    assert isinstance(found, Classification)
    assert (found.label, found.confidence) == ("dog", 0.75)
    assert adapted(scores).label == "1"  # type: ignore[union-attr]


def test_probabilities_by_name() -> None:
    found = adapted({"dog": 0.75, "cat": 0.25}, labels=["cat", "dog"])
    assert isinstance(found, Classification)
    assert found.scores is not None
    assert found.scores.tolist() == [0.25, 0.75]


def test_an_empty_list_is_no_object_for_a_detector_alone() -> None:
    assert len(detections([], task="detection")) == 0
    with pytest.raises(UnknownResult):
        adapted([], "classification")


def test_what_is_not_known_is_named_with_what_is() -> None:
    with pytest.raises(UnknownResult, match=r"dict with the keys weights.*supervision"):
        adapted({"weights": [1]})
    with pytest.raises(UnknownResult, match="looks like torchvision's"):
        adapted({"boxes": "many", "labels": []})
    with pytest.raises(UnknownResult, match="3 labels for scores"):
        adapted([0.1, 0.9], labels=["a", "b", "c"])
