"""Outputs of ONNX models that are no tensors, or not only scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from lookoutcv.errors import BrokenModel, InferenceFailed, WrongCard
from lookoutcv.models import open_model
from lookoutcv.models.formats.onnx import refuse_outputs
from tiny_models import BLUE, GREEN, RED, onnx_constant, onnx_sequence, onnx_torchvision, onnx_zipmap

IMAGES = [BLUE, RED, GREEN, BLUE]


def expected(columns: list[int]) -> Any:
    """The scores of `IMAGES`, by SciPy; the classes in another order."""
    means = np.array([image.reshape(-1, 3).mean(axis=0) / 255 for image in IMAGES])
    return softmax(8 * means, axis=1)[:, columns]


@pytest.mark.parametrize("label", [True, False])
def test_scores_by_the_names_of_classes(label: bool, tmp_path: Path) -> None:
    opened = open_model(onnx_zipmap(tmp_path / "net.onnx", ["wasp", "bee", "ant"], label=label))
    said = opened.predict(IMAGES)
    assert [one.label for one in said] == ["ant", "wasp", "bee", "ant"]
    # A map has its own order: that of its keys.
    assert opened.labels == ("ant", "bee", "wasp")
    np.testing.assert_allclose([one.scores for one in said], expected([2, 1, 0]), atol=1e-6)
    assert any("Of its outputs label is not read" in note for note in opened.notes) is label


def test_scores_by_the_numbers_of_classes(tmp_path: Path) -> None:
    path = onnx_zipmap(tmp_path / "net.onnx", [0, 1, 2])
    assert [one.label for one in open_model(path).predict(IMAGES)] == ["2", "0", "1", "2"]
    assert [one.label for one in open_model(path, {"labels": ["r", "g", "b"]}).predict(IMAGES)] == list("brgb")
    other = open_model(onnx_zipmap(tmp_path / "other.onnx", [30, 4, 100]))
    assert [one.label for one in other.predict(IMAGES)] == ["100", "30", "4", "100"]


def test_labels_that_contradict_the_names_are_refused(tmp_path: Path) -> None:
    path = onnx_zipmap(tmp_path / "net.onnx", ["wasp", "bee", "ant"])
    assert open_model(path, {"labels": ["ant", "bee", "wasp"]}).predict([RED])[0].label == "wasp"
    for labels in (["wasp", "bee", "ant"], ["a", "b", "c"]):
        with pytest.raises(WrongCard, match=r"names of their classes \(ant, bee, wasp\).*Leave the labels out"):
            open_model(path, {"labels": labels})


def test_a_label_beside_plain_scores(tmp_path: Path) -> None:
    opened = open_model(onnx_zipmap(tmp_path / "net.onnx", [0, 1, 2], scores=False), {"labels": ["r", "g", "b"]})
    assert (opened.card.head_name, opened.task) == ("softmax", "classification")
    said = opened.predict(IMAGES)
    assert [one.label for one in said] == list("brgb")
    np.testing.assert_allclose([one.scores for one in said], expected([0, 1, 2]), atol=1e-6)


def test_a_sequence_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = onnx_sequence(tmp_path / "net.onnx")
    with pytest.raises(
        BrokenModel, match=r"its output parts is a sequence \(seq\(tensor\(float\)\)\), which is not read"
    ):
        open_model(path)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("map(string,tensor(float))", "a map"),
        ("seq(map(string,tensor(int64)))", "a sequence of maps"),
        ("optional(tensor(float))", "an optional value"),
        ("sparse_tensor(float)", "a sparse tensor"),
        ("opaque(x)", "opaque"),
    ],
)
def test_other_kinds_are_named(kind: str, what: str) -> None:
    with pytest.raises(BrokenModel, match=f"its output y is {what}.*tensors only"):
        refuse_outputs(Path("net.onnx"), {"x": "tensor(float)", "y": kind})


WHITE, BLACK = np.full((64, 128, 3), 255, np.uint8), np.zeros((64, 128, 3), np.uint8)


@pytest.mark.parametrize("given", [[3, 64, 64], [1, 3, 64, 64], ["c", "h", "w"], ["b", 3, "h", "w"]], ids=str)
def test_a_detector_of_one_image(given: list[Any], tmp_path: Path) -> None:
    path = onnx_torchvision(tmp_path / "net.onnx", given)
    card = {} if 64 in given else {"input": {"size": [64, 64]}}
    named = open_model(path, {**card, "labels": ["__background__", "cat", "dog"]})
    white, black, again = named.predict([WHITE, BLACK, WHITE])
    assert white.labels == again.labels == ("dog", "cat")
    # The picture is twice as wide as the input.
    assert white.boxes.tolist() == [[12, 12, 64, 40], [2, 2, 6, 4]]
    assert white.confidences.tolist() == pytest.approx([0.9, 0.6])
    assert len(black) == 0
    assert open_model(path, {**card, "labels": ["cat", "dog"]}).predict([WHITE])[0].labels == ("dog", "cat")
    assert open_model(path, card).predict([WHITE])[0].labels == ("class 2", "class 1")
    assert any("class 0 for the background" in note for note in named.notes)


def test_a_detector_of_one_image_without_names(tmp_path: Path) -> None:
    path = onnx_torchvision(tmp_path / "net.onnx", [1, 3, 64, 64], ("2854", "2870", "2871"))
    assert open_model(path, {"labels": ["cat", "dog"]}).predict([WHITE])[0].labels == ("dog", "cat")
    counted = onnx_torchvision(tmp_path / "other.onnx", [3, 64, 64], ("pred_boxes", "pred_classes", "scores"))
    said = open_model(counted, {"labels": ["cat", "dog", "cow"]}).predict([WHITE])[0]
    assert said.labels == ("cow", "dog")


def test_four_numbers_an_image_are_no_boxes(tmp_path: Path) -> None:
    path = onnx_torchvision(tmp_path / "net.onnx", ["n", 3, 64, 64], ("probabilities", "best", "sure"))
    with pytest.raises(InferenceFailed, match=r"shape \(0, 4\) for 1 images"):
        open_model(path)


def test_outputs_of_texts_alone_are_refused_by_name(tmp_path: Path) -> None:
    path = onnx_constant(tmp_path / "net.onnx", [np.array([b"a", b"b"], dtype=object)], size=4)
    with pytest.raises(BrokenModel, match=r"its outputs \(y0\) are texts, and none is a tensor of numbers"):
        open_model(path)
