"""An ONNX file gives the answers of the network that it was made of, for any number of images."""

from __future__ import annotations

import errno
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from fitted_colours import CLASSES, INPUT, network
from lookoutcv.errors import TrainingError
from lookoutcv.models import Card, open_model
from lookoutcv.models.input.preprocessing import Preprocessor
from lookoutcv.training.packing import onnx_export
from lookoutcv.training.packing.onnx_export import agreement_of, export_onnx

CARD = Card("classification", CLASSES, 0, INPUT, {"name": "logits"})


def images(rng: np.random.Generator, count: int = 5) -> list[Any]:
    return [rng.integers(0, 256, (20 + i, 31, 3), dtype=np.uint8) for i in range(count)]


def test_it_says_what_pytorch_says(tmp_path: Path, rng: np.random.Generator, capfd: pytest.CaptureFixture[str]) -> None:
    module, target = network(), tmp_path / "net.onnx"
    agreement = export_onnx(module, CARD, target, images(rng), {"names": "{0: 'blue'}"})
    assert agreement.images == 5
    assert agreement.greatest_difference <= 1e-5
    assert capfd.readouterr() == ("", "")
    session = onnxruntime.InferenceSession(str(target))
    for count in (1, 2, 7):
        batch, _ = Preprocessor(INPUT)(images(rng, count))
        with torch.inference_mode():
            expected = module(torch.from_numpy(batch)).numpy()
        np.testing.assert_allclose(session.run(None, {"images": batch})[0], expected, atol=1e-4)
    assert {one.key: one.value for one in onnx.load(str(target)).metadata_props} == {"names": "{0: 'blue'}"}
    predictions = open_model(target, CARD).predict(images(rng, 3))
    assert all(abs(float(np.sum(one.scores)) - 1) < 1e-6 for one in predictions)


def test_no_path_of_this_machine_stands_in_the_file(tmp_path: Path, rng: np.random.Generator) -> None:
    export_onnx(network(), CARD, tmp_path / "net.onnx", images(rng))
    data = (tmp_path / "net.onnx").read_bytes()
    assert b".py" not in data
    assert str(tmp_path).encode() not in data


def test_another_answer_is_refused(tmp_path: Path, rng: np.random.Generator) -> None:
    class Fickle(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = network()

        def forward(self, x: Any) -> Any:
            return self.inner(x) + (0.01 if torch.onnx.is_in_onnx_export() else 0.0)

    with pytest.raises(TrainingError, match=r"gives other answers: they differ by 0\.01"):
        export_onnx(Fickle().eval(), CARD, tmp_path / "net.onnx", images(rng))


@pytest.mark.parametrize("given", [[[1.0, 2.1]], [[1.0]], [[float("nan"), 2.0]]])
def test_answers_that_differ_are_not_agreed_on(given: Any) -> None:
    with pytest.raises(TrainingError):
        agreement_of(np.float32([[1, 2]]), np.float32(given))


def test_what_cannot_be_exported_is_told_in_a_sentence(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no operator\nof that name")

    monkeypatch.setattr(torch.onnx, "export", fails)
    with pytest.raises(TrainingError, match=r"cannot be exported to ONNX \(RuntimeError: no operator of that name\)"):
        export_onnx(network(), CARD, tmp_path / "net.onnx", images(rng))


def test_a_full_disk_is_no_fault_of_the_network(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(torch.onnx, "export", full)
    with pytest.raises(OSError, match="No space left"):
        export_onnx(network(), CARD, tmp_path / "m.onnx", images(rng))


def test_where_one_exporter_fails_the_other_has_its_turn(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxscript", reason="onnxscript is not installed")
    whole, asked = torch.onnx.export, []

    def export(*parts: Any, dynamo: bool, **named: Any) -> Any:
        asked.append(dynamo)
        if not dynamo:
            warnings.warn("deprecated", DeprecationWarning, stacklevel=1)
            raise RuntimeError("cannot be traced")
        return whole(*parts, dynamo=dynamo, **named)

    monkeypatch.setattr(onnx_export.need("torch", "train").onnx, "export", export)
    agreement = export_onnx(network(), CARD, tmp_path / "net.onnx", images(rng))
    assert asked == [False, True]
    assert agreement.greatest_difference < 1e-4
    assert open_model(tmp_path / "net.onnx", CARD).predict(images(rng, 3))


def test_other_layouts_of_a_card_are_not_asked_of_a_network(tmp_path: Path, rng: np.random.Generator) -> None:
    card = replace(CARD, input=replace(INPUT, resize="centre_crop", crop=0.875, interpolation="bicubic"))
    assert export_onnx(network(), card, tmp_path / "net.onnx", images(rng)).images == 5
