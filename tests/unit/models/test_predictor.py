"""Opened models: files, functions, batches, labels in files."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as PILImage

from lookoutcv.errors import (
    BrokenPlugin,
    InferenceFailed,
    LookoutError,
    ModelNotFound,
    ShapeMismatch,
    UnknownModelFormat,
    WrongCard,
)
from lookoutcv.models import is_undefined, open_model
from lookoutcv.models.cards.label_file import labels_in_text
from lookoutcv.models.image_function import ImageFunction
from lookoutcv.models.tensor_model import TensorModel
from lookoutcv.predictions import Classification, Detections, Embedding
from tiny_models import (
    BLUE,
    GREEN,
    RED,
    onnx_classifier,
    onnx_constant,
    picture,
    tflite_mean,
    tflite_segmenter,
    torchscript_mean,
)

LABELS = ["red", "green", "blue"]
IMAGES = [RED, GREEN, BLUE, RED, RED]


@pytest.mark.parametrize(
    "how",
    [
        {"dtype": "float16"},
        {"dtype": "int8"},
        {"dtype": "uint8"},
        {"dtype": "int8", "layout": "NHWC"},
        {"batch": 1},
        {"batch": 2},
        {"batch": 16},
        {"softmax": False},
        {"layout": "NHWC", "size": 7},
    ],
    ids=str,
)
def test_onnx_inputs(tmp_path: Path, how: dict[str, Any]) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx", **how), {"labels": LABELS})
    assert [one.label for one in opened.predict(IMAGES)] == ["red", "green", "blue", "red", "red"]
    assert opened.card.input.dtype == how.get("dtype", "float32")
    assert opened.card.head_name == ("logits" if how.get("softmax") is False else "softmax")


@pytest.mark.parametrize("how", [{"dtype": "uint8"}, {"dtype": "int8"}, {"dynamic": True}, {"size": 6}], ids=str)
def test_tflite_inputs(tmp_path: Path, how: dict[str, Any]) -> None:
    opened = open_model(tflite_mean(tmp_path / "net.tflite", **how), {"labels": LABELS})
    assert [one.label for one in opened.predict(IMAGES)] == ["red", "green", "blue", "red", "red"]
    assert opened.card.head_name == ("softmax" if "dtype" in how else "logits")


def test_a_thousand_classes(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx", classes=1000))
    assert (len(opened.labels), opened.labels[999]) == (1000, "999")
    (said,) = opened.predict([BLUE])
    assert (said.label, said.scores.shape) == ("2", (1000,))


def test_a_batch_of_one_written_into_a_module_is_seen(tmp_path: Path) -> None:
    card = {"labels": LABELS, "input": {"size": [4, 4]}}
    opened = open_model(torchscript_mean(tmp_path / "net.pt", flat=True), card)
    for _ in range(2):
        assert [one.label for one in opened.predict(IMAGES)] == ["red", "green", "blue", "red", "red"]


def test_the_hash_is_the_files(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx")
    assert open_model(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_labels_packed_in_a_tflite_file(tmp_path: Path) -> None:
    path = tflite_mean(tmp_path / "net.tflite")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("licence.txt", "free")
        archive.writestr("labels.txt", "red\ngreen\nblue\n")
    opened = open_model(path)
    assert opened.labels == tuple(LABELS)
    assert opened.card.labels is None
    assert [one.label for one in opened.predict(IMAGES[:3])] == LABELS
    assert open_model(path, {"labels": ["a", "b", "c"]}).labels == ("a", "b", "c")


def test_labels_that_an_exporter_left_in_the_file(tmp_path: Path) -> None:
    names = "{0: 'red', 1: 'green', 2: 'blue'}"
    path = onnx_classifier(tmp_path / "net.onnx", names=names)
    assert open_model(path).labels == tuple(LABELS)
    assert open_model(path, {"labels": ["a", "b", "c"]}).labels == ("a", "b", "c")
    packed = tflite_mean(tmp_path / "net.tflite")
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("temp_meta.txt", str({"task": "classify", "names": {0: "red", 1: "green", 2: "blue"}}))
    assert open_model(packed).labels == tuple(LABELS)
    module = torchscript_mean(
        tmp_path / "net.pt", config='{"half": false, "names": {"0": "red", "1": "green", "2": "blue"}}'
    )
    assert open_model(module, {"input": {"size": [4, 4]}, "head": "logits"}).labels == tuple(LABELS)


@pytest.mark.parametrize(
    "text", ["", "cat", "{0: 'a', 2: 'b'}", "{'names': 3}", "[1, 2]", "[", "[" * 5000, "{0: open('x')}", "{}", "[]"]
)
def test_text_that_holds_no_labels(text: str) -> None:
    assert labels_in_text(text) is None


def test_a_map_without_labels_has_as_many_classes_as_its_file_chooses_from(tmp_path: Path) -> None:
    opened = open_model(tflite_segmenter(tmp_path / "net.tflite", classes=5))
    assert opened.labels == tuple(f"class {i}" for i in range(5))
    assert opened.card.head_settings["classes"] == 5
    (said,) = opened.predict([GREEN])
    assert said.shares.tolist() == [0, 1, 0, 0, 0]


def test_a_map_whose_file_does_not_count_its_classes(tmp_path: Path) -> None:
    path = onnx_constant(tmp_path / "net.onnx", [np.tile(np.int64([0, 7]), (1, 4, 2))])
    opened = open_model(path)
    assert (len(opened.labels), opened.labels[7]) == (256, "class 7")
    assert "How many there are is not known; 256 are allowed for." in opened.notes[-1]
    assert len(open_model(path, {"head": {"name": "pixel_classes", "classes": 9}}).labels) == 9
    with pytest.raises(WrongCard, match="2 labels for 9 classes"):
        open_model(path, {"labels": ["a", "b"], "head": {"name": "pixel_classes", "classes": 9}})


def test_the_card_beside_the_model_is_taken(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx")
    (tmp_path / "net.card.yaml").write_text("labels: [x, y, z]\ninput: {colour: BGR}\n")
    assert open_model(path).predict([RED])[0].label == "z"


def test_another_card_for_the_same_model(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS, "input": {"colour": "BGR"}})
    assert opened.predict([RED])[0].label == "blue"
    corrected = opened.with_card(type(opened.card)(labels=tuple(LABELS)))
    assert corrected.predict([RED])[0].label == "red"


def test_a_complete_card_leaves_nothing_to_say(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx")
    first = open_model(path, {"labels": LABELS})
    assert [note.split()[0] for note in first.notes] == ["input.colour", "input.scale", "The"]
    again = open_model(path, first.card)
    assert again.notes == ()
    assert again.card == first.card


def test_several_outputs_and_inputs(tmp_path: Path) -> None:
    outputs = [np.zeros((1, 5), np.float32), np.float32([[0.1, 0.8, 0.1]])]
    opened = open_model(onnx_constant(tmp_path / "net.onnx", outputs), {"head": {"name": "softmax", "output": 1}})
    assert opened.predict([RED])[0].label == "1"
    with pytest.raises(WrongCard, match="fit no head"):
        open_model(tmp_path / "net.onnx")


def test_boxes_of_an_onnx_file_are_in_pixels_of_each_image(tmp_path: Path) -> None:
    outputs = [[[[0.0, 0.0, 1.0, 0.5]]], [[1.0]], [[0.75]]]
    path = onnx_constant(tmp_path / "net.onnx", [np.asarray(one, np.float32) for one in outputs])
    said = open_model(path, {"labels": ["a", "b"], "head": "ssd"}).predict([picture((0, 0, 0), 10, 30), RED])
    assert [one.boxes.tolist() for one in said] == [[[0, 0, 15, 10]], [[0, 0, 4, 6]]]


# Functions.


def test_large_outputs_of_single_images_are_read_one_by_one(tmp_path: Path) -> None:
    """As all at once would be, each with its own framing."""
    rows = np.zeros((1, 5000, 8), np.float32)
    rows[0, 0] = [16, 16, 8, 8, 1, 0, 0.9, 0]
    head = {"name": "yolo", "grid": False}
    card = {"labels": ["a", "b", "c"], "head": head, "input": {"resize": "letterbox", "scale": 1}}
    opened = open_model(onnx_constant(tmp_path / "net.onnx", [rows]), card)
    assert isinstance(opened, TensorModel)
    images = [np.zeros((side, 64, 3), np.uint8) for side in (64, 48, 32)]
    batch, framings = opened.prepare(images)
    said, together = opened.predict_batch(batch, framings), opened.read(opened.infer(batch), framings)
    assert [one.boxes.tolist() for one in said] == [one.boxes.tolist() for one in together]
    assert [one.boxes[0, 1] for one in said] == [24, 16, 8]
    assert opened.predict(images)[2].labels == ("b",)


def test_functions_of_an_image() -> None:
    def darkness(pixels: Any) -> Any:
        return [pixels.mean() / 255, 1 - pixels.mean() / 255]

    opened = open_model(darkness, {"labels": ["day", "night"]})
    assert [one.label for one in opened.predict([RED * 0, RED * 0 + 255])] == ["night", "day"]
    assert (opened.name, opened.sha256, opened.card.head_name) == ("darkness", None, "softmax")
    assert opened.with_card(opened.card).task == "classification"


@pytest.mark.parametrize(
    ("answer", "task"),
    [
        (Classification("cat", 0.5), "classification"),
        (Detections.none(), "detection"),
        (Embedding(np.zeros(3, np.float32)), "embedding"),
    ],
)
def test_functions_that_return_predictions(answer: Any, task: str) -> None:
    opened = open_model(lambda pixels: answer)
    assert (opened.task, opened.predict([RED, RED])) == (task, [answer, answer])
    with pytest.raises(WrongCard, match="do not fit the task"):
        open_model(lambda pixels: answer, {"task": "segmentation"})


def test_functions_of_batches() -> None:
    seen = []

    def mean(batch: Any) -> Any:
        seen.append(batch.shape)
        return batch.mean(axis=(2, 3))

    opened = open_model(mean, {"labels": LABELS, "head": "logits", "input": {"size": [2, 2]}})
    assert [one.label for one in opened.predict([RED, BLUE, GREEN])] == ["red", "blue", "green"]
    assert (3, 3, 2, 2) in seen


def test_functions_that_change_their_mind() -> None:
    answers = iter([Classification("cat", 0.5), Detections.none()])
    opened = open_model(lambda pixels: next(answers))
    with pytest.raises(WrongCard, match="returned Detections"):
        opened.predict([RED])


def test_functions_that_fail() -> None:
    with pytest.raises(InferenceFailed, match="ZeroDivisionError"):
        open_model(lambda pixels: 1 / 0)


def test_functions_in_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("def red(pixels):\n    share = pixels[..., 0].mean() / 255\n    return [share, 1 - share]\n")
    opened = open_model(f"{path}:red", {"labels": ["red", "other"]})
    assert isinstance(opened, ImageFunction)
    assert [one.label for one in opened.predict([RED, BLUE])] == ["red", "other"]
    assert opened.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(UnknownModelFormat, match="has no function 'blue'"):
        open_model(f"{path}:blue")
    with pytest.raises(ModelNotFound, match="there is no file"):
        open_model(f"{tmp_path}/none.py:red")
    path.with_name("bad.py").write_text("1 / 0\n")
    with pytest.raises(BrokenPlugin):
        open_model(f"{tmp_path}/bad.py:red")


def test_what_is_no_number() -> None:
    assert is_undefined(Embedding(np.float32([0, np.nan])))
    assert is_undefined(Detections.of([[0, 0, 1, 1]], ["a"], [np.nan]))
    assert not is_undefined(Detections.none())


def test_one_array_is_one_image(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS})
    assert [one.label for one in opened.predict(GREEN)] == ["green"]
    assert [one.label for one in opened.predict(np.stack([RED, GREEN]))] == ["red", "green"]
    with pytest.raises(ShapeMismatch):
        opened.predict(GREEN[:, :, 0])


def test_images_come_in_any_form(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS, "head": "softmax"})
    path, turned = tmp_path / "green.png", tmp_path / "turned.jpg"
    PILImage.fromarray(GREEN).save(path)
    exif = PILImage.Exif()
    exif[0x0112] = 6
    PILImage.fromarray(np.kron(BLUE, np.ones((8, 8, 1), np.uint8))).save(turned, exif=exif)
    alone = [RED, PILImage.fromarray(RED), path, str(path), path.read_bytes(), turned]
    assert [opened.predict(one)[0].label for one in alone] == ["red", "red", "green", "green", "green", "blue"]
    mixed = [RED, PILImage.fromarray(BLUE), path]
    assert [one.label for one in opened.predict(mixed)] == ["red", "blue", "green"]
    assert [one.label for one in opened.predict(one for one in mixed)] == ["red", "blue", "green"]
    assert [one.label for one in opened.predict(tuple(mixed))] == ["red", "blue", "green"]
    assert opened.predict([]) == []
    with pytest.raises(LookoutError):
        opened.predict(tmp_path / "none.png")


def test_a_path_and_a_picture_are_turned_upright(tmp_path: Path) -> None:
    sizes = []

    def size(pixels: Any) -> list[float]:
        sizes.append(pixels.shape[:2])
        return [0.25, 0.75]

    opened = open_model(size, {"head": "softmax"})
    exif = PILImage.Exif()
    exif[0x0112] = 6
    PILImage.new("RGB", (20, 10)).save(tmp_path / "turned.jpg", exif=exif)
    opened.predict(tmp_path / "turned.jpg")
    with PILImage.open(tmp_path / "turned.jpg") as picture:
        opened.predict(picture)
    assert sizes[-2:] == [(20, 10), (20, 10)]


def test_a_generator_is_read_a_batch_at_a_time(tmp_path: Path) -> None:
    opened = open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": LABELS, "head": "softmax"})
    assert len(opened.predict(RED for _ in range(2 * opened.batch + 1))) == 2 * opened.batch + 1


def test_an_image_in_the_place_of_the_model_is_told_as_that(tmp_path: Path) -> None:
    PILImage.new("RGB", (8, 8)).save(tmp_path / "photo.jpg")
    with pytest.raises(UnknownModelFormat, match=r"photo\.jpg is an image \(jpeg\), no model.*model comes first"):
        open_model(tmp_path / "photo.jpg")
