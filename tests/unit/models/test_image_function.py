"""A function of one image may return predictions, what libraries return, or arrays; else it is told why not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import InferenceFailed, WrongCard
from lookoutcv.predictions import Classification, Detections

GREY = np.full((20, 30, 3), 100, np.uint8)
BRIGHT = np.full((20, 30, 3), 250, np.uint8)


def found(function: Any, card: Any = None, picture: Any = GREY) -> Any:
    return lo.open_model(function, card).predict(picture)[0]


def test_scores_by_the_names_of_their_classes_name_them() -> None:
    model = lo.open_model(lambda pixels: {"cat": 0.25, "dog": 0.75})
    assert (model.task, model.labels) == ("classification", ("cat", "dog"))
    (said,) = model.predict(GREY)
    assert isinstance(said, Classification)
    assert (said.label, said.confidence, said.top(2, model.labels)[1][0]) == ("dog", 0.75, "cat")


def test_what_torchvision_and_pipelines_return_is_read() -> None:
    boxes = {"boxes": np.array([[1.0, 2, 9, 8]]), "labels": np.array([1]), "scores": np.array([0.5])}
    for returned in (boxes, [boxes]):
        said = found(lambda pixels, it=returned: it, {"labels": ["background", "car"]})
        assert isinstance(said, Detections)
        assert (said.labels, said.boxes.tolist(), said.confidences.tolist()) == (("car",), [[1, 2, 9, 8]], [0.5])
    rows = [{"label": "bus", "score": 0.5, "box": {"xmin": 1, "ymin": 2, "xmax": 9, "ymax": 8}}]
    assert found(lambda pixels: rows).labels == ("bus",)


def test_an_empty_list_is_nothing_found_once_it_is_a_detector() -> None:
    rows = [{"label": "bus", "score": 0.5, "box": {"xmin": 1, "ymin": 2, "xmax": 9, "ymax": 8}}]
    model = lo.open_model(lambda pixels: [] if pixels.mean() > 200 else rows)
    assert [len(one) for one in model.predict([GREY, BRIGHT])] == [1, 0]  # type: ignore[arg-type]
    assert len(found(lambda pixels: [], {"task": "detection"})) == 0
    with pytest.raises(WrongCard, match=r"empty list, which may mean anything.*card={'task': 'detection'}"):
        lo.open_model(lambda pixels: [])


@pytest.mark.parametrize(
    ("returned", "why"),
    [
        ("cat", "no prediction: str is no"),
        (("cat", 0.9), "tuple of 2 str"),
        ({"a": {}}, "no prediction"),
        (b"x", "failed on an image"),
    ],
)
def test_what_nobody_knows_is_refused_with_the_reason(returned: Any, why: str) -> None:
    with pytest.raises(InferenceFailed, match=why):
        lo.open_model(lambda pixels: returned)


@pytest.mark.parametrize("percent", [90, -0.5, float("inf")])
def test_a_confidence_beyond_0_and_1_is_refused_as_in_files_of_predictions(percent: float) -> None:
    box = {"xmin": 1, "ymin": 2, "xmax": 9, "ymax": 8}
    for row in ({"label": "bus", "score": percent}, {"label": "bus", "score": percent, "box": box}):
        with pytest.raises(InferenceFailed, match=r"returned a confidence of .* not within 0 to 1\. Return prob"):
            lo.open_model(lambda pixels, it=row: [it])
    late = lo.open_model(lambda pixels: Classification("bus", percent if pixels.mean() > 200 else 1.00001, None))
    assert late.predict(GREY)[0].label == "bus"  # type: ignore[union-attr]
    with pytest.raises(InferenceFailed, match="not within 0 to 1"):
        late.predict(BRIGHT)


def test_arrays_are_read_by_a_head_as_before() -> None:
    card = {"labels": ["day", "night"], "head": "softmax"}
    for returned in ([0.25, 0.75], (0.25, 0.75), np.array([0.25, 0.75]), [np.array([0.25, 0.75]), None]):
        assert found(lambda pixels, it=returned: it, card).label == "night"
