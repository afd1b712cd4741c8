"""Features of a frozen backbone: computed once, and found again only for the same pictures and weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drawn_pictures import DrawnPictures
from lookoutcv.training.fitting import features
from lookoutcv.training.fitting.features import features_of
from tiny_backbones import from_scratch

torch = pytest.importorskip("torch")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often features were computed."""
    calls: list[int] = []
    computed = features._computed

    def counting(*args):
        calls.append(1)
        return computed(*args)

    monkeypatch.setattr(features, "_computed", counting)
    return calls


def test_they_are_what_the_classifier_is_given():
    backbone = from_scratch()
    pictures = DrawnPictures(backbone.input, 15, 1)
    found = features_of(backbone, pictures)
    given: list[np.ndarray] = []
    backbone.module.classifier.register_forward_pre_hook(lambda _, inputs: given.append(inputs[0].numpy()))
    pixels = torch.from_numpy(pictures.framed(range(45))).float()
    mean, std = torch.tensor(backbone.input.mean), torch.tensor(backbone.input.std)
    with torch.inference_mode():
        backbone.module.eval()(((pixels / 255 - mean) / std).permute(0, 3, 1, 2))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, given[0], rtol=1e-3, atol=1e-5)


def test_they_are_computed_once(tmp_path: Path, counted):
    backbone = from_scratch()
    pictures, done = DrawnPictures(backbone.input, 15, 1), []
    first = features_of(backbone, pictures, tmp_path, done=done.append)
    again = features_of(backbone, pictures, tmp_path, done=done.append)
    assert len(counted) == 1
    assert isinstance(again, np.memmap)
    np.testing.assert_array_equal(first, again)
    assert done == [32, 45, 45]


def test_other_pictures_weights_or_framing_are_computed_anew(tmp_path: Path, counted):
    backbone = from_scratch()
    features_of(backbone, DrawnPictures(backbone.input, 5, 1), tmp_path)
    features_of(backbone, DrawnPictures(backbone.input, 5, 2), tmp_path)
    other = replace(backbone, weights=replace(backbone.weights, sha256="other"))
    features_of(other, DrawnPictures(backbone.input, 5, 1), tmp_path)
    framing = replace(backbone, input=replace(backbone.input, crop=0.5))
    features_of(framing, DrawnPictures(framing.input, 5, 1), tmp_path)
    assert len(counted) == 4


def test_a_file_that_was_cut_off_is_made_again(tmp_path: Path, counted):
    backbone = from_scratch()
    pictures = DrawnPictures(backbone.input, 5, 1)
    whole = np.array(features_of(backbone, pictures, tmp_path))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    np.testing.assert_array_equal(features_of(backbone, pictures, tmp_path), whole)
    assert len(counted) == 2


def test_where_they_cannot_be_kept_they_are_computed_all_the_same(tmp_path: Path):
    backbone = from_scratch()
    (tmp_path / "file").write_bytes(b"")
    assert features_of(backbone, DrawnPictures(backbone.input, 5, 1), tmp_path / "file").shape[0] == 15
