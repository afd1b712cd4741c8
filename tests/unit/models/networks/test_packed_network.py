"""The network that a package brings is the one that was packed; whatever does not fit is said."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fitted_colours import division, fitted
from lookoutcv.errors import BrokenModel, CorruptFile
from lookoutcv.models import open_model, package_at
from lookoutcv.models.backbones.backbone import prepare
from lookoutcv.models.networks.packed_network import has_network, packed_network
from lookoutcv.models.packages.package import Package
from lookoutcv.training.packing.pack_fitted import Packing, pack_fitted
from tiny_backbones import MOBILENET, VIT
from tiny_packages import declared, hand_packed

HOW = Packing("colours", perturb=False, options={"cache": False, "workers": 1})


def packed(folder: Path, name: str, side_px: int) -> Package:
    backbone = prepare(name, "none", 3, side_px=side_px, seed=3)
    size = {"size": (side_px, side_px)}
    made = fitted(backbone=name, module=backbone.module.eval(), input=replace(backbone.input, **size))
    return pack_fitted(made, folder / "packed", division(folder / "images", each=4), HOW)


@pytest.mark.parametrize(("name", "side_px"), [(MOBILENET, 32), (VIT, 64)])
def test_it_says_what_the_exported_model_says(name: str, side_px: int, tmp_path: Path) -> None:
    import torch

    package = packed(tmp_path, name, side_px)
    assert has_network(package)
    network = packed_network(package)
    assert not network.training
    model: Any = open_model(package.path)
    batch, _ = model.prepare(
        [np.random.default_rng(place).integers(0, 256, (48, 40, 3), np.uint8) for place in range(3)]
    )
    with torch.no_grad():
        logits = network(torch.as_tensor(batch)).numpy()
    np.testing.assert_allclose(logits, model.infer(batch)[0], atol=1e-4)


def test_a_package_without_weights_has_none(tmp_path: Path) -> None:
    found = package_at(hand_packed(tmp_path / "colours"))
    assert found is not None
    assert not has_network(found)


def test_a_network_that_this_timm_does_not_know_is_said(tmp_path: Path) -> None:
    place = packed(tmp_path, MOBILENET, 32).path
    change(place, backbone={"library": "timm", "name": "net_of_2031", "parameters": 1})
    with pytest.raises(BrokenModel, match="does not know: 'net_of_2031'"):
        packed_network(opened(place))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    place = packed(tmp_path, MOBILENET, 32).path
    change(place, backbone={"library": "timm", "name": "resnet18", "parameters": 1})
    with pytest.raises(CorruptFile, match="does not hold the weights of resnet18"):
        packed_network(opened(place))


def opened(place: Path) -> Package:
    found = package_at(place)
    assert found is not None
    return found


def change(place: Path, **changes: Any) -> None:
    values = json.loads((place / "package.json").read_text(encoding="utf-8"))
    declared(place, **{**{key: values[key] for key in values if key not in ("files", "format", "version")}, **changes})
