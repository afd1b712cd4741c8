"""What the metadata of TFLite and ONNX files say of their images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lookoutcv.models import open_model
from lookoutcv.models.cards.tflite_metadata import TFLiteMetadata
from lookoutcv.models.cards.tflite_metadata import tflite_metadata as read_metadata
from lookoutcv.models.formats.base import TensorInfo
from lookoutcv.models.formats.tflite import _named
from lookoutcv.models.heads.base import HeadProbe, registry
from tiny_models import onnx_silent, picture, tflite_mean, tflite_metadata

IMAGES = [picture((0, 0, 0)), picture((255, 255, 255)), picture((10, 100, 200))]


@pytest.mark.parametrize(
    ("mean", "std"),
    [([127.5], [127.5]), ([0.0], [255.0]), ([0.0], [1.0]), ([123.68, 116.78, 103.94], [58.4, 57.1, 57.4])],
)
def test_images_are_normalised_as_the_metadata_say(mean: list[float], std: list[float], tmp_path: Path) -> None:
    path = tflite_mean(tmp_path / "net.tflite", metadata=tflite_metadata(mean, std, outputs=("scores",)))
    opened = open_model(path, {"head": "logits"})
    # The model gives back the mean of each channel: its input, in the open.
    batch, _ = opened.prepare(IMAGES)
    expected = (np.array([image[0, 0] for image in IMAGES]) - np.array(mean)) / np.array(std)
    np.testing.assert_allclose(opened.infer(batch)[0], expected, rtol=1e-5, atol=1e-5)
    assert opened.notes[0].startswith("It has no labels")
    card = {"head": "logits", "input": {"scale": 1 / 255}}
    np.testing.assert_allclose(open_model(path, card).prepare(IMAGES[1:2])[0].max(), 1)


def test_whole_numbers_stay_the_pixels(tmp_path: Path) -> None:
    path = tflite_mean(tmp_path / "net.tflite", dtype="uint8", metadata=tflite_metadata([127.5], [127.5]))
    assert open_model(path).prepare(IMAGES)[0][2, 0, 0].tolist() == [10, 100, 200]


def test_what_metadata_hold() -> None:
    names = ("location", "category", "score", "number of detections")
    held = tflite_metadata([0.0], [1.0], colour=2, outputs=names, order=[1, 0, 3, 2])
    model = tflite_metadata([0.0], [1.0])
    assert read_metadata(model) is not None
    told = TFLiteMetadata((0.0,), (1.0,), "GREY", names, (1, 0, 3, 2), False)
    infos = [
        _named(TensorInfo(f"Identity_{k}", (1, 10, 4) if k == 0 else (1, 10), "float32"), name, told)
        for k, name in enumerate(names[:3])
    ]
    assert (infos[0].box_format, infos[0].in_pixels, infos[1].name) == ("yxyx", False, "category Identity_1")
    zeros = [np.zeros((1, 10, 4), np.float32), np.zeros((1, 10), np.float32), np.zeros((1, 10), np.float32)]
    guess = registry.get("ssd").guess(HeadProbe(zeros, infos, (32, 32)))
    assert guess is not None
    assert (guess.question, guess.settings["classes"], guess.settings["scores"]) == (None, 1, 2)
    assert held[4:8] == b"M001"


def test_metadata_in_a_file(tmp_path: Path) -> None:
    names = ("location",)
    path = tflite_mean(
        tmp_path / "net.tflite", metadata=tflite_metadata([1.0], [2.0], outputs=names, order=[0, 1, 2, 3])
    )
    assert read_metadata(path.read_bytes()) == TFLiteMetadata((1.0,), (2.0,), "RGB", names, (0, 1, 2, 3), False)
    assert read_metadata(tflite_mean(tmp_path / "none.tflite").read_bytes()) == TFLiteMetadata()


def test_damaged_metadata_are_said_not_guessed(tmp_path: Path) -> None:
    whole = tflite_metadata([127.5], [127.5], outputs=("scores",))
    for share in (0.2, 0.5, 0.9):
        cut = whole[: int(len(whole) * share)]
        path = tflite_mean(tmp_path / "net.tflite", metadata=cut)
        opened = open_model(path, {"head": "logits"})
        assert read_metadata(path.read_bytes()) is None
        assert "Its metadata are damaged, and are not read." in opened.notes
    generator = np.random.default_rng(0)
    file = tflite_mean(tmp_path / "net.tflite", metadata=whole).read_bytes()
    for _ in range(300):
        noisy = bytearray(file)
        for place in generator.integers(8, len(noisy), 8):
            noisy[place] = int(generator.integers(0, 256))
        read_metadata(bytes(noisy))  # whatever it gives, it raises nothing


@pytest.mark.parametrize(
    ("form", "span", "expected"),
    [
        ("Bgr8", "NominalRange_0_255", [200, 100, 10]),
        ("Rgb8", "Normalized_0_1", [10 / 255, 100 / 255, 200 / 255]),
        ("Rgb8", "Normalized_1_1", [10 / 127.5 - 1, 100 / 127.5 - 1, 200 / 127.5 - 1]),
    ],
)
def test_onnx_metadata_of_images(form: str, span: str, expected: list[float], tmp_path: Path) -> None:
    metadata = {"Image.BitmapPixelFormat": form, "Image.NominalPixelRange": span}
    path = onnx_silent(tmp_path / "net.onnx", {"y": np.float32([[0.1, 0.2]])}, size=4, metadata=metadata)
    opened = open_model(path, {"head": "logits"})
    np.testing.assert_allclose(opened.prepare(IMAGES[2:])[0][0, :, 0, 0], expected, rtol=1e-5)
    assert not any("assumed" in note for note in opened.notes)
