"""A network that has learnt becomes a package that is served, watched and taken apart with nothing else."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from pyarrow import parquet

import lookoutcv as lo
from fitted_colours import CLASSES, division, fitted, network
from lookoutcv.models import package_at
from lookoutcv.models.packages.package import Package
from lookoutcv.training.data.division import PARTS
from lookoutcv.training.packing.pack_fitted import Packing, pack_fitted
from tiny_models import BLUE, GREEN, RED
from tiny_packages import colour_pictures

HOW = Packing("colours", "3", "drawn", perturb=False, options={"cache": False, "workers": 1})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("made")
    how = replace(HOW, int8=True, state_dict=True)
    return pack_fitted(fitted(), folder / "colours.zip", division(folder / "images", each=24), how)


def test_all_of_it_is_there(made: Package) -> None:
    assert {file.name for file in made.manifest.files} == {
        *("model.onnx", "model.int8.onnx", "model.safetensors", "model.pth", "metadata.json"),
        *("model.card.yaml", "baseline.parquet", "split.parquet", "README.md"),
    }
    made.verify()
    manifest = made.manifest
    assert (manifest.name, manifest.model_version, manifest.classes) == ("colours", "3", list(CLASSES))
    assert manifest.licence == "apache-2.0"
    assert manifest.backbone is not None
    assert manifest.backbone.parameters == sum(one.numel() for one in network().parameters())
    assert manifest.division == ["Drawn by hand."]


def test_it_predicts_and_says_how_far_both_forms_agree(made: Package) -> None:
    model = lo.open_model(made.path)
    assert [one.label for one in model.predict([RED, GREEN, BLUE])] == ["red", "green", "blue"]
    assert made.manifest.agreement is not None
    assert 0 <= made.manifest.agreement.greatest_difference <= 1e-4
    assert not [note for note in model.notes if "assumed" in note or "guessed" in note]


def test_its_weights_are_those_of_the_network(made: Package) -> None:
    state = safetensors.torch.load(made.read("model.safetensors"))
    for name, tensor in network().state_dict().items():
        assert torch.equal(state[name], tensor)
    again = torch.load(made.file("model.pth"), weights_only=True)
    assert all(torch.equal(again[name], tensor) for name, tensor in network().state_dict().items())
    assert json.loads(made.read("metadata.json"))["classes"] == list(CLASSES)


def test_it_says_which_image_is_in_which_part(made: Package, tmp_path: Path) -> None:
    rows = parquet.read_table(made.file("split.parquet")).to_pylist()
    told = division(tmp_path, each=24)
    known = {sample.id: (sample.label, part) for part in PARTS for sample in told.part(part)}
    assert {row["id"]: (row["label"], row["part"]) for row in rows} == known
    assert len(rows) == len(known)
    assert {row["group"] for row in rows} == {None}


def test_its_baseline_is_of_the_part_that_chose_nothing(made: Package) -> None:
    baseline = lo.Baseline.load(made.path)
    assert baseline.profile.count == 18
    assert baseline.model is not None
    assert baseline.model.name == "colours 3"
    assert baseline.model.sha256 == hashlib.sha256(made.read("model.onnx")).hexdigest() == made.sha256
    assert baseline.calibration is not None
    assert baseline.calibration.accuracy == 1
    (note,) = (note for note in made.manifest.notes if "labelled images" in note)
    assert note.startswith("The baseline rests on 18 labelled images. They tell its accuracy to within 9 points")


def test_monitoring_needs_nothing_else(made: Package, tmp_path: Path) -> None:
    today = colour_pictures(tmp_path / "today", each=20, seed=9)
    report = lo.monitor(today, model=made.path, cache=False, workers=1)
    assert report.accuracy is not None
    assert report.accuracy.measured is not None
    assert report.accuracy.measured.accuracy == 1
    assert report.accuracy.estimated is not None
    assert report.accuracy.estimated.baseline_accuracy == 1
    assert [note.partition(" ")[2][:12] for note in report.notes[:2]] == ["baseline is ", "baseline res"]


def test_whole_numbers_cost_little_and_that_is_told(made: Package, tmp_path: Path) -> None:
    small = made.manifest.int8
    assert small is not None
    assert (small.file, small.images, small.calibration_images) == ("model.int8.onnx", 18, 36)
    assert small.accuracy == small.full_accuracy == small.agreement == 1
    # On images that chose nothing: nobody is the wrong one, and of so few that says little.
    assert small.part == "test"
    assert small.low == -small.high
    assert 0.1 < small.high < 0.2
    assert small.bytes == len(made.read("model.int8.onnx"))
    card = tmp_path / "card.yaml"
    card.write_bytes(made.read("model.card.yaml"))
    assert lo.open_model(made.file("model.int8.onnx"), card).predict([RED])[0].label == "red"
    import onnx

    kinds = {node.op_type for node in onnx.load_from_string(made.read("model.int8.onnx")).graph.node}
    assert "QuantizeLinear" in kinds


def test_without_a_part_that_chose_nothing_that_is_said(tmp_path: Path) -> None:
    parts = replace(division(tmp_path / "images"), test=())
    made = pack_fitted(fitted(), tmp_path / "p", parts, HOW)
    assert any("No images were left that chose nothing" in note for note in made.manifest.notes)
    assert lo.Baseline.load(tmp_path / "p").profile.count == len(parts.validation)


def test_one_class_for_all_is_told_as_what_it_is(tmp_path: Path) -> None:
    """Without the place where the package is being made, and without a doubt about how its images are read."""
    learnt = fitted()
    with torch.no_grad():
        learnt.module.head.bias[0] = 100.0
    made = pack_fitted(learnt, tmp_path / "p", division(tmp_path / "images", each=48), HOW)
    (told,) = [note for note in made.manifest.notes if note.startswith("Suspicious")]
    assert re.search(r"Suspicious: the model 'colours 3' says '\w+' of all \d+ images\. It has learnt too little", told)
    assert "making" not in " ".join(lo.load(made.path / "baseline.parquet").notes)


def test_objects_are_cut_out_for_the_baseline(tmp_path: Path) -> None:
    parts = division(tmp_path / "images")
    boxes = tuple(
        replace(sample, id=f"{sample.id}#{n}", box=(n, 0, n + 8, 10)) for sample in parts.test for n in range(2)
    )
    pack_fitted(fitted(), tmp_path / "p", replace(parts, test=boxes), HOW)
    profile = lo.Baseline.load(tmp_path / "p").profile
    assert profile.count == 2 * len(parts.test)
    assert set(profile.sample.column("width_px").to_pylist()) == {8}
    assert {one.rpartition("#")[2] for one in profile.sample.column("id").to_pylist()} == {"0", "1"}


def test_classes_of_any_name_never_become_paths(tmp_path: Path) -> None:
    parts = division(tmp_path / "images")
    names = {"blue": "../x", "green": "con", "red": "Käfer | <b>\u202e"}

    def renamed(samples: Any) -> Any:
        return tuple(replace(sample, label=names[sample.label]) for sample in samples)

    parts = replace(
        parts,
        classes=tuple(names[one] for one in CLASSES),
        train=renamed(parts.train),
        validation=renamed(parts.validation),
        test=renamed(parts.test),
    )
    made = pack_fitted(fitted(classes=parts.classes), tmp_path / "p", parts, HOW)
    assert sorted(path.name for path in (tmp_path / "p").iterdir()) == [
        *("README.md", "baseline.parquet", "model.card.yaml", "model.onnx", "model.safetensors", "package.json"),
        "split.parquet",
    ]
    assert lo.open_model(made.path).labels == parts.classes
    assert lo.open_model(made.path).predict([BLUE])[0].label == "../x"
    package = package_at(made.path)
    assert package is not None
    assert package.card.labels == parts.classes


def test_what_is_written_is_the_same_twice(tmp_path: Path) -> None:
    parts = division(tmp_path / "images")
    one, two = (pack_fitted(fitted(), tmp_path / name, parts, HOW) for name in ("a", "b.zip"))
    assert one.read("model.onnx") == two.read("model.onnx")
    assert one.read("model.safetensors") == two.read("model.safetensors")
    np.testing.assert_array_equal(
        lo.Baseline.load(one.path).profile.sample.column("id").to_pylist(),
        lo.Baseline.load(two.path).profile.sample.column("id").to_pylist(),
    )
