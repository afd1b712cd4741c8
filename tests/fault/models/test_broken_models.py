"""Models, cards and answers that are not as they must be: each is explained, and nothing is unpickled."""

from __future__ import annotations

import os
import pickle
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.cli.main import main
from lookoutcv.errors import (
    BrokenModel,
    ConfigError,
    InferenceFailed,
    MissingExtra,
    ModelNotFound,
    ShapeMismatch,
    UnknownModelFormat,
    UntrustedModel,
    WrongCard,
)
from lookoutcv.models import open_model
from tiny_models import (
    BLUE,
    GREEN,
    RED,
    onnx_classifier,
    onnx_constant,
    onnx_reshape,
    onnx_unknown_operator,
    tflite_mean,
    torchscript_mean,
    torchscript_unknown_operator,
)

LABELS = ["red", "green", "blue"]


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


# Files.


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match=r"net.onnx cannot be read: No such file"):
        open_model(tmp_path / "net.onnx")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="cannot be read"):
        open_model(tmp_path)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"plain text"])
def test_an_unknown_file(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    with pytest.raises(UnknownModelFormat, match="Give an ONNX, TFLite or TorchScript file"):
        open_model(path)


@pytest.mark.parametrize("name", ["net.onnx", "net.tflite", "net.pt"])
@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"\x08\x07\x12\xff\xff\xff", bytes(range(256)) * 8])
def test_a_file_that_its_name_lies_about(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(BrokenModel, match=r"Copy or (export|convert) it again") as caught:
        open_model(path)
    assert caught.value.fields["model"] == str(path)


def test_flipped_bytes_never_end_the_process(tmp_path: Path) -> None:
    generator = np.random.default_rng(5)
    for made in (onnx_classifier(tmp_path / "a.onnx"), tflite_mean(tmp_path / "a.tflite")):
        data = made.read_bytes()
        for _ in range(40):
            damaged = bytearray(data)
            for place in generator.integers(8, len(data), 3):
                damaged[place] = generator.integers(256)
            made.write_bytes(bytes(damaged))
            try:
                open_model(made, trust=True).predict([RED])
            except (BrokenModel, WrongCard, InferenceFailed):
                continue


@pytest.mark.parametrize("domain", ["", "ours"])
def test_operators_that_onnxruntime_lacks(tmp_path: Path, domain: str) -> None:
    with pytest.raises(BrokenModel, match="Wobble") as caught:
        open_model(onnx_unknown_operator(tmp_path / "net.onnx", domain))
    assert caught.value.fields["reason"] == "operators that onnxruntime lacks"


def test_operators_that_litert_lacks(tmp_path: Path) -> None:
    with pytest.raises(BrokenModel, match=r"Wobble.*built-in operators") as caught:
        open_model(tflite_mean(tmp_path / "net.tflite", operator="CUSTOM"))
    assert caught.value.fields["reason"] == "operators that LiteRT lacks"


@pytest.mark.parametrize("operator", ["torch.wobble", "ops.ours.wobble"])
def test_operators_that_torch_lacks(tmp_path: Path, operator: str) -> None:
    path = torchscript_unknown_operator(tmp_path / "net.pt", operator)
    with pytest.raises(BrokenModel, match=r"Unknown builtin op: \w+::wobble.*without operators of other") as caught:
        open_model(path, {"input": {"size": [4, 4]}})
    assert caught.value.fields["reason"] == "operators that torch lacks"
    assert "line" not in caught.value.problem


def test_labels_packed_in_a_damaged_archive(tmp_path: Path) -> None:
    path = tflite_mean(tmp_path / "net.tflite")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../labels.txt", "red\ngreen\nblue\n")
    with pytest.raises(BrokenModel, match="the labels packed in"):
        open_model(path)


# Pickles.


@pytest.mark.parametrize("name", ["net.pt", "net.pth", "net.onnx", "net"])
@pytest.mark.parametrize("protocol", [2, 4])
def test_a_pickle_is_refused_unread(tmp_path: Path, name: str, protocol: int) -> None:
    path = tmp_path / name
    path.write_bytes(pickle.dumps(Bomb(tmp_path / "boom"), protocol))
    with pytest.raises(UntrustedModel, match=r"is a pickle.*torch.jit.script"):
        open_model(path, {"input": {"size": [4, 4]}})
    assert not (tmp_path / "boom").exists()


def test_a_saved_state_dict_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    with zipfile.ZipFile(path, "w") as archive:  # as torch.save writes it
        archive.writestr("net/data.pkl", pickle.dumps(Bomb(tmp_path / "boom")))
        archive.writestr("net/version", "3")
        archive.writestr("net/data/0", b"\0" * 16)
    with pytest.raises(UntrustedModel):
        open_model(path, {"input": {"size": [4, 4]}})
    assert not (tmp_path / "boom").exists()


def test_an_archive_that_only_looks_like_torchscript_runs_nothing(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    path = tmp_path / "net.pt"
    bomb = pickle.dumps(Bomb(tmp_path / "boom"), 2)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("data.pkl", "constants.pkl", "code/net.py"):
            archive.writestr(f"net/{name}", bomb)
        archive.writestr("net/version", "3")
    with pytest.raises(BrokenModel):
        open_model(path, {"input": {"size": [4, 4]}})
    assert not (tmp_path / "boom").exists()


# Cards.


def test_a_wrong_key_names_the_nearest(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx")
    for card, says in [
        ({"tsk": "classification"}, "no key 'tsk'. Did you mean 'task'?"),
        (
            {"input": {"color": "BGR"}},
            "no key 'input.color'. Did you mean 'input.colour'?".replace("input.colour", "colour"),
        ),
        ({"input": {"colour": "BRG"}}, "input.colour is wrong"),
        ({"input": {"size": [0, 4]}}, "input.size is (0, 4)"),
        ({"input": {"size": "large"}}, "input.size"),
        ({"head": {"name": "softmax", "outputs": 1}}, "no key 'head.outputs'. Did you mean 'output'?"),
        ({"head": {"threshold": 1}}, "head has no name"),
        ({"head": "softmx"}, "Did you mean 'softmax'"),
    ]:
        with pytest.raises(Exception, match=r".") as caught:
            open_model(path, card)
        assert says in str(caught.value), card


@pytest.mark.parametrize(
    ("card", "key"),
    [
        ({"input": {"size": [8, 8]}}, "input.size"),
        ({"input": {"layout": "NHWC"}}, "input.layout"),
        ({"input": {"colour": "GREY"}}, "input.colour"),
        ({"input": {"dtype": "uint8"}}, "input.dtype"),
        ({"head": "yolo"}, "head"),
        ({"task": "detection", "head": "softmax"}, "head"),
        ({"task": "segmentation", "head": "pixel_classes"}, "head"),
        ({"task": "detection"}, "head"),
        ({"labels": ["a", "b"]}, "labels"),
    ],
)
def test_a_card_that_does_not_fit(tmp_path: Path, card: dict[str, Any], key: str) -> None:
    with pytest.raises(WrongCard) as caught:
        open_model(onnx_classifier(tmp_path / "net.onnx"), card)
    assert caught.value.fields["key"] == key


def test_labels_with_a_background_too_many(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx")
    with pytest.raises(
        WrongCard, match=r"4 labels for 3 classes. The first label is 'background': write `label_offset: 1`"
    ):
        open_model(path, {"labels": ["background", *LABELS]})
    assert open_model(path, {"labels": ["background", *LABELS], "label_offset": 1}).labels == tuple(LABELS)


def test_a_file_of_labels_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"the labels in none.txt cannot be read"):
        open_model(onnx_classifier(tmp_path / "net.onnx"), {"labels": "none.txt"})


def test_a_size_that_nobody_says(tmp_path: Path) -> None:
    with pytest.raises(WrongCard, match=r"how large its input is.*card={'input': {'size'"):
        open_model(torchscript_mean(tmp_path / "net.pt"))


@pytest.mark.parametrize("device", ["gpu", "cuda:x", ""])
def test_an_unknown_device(tmp_path: Path, device: str) -> None:
    with pytest.raises(ConfigError, match="there is no device"):
        open_model(onnx_classifier(tmp_path / "net.onnx"), device=device)


def test_a_number_of_images_at_once_that_memory_does_not_hold(tmp_path: Path) -> None:
    with pytest.raises(WrongCard, match=r"takes 9,000,000 images at once and no fewer, which are 1\.73 GB"):
        open_model(onnx_classifier(tmp_path / "net.onnx", batch=9_000_000))


def test_a_runtime_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = onnx_classifier(tmp_path / "net.onnx")
    (tmp_path / "ours-1.dist-info").mkdir()  # what is installed there can be imported by a model's process
    (tmp_path / "onnxruntime.py").write_text("raise ImportError('gone')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "onnxruntime", raising=False)
    with pytest.raises(MissingExtra, match=r'pip install "lookoutcv\[onnx\]"'):
        open_model(path)


# Inference.


def test_an_inference_that_fails(tmp_path: Path) -> None:
    with pytest.raises(InferenceFailed, match=r"failed on a batch of shape \(1, 3, 4, 4\)"):
        open_model(onnx_reshape(tmp_path / "net.onnx"), {"input": {"size": [4, 4]}})


def test_outputs_without_a_row_an_image(tmp_path: Path) -> None:
    path = onnx_constant(tmp_path / "net.onnx", [np.zeros((7, 3), np.float32)])
    with pytest.raises(InferenceFailed, match=r"output of shape \(7, 3\) for 1 images"):
        open_model(path)


def test_scores_that_are_not_numbers(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx", bias=float("nan"))
    opened = open_model(path, {"labels": LABELS, "head": "softmax"})
    said = opened.predict([RED, GREEN])
    assert [np.isnan(one.confidence) for one in said] == [True, True]
    assert opened.undefined == 2


def test_infinite_logits_are_no_answer_and_no_warning(tmp_path: Path) -> None:
    path = onnx_classifier(tmp_path / "net.onnx", bias=float("inf"), softmax=False)
    opened = open_model(path, {"head": "logits"})
    assert np.isnan(opened.predict([BLUE])[0].confidence)


def test_boxes_that_are_not_numbers_are_left_out(tmp_path: Path) -> None:
    rows = np.full((1, 21, 8), np.nan, np.float32)
    rows[0, 0] = [0.5, 0.5, 0, 0, 1, 1, 0, 0]
    rows[0, 1] = [np.inf, 0.5, 0, 0, 1, 1, 0, 0]
    opened = open_model(onnx_constant(tmp_path / "net.onnx", [rows]), {"head": "yolo", "labels": ["a", "b", "c"]})
    (said,) = opened.predict([RED])
    assert said.labels == ("a",)


def test_a_class_beyond_the_labels(tmp_path: Path) -> None:
    plane = np.full((1, 4, 4), 200, np.int64)
    with pytest.raises(WrongCard, match="the map holds class 200, and there are 3 classes"):
        open_model(onnx_constant(tmp_path / "net.onnx", [plane]), {"labels": LABELS}).predict([RED])


@pytest.mark.parametrize("image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_what_is_no_image(tmp_path: Path, image: Any) -> None:
    with pytest.raises(ShapeMismatch, match="is no image"):
        open_model(onnx_classifier(tmp_path / "net.onnx")).predict([image])


# The command line.


@pytest.mark.parametrize("verb", ["predict", "evaluate", "card"])
@pytest.mark.parametrize("place", [".", "/", ".."])
def test_a_folder_in_the_place_of_a_model(
    verb: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path without a name of its own."""
    monkeypatch.chdir(tmp_path)
    assert main([verb, place, *([] if verb == "card" else [str(tmp_path)])]) == 1
    assert (
        "cannot be read: Is a directory. Give the model's file, or a folder that is a package; images come after it."
        in capsys.readouterr().err
    )


def test_a_wrong_model_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"\x08\x07\x12\xff")
    assert main(["predict", str(path), str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "cannot be loaded by onnxruntime" in err
