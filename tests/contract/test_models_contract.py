"""Every model format and every head: what they promise, whatever they are."""

from __future__ import annotations

import os
import signal
from dataclasses import is_dataclass
from pathlib import Path

import numpy as np
import pytest

from lookoutcv.errors import LookoutError
from lookoutcv.models import open_model
from lookoutcv.models.formats.base import registry as formats
from lookoutcv.models.heads.base import HeadProbe
from lookoutcv.models.heads.base import registry as heads
from lookoutcv.models.input.framing import Framing
from lookoutcv.models.runtimes.confined_runtime import ConfinedRuntime
from lookoutcv.models.tensor_model import TensorModel
from lookoutcv.predictions import TASKS, Classification
from tiny_models import BLUE, GREEN, RED, onnx_classifier, tflite_mean, torchscript_mean

LABELS = ["red", "green", "blue"]
MADE = {
    "onnx": ("net.onnx", onnx_classifier),
    "tflite": ("net.tflite", tflite_mean),
    "torchscript": ("net.pt", torchscript_mean),
}
CARD = {"labels": LABELS, "input": {"size": [4, 4], "scale": 1 / 255}, "head": "logits"}


def test_every_shipped_format_has_a_tiny_model() -> None:
    assert {name for name in formats.names() if formats.origin(name).startswith("lookoutcv.")} == set(MADE)


@pytest.fixture(params=MADE)
def model(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name, make = MADE[request.param]
    return make(tmp_path / name)


def test_only_its_own_format_recognises_a_file(model: Path) -> None:
    head = model.read_bytes()[:64]
    (found,) = [one.name for one in formats if one.recognises(model, head)]
    assert model.suffix in formats.get(found).suffixes


def test_a_file_is_recognised_under_any_name(model: Path) -> None:
    other = model.rename(model.with_name("model.bin"))
    assert open_model(other, CARD).predict([RED])[0].label == "red"


def test_images_get_their_colours(model: Path) -> None:
    opened = open_model(model, CARD)
    said = opened.predict([RED, GREEN, BLUE])
    assert [one.label for one in said] == LABELS
    assert all(one.scores.shape == (3,) and abs(one.scores.sum() - 1) < 1e-3 for one in said)
    assert (opened.task, opened.labels) == ("classification", tuple(LABELS))
    assert len(opened.sha256) == 64


def test_a_process_of_its_own_says_what_this_one_says(model: Path) -> None:
    generator = np.random.default_rng(7)
    images = [generator.integers(0, 256, (6, 5, 3), dtype=np.uint8) for _ in range(5)]
    apart, here = open_model(model, CARD), open_model(model, CARD, trust=True)
    assert (apart.card, apart.labels, apart.task, apart.notes) == (here.card, here.labels, here.task, here.notes)
    for one, other in zip(apart.predict(images), here.predict(images), strict=True):
        np.testing.assert_array_equal(one.scores, other.scores)


def test_one_that_was_killed_says_the_same_again(model: Path) -> None:
    opened = open_model(model, CARD)
    assert isinstance(opened, TensorModel)
    assert isinstance(opened._runtime, ConfinedRuntime)
    assert opened._runtime._process is not None
    before = opened.predict([RED, GREEN, BLUE])
    os.kill(opened._runtime._process.pid, signal.SIGTERM)
    after = opened.predict_each([RED, GREEN, BLUE])
    for one, other in zip(before, after, strict=True):
        assert isinstance(other, Classification)
        np.testing.assert_array_equal(one.scores, other.scores)


def test_batches_say_what_single_images_say(model: Path) -> None:
    generator = np.random.default_rng(3)
    images = [generator.integers(0, 256, (5 + i, 9 - i, 3), dtype=np.uint8) for i in range(7)]
    opened = open_model(model, CARD)
    together = opened.predict(images) + opened.predict(images[:3])
    alone = [opened.predict([one])[0] for one in images + images[:3]]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.scores, other.scores, atol=1e-6)


def test_images_are_left_alone(model: Path) -> None:
    image = np.full((5, 5, 3), 77, np.uint8)
    image.flags.writeable = False
    open_model(model, CARD).predict([image, image])
    assert (image == 77).all()


def test_no_images_give_no_predictions(model: Path) -> None:
    assert open_model(model, CARD).predict([]) == []


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3, 0.6, 0.95])
def test_a_file_that_is_cut_off_is_refused(model: Path, share: float) -> None:
    data = model.read_bytes()
    model.write_bytes(data[: int(share * len(data))])
    with pytest.raises(LookoutError) as caught:
        open_model(model, CARD)
    assert str(model) in str(caught.value)


def test_every_head_says_what_it_is() -> None:
    for head in heads:
        assert head.task in TASKS
        assert head.summary
        assert is_dataclass(head.settings)
        head.settings()  # every field has a default


@pytest.mark.parametrize("name", heads.names())
def test_a_head_refuses_outputs_that_are_not_its_own(name: str) -> None:
    head = heads.get(name)
    with pytest.raises(ValueError, match="output"):
        head.classes([], head.settings())
    if head.task != "embedding":
        with pytest.raises(ValueError, match=r"output|rows"):
            head.classes([np.zeros((1, 2, 3, 4, 5))], head.settings())


@pytest.mark.parametrize("name", heads.names())
def test_a_head_reads_no_images_from_no_rows(name: str) -> None:
    head = heads.get(name)
    empty = {
        "ssd": [np.zeros((0, 5, 4)), np.zeros((0, 5)), np.zeros((0, 5))],
        "yolo": [np.zeros((0, 21, 8), np.float32)],
        "yolo_anchors": [np.zeros((0, 3, 8 // k, 8 // k, 8), np.float32) for k in (1, 2, 4)],
        "yolo_dfl": [np.zeros((0, 84, 67), np.float32)],
        "end_to_end": [np.zeros((0, 5, 6))],
        "boxes_scores": [np.zeros((0, 5, 4)), np.zeros((0, 5, 3))],
        "ssd_anchors": [np.zeros((0, 5, 4)), np.zeros((0, 5, 4))],
        "pixel_classes": [np.zeros((0, 4, 4), np.int64)],
        "sigmoid": [np.zeros((0, 1))],
    }.get(name, [np.zeros((0, 3))])
    assert head.read(empty, [], ("a", "b", "c"), head.settings()) == []


NOT_NUMBERS = {
    "ssd": [(5, 4), (5,), (5,)],
    "yolo": [(21, 8)],
    "yolo_anchors": [(3, 4, 4, 8), (3, 2, 2, 8), (3, 1, 1, 8)],
    "yolo_dfl": [(67, 4, 4), (67, 2, 2), (67, 1, 1)],
    "end_to_end": [(5, 6)],
    "boxes_scores": [(5, 4), (5, 3)],
    "ssd_anchors": [(18, 4), (18, 4)],
}


def test_every_detectors_head_has_outputs_that_are_not_numbers() -> None:
    assert {head.name for head in heads if head.task == "detection"} == set(NOT_NUMBERS)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", NOT_NUMBERS)
def test_a_detectors_head_finds_no_box_in_what_is_not_a_number(name: str, value: float) -> None:
    head = heads.get(name)
    outputs = [np.full((1, *shape), value, np.float32) for shape in NOT_NUMBERS[name]]
    how = head.settings(strides=(16, 32)) if name == "ssd_anchors" else head.settings()
    framing = Framing((32, 32), (32, 32), 1.0, 1.0, 0.0, 0.0)
    (said,) = head.read(outputs, [framing], ("a", "b", "c"), how)
    assert np.isfinite(said.boxes).all()
    assert np.isfinite(said.confidences).all()


def test_nothing_is_guessed_from_nothing() -> None:
    assert [head.name for head in heads if head.guess(HeadProbe([], [], (4, 4))) is not None] == []


def test_a_framing_of_the_image_itself_changes_no_box() -> None:
    framing = Framing((20, 30), (20, 30), 1.0, 1.0, 0.0, 0.0)
    assert framing.boxes_in_image([[1, 2, 30, 20]]).tolist() == [[1, 2, 30, 20]]
