"""Networks with their weights: what is loaded, left out and refused, and how they want their images."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lookoutcv.errors import ModelNotFound, TrainingError
from lookoutcv.models.backbones import pretrained
from lookoutcv.models.backbones.backbone import fit_for_size, prepare
from lookoutcv.models.backbones.hub import HubError
from tiny_backbones import MOBILENET, saved_weights, small_vit

torch = pytest.importorskip("torch")


def test_weights_are_loaded_but_for_the_classifier_and_that_is_said(tmp_path: Path):
    from safetensors.torch import load_file

    path = saved_weights(tmp_path, classes=7)
    backbone = prepare(MOBILENET, path, 3)
    held, found = load_file(path), backbone.module.state_dict()
    assert found["classifier.weight"].shape[0] == 3
    assert all(torch.equal(value, held[name]) for name, value in found.items() if not name.startswith("classifier"))
    assert backbone.weights.kind == "file"
    assert backbone.weights.name == path.name
    assert backbone.notes == (f"The classifier of {path.name}, for 7 classes, is replaced by a new one.",)


def test_the_input_follows_from_what_the_weights_say_of_themselves(tmp_path: Path):
    said = {"mean": "[0.1, 0.2, 0.3]", "std": "[0.4, 0.5, 0.6]", "input_size": "[3, 96, 96]", "crop_pct": "0.9"}
    card_input = prepare(MOBILENET, saved_weights(tmp_path, **said), 3).input
    assert (card_input.mean, card_input.std) == ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))
    assert (card_input.size, card_input.crop, card_input.resize) == ((96, 96), 0.9, "centre_crop")
    assert (card_input.layout, card_input.colour, card_input.dtype) == ("NCHW", "RGB", "float32")


def test_without_a_word_of_theirs_timm_says_it():
    # The MobileNet of this name wants ImageNet's mean, the vision transformer halves.
    assert prepare(MOBILENET, "none", 3).input.mean == (0.485, 0.456, 0.406)
    assert small_vit().input.mean == (0.5, 0.5, 0.5)


def test_a_folder_as_the_hub_has_them_is_read_with_its_configuration(tmp_path: Path):
    saved_weights(tmp_path).rename(tmp_path / "model.safetensors")
    configured = {"mean": [0.5] * 3, "std": [0.25] * 3, "input_size": [3, 64, 64], "license": "apache-2.0"}
    (tmp_path / "config.json").write_text(json.dumps({"architecture": MOBILENET, "pretrained_cfg": configured}))
    backbone = prepare(MOBILENET, tmp_path, 3)
    assert backbone.input.size == (64, 64)
    assert backbone.input.std == (0.25,) * 3
    assert backbone.weights.licence == "apache-2.0"
    with pytest.raises(TrainingError, match="has no weights for resnet18"):
        prepare("resnet18", tmp_path, 3)


def test_of_a_folder_the_file_with_the_name_of_the_network_is_taken(tmp_path: Path):
    path = saved_weights(tmp_path)
    (tmp_path / "resnet18.safetensors").write_bytes(b"")
    (tmp_path / f"{MOBILENET}.pth").write_bytes(b"")
    assert prepare(MOBILENET, tmp_path, 3).weights.name == path.name
    (tmp_path / f"{MOBILENET}.pth").unlink()
    path.rename(tmp_path / f"{MOBILENET}.fp16.safetensors")
    assert prepare(MOBILENET, tmp_path, 3).weights.name == f"{MOBILENET}.fp16.safetensors"


def test_weights_of_another_network_are_refused_and_the_right_one_is_named(tmp_path: Path):
    path = saved_weights(tmp_path)
    with pytest.raises(TrainingError, match=rf"of another network than resnet18.*models='{MOBILENET}'"):
        prepare("resnet18", path, 3)
    renamed = path.rename(tmp_path / "my-best.safetensors")
    with pytest.raises(TrainingError, match="Say with models which network"):
        prepare("resnet18", renamed, 3)


def test_a_tensor_that_is_missing_is_told(tmp_path: Path):
    from safetensors.torch import load_file, save_file

    path = saved_weights(tmp_path)
    held = load_file(path)
    del held["conv_stem.weight"]
    save_file(held | {"other.weight": torch.ones(2)}, path)
    with pytest.raises(TrainingError, match=r"1 of its \d+ tensors .* such as conv_stem\.weight"):
        prepare(MOBILENET, path, 3)


def test_tensors_without_a_place_are_told(tmp_path: Path):
    from safetensors.torch import load_file, save_file

    path = saved_weights(tmp_path)
    save_file(load_file(path) | {"other.weight": torch.ones(2)}, path)
    assert prepare(MOBILENET, path, 3).notes[0].startswith(f"1 tensors of {path.name} have no place")


def test_images_that_are_enlarged_are_so_smoothly_and_others_are_reduced_by_area():
    backbone = prepare(MOBILENET, "none", 3, side_px=70)
    assert backbone.input.crop == 0.875
    assert fit_for_size(backbone, 80.0) is backbone
    assert backbone.input.interpolation == "area"
    small = fit_for_size(backbone, 79.0)
    assert small.input.interpolation == "bilinear"
    assert small.module is backbone.module


def test_a_misspelt_network_answers_with_the_nearest_ones():
    with pytest.raises(TrainingError, match="Did you mean resnet18"):
        prepare("resnet_18", "none", 3)


def test_weights_that_are_not_there_are_told(tmp_path: Path):
    with pytest.raises(ModelNotFound, match="there are no weights at"):
        prepare(MOBILENET, tmp_path / "none.safetensors", 3)


def test_where_the_hub_does_not_answer_it_begins_at_chance(monkeypatch):
    def silent(*_: object) -> Path:
        raise HubError("the hub did not answer within 4.5 seconds")

    monkeypatch.setattr(pretrained, "weights_from_hub", silent)
    backbone = prepare(MOBILENET, "auto", 3)
    assert not backbone.pretrained
    with pytest.raises(TrainingError, match=r"did not answer within 4\.5 seconds\. Give them as a file"):
        prepare(MOBILENET, "hub", 3)


def test_weights_of_the_hub_tell_their_repository_and_licence(tmp_path: Path, monkeypatch):
    path = saved_weights(tmp_path)
    monkeypatch.setattr(pretrained, "weights_from_hub", lambda *_: path)
    backbone = prepare(MOBILENET, "auto", 3)
    assert (backbone.weights.kind, backbone.weights.licence) == ("hub", "apache-2.0")
    assert backbone.weights.name == f"timm/{MOBILENET}.lamb_in1k"
    assert backbone.notes == ()
