"""Maps of one number a pixel: a class, or the score of one class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import WrongCard
from lookoutcv.models import open_model
from lookoutcv.outputs import for_task
from lookoutcv.outputs.base import OutputView
from tiny_models import onnx_constant, onnx_silent

WHITE = np.full((32, 32, 3), 255, np.uint8)
CHANCES = np.full((32, 32), 0.03, np.float32)
CHANCES[:8] = 0.95
LOGITS = np.log(CHANCES / (1 - CHANCES))
FORMS = {"first": (1, 1, 32, 32), "last": (1, 32, 32, 1), "none": (1, 32, 32)}


def said(path: Path, card: Any = None) -> Any:
    return open_model(path, card).predict([WHITE])[0]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("values", [CHANCES, LOGITS], ids=["chances", "logits"])
def test_the_scores_of_one_class(form: str, values: Any, tmp_path: Path) -> None:
    path = onnx_constant(tmp_path / "net.onnx", [values.reshape(FORMS[form])])
    found = said(path)
    assert found.classes.tolist() == [[1] * 32] * 8 + [[0] * 32] * 24
    assert found.labels == ("class 0", "class 1")
    assert said(path, {"labels": ["road"]}).labels == ("background", "road")
    assert said(path, {"labels": ["ground", "road"]}).labels == ("ground", "road")


@pytest.mark.parametrize("form", ["first", "last"])
def test_scores_that_are_0_on_noise(form: str, tmp_path: Path) -> None:
    path = onnx_silent(tmp_path / "net.onnx", {"mask": CHANCES.reshape(FORMS[form])}, size=32)
    assert said(path).shares.round(3).tolist() == [0.75, 0.25]


def test_scores_of_0_to_255_are_no_probabilities(tmp_path: Path) -> None:
    path = onnx_silent(tmp_path / "net.onnx", {"mask": 255 * CHANCES.reshape(1, 1, 32, 32)}, size=32)
    with pytest.raises(WrongCard, match=r"holds 7.65 to 242.25, which are no probabilities"):
        said(path)


@pytest.mark.parametrize("form", FORMS)
def test_classes_with_a_side_of_one(form: str, tmp_path: Path) -> None:
    classes = np.zeros((32, 32), np.int64)
    classes[:16] = 15
    found = said(onnx_constant(tmp_path / "net.onnx", [classes.reshape(FORMS[form])]))
    assert {found.labels[i] for i in np.unique(found.classes)} == {"class 0", "class 15"}
    assert found.classes.tolist() == classes.tolist()


def test_real_numbers_that_may_be_classes_or_scores_are_asked_about(tmp_path: Path) -> None:
    path = onnx_silent(tmp_path / "net.onnx", {"y": CHANCES[None]}, size=32)
    with pytest.raises(WrongCard, match=r"'pixel_classes'}}, or card={'head': {'name': 'mask'}}"):
        open_model(path)
    assert said(path, {"head": "mask"}).shares.round(3).tolist() == [0.75, 0.25]
    with pytest.raises(WrongCard, match=r"0.95, which is no class: head.name=mask"):
        said(path, {"head": "pixel_classes"})


def with_edges(inside: int, edge: int = 255) -> Any:
    """One class with an edge that has none."""
    classes = np.full((1, 32, 32), inside, np.int64)
    classes[:, :4] = edge
    return classes


def test_the_edges_of_a_map_are_no_class(tmp_path: Path) -> None:
    found = said(onnx_constant(tmp_path / "net.onnx", [with_edges(7)]))
    assert {found.labels[i]: share for i, share in enumerate(found.shares.tolist()) if share} == {
        "class 7": 0.875,
        "no class": 0.125,
    }
    measured = {metric.name: metric.measure(OutputView(found, WHITE)) for metric in for_task("segmentation")}
    assert measured["output.foreground"] == 0.875
    assert (measured["output.regions"], measured["output.present_classes"]) == (1, 1)


@pytest.mark.parametrize("edge", [255, -1])
def test_named_classes_and_the_number_of_none(edge: int, tmp_path: Path) -> None:
    path = onnx_constant(tmp_path / "net.onnx", [with_edges(1, edge)])
    with pytest.raises(WrongCard, match=rf"holds class {edge}, and there are 2 classes"):
        said(path, {"labels": ["ground", "road"], "head": "pixel_classes"})
    head = {"name": "pixel_classes", "ignore": edge}
    found = said(path, {"labels": ["ground", "road"], "head": head})
    assert (found.labels, found.shares.tolist()) == (("ground", "road", "no class"), [0, 0.875, 0.125])
    with pytest.raises(WrongCard, match=r"holds class 3, and there are 2 classes"):
        said(onnx_constant(path, [with_edges(3, edge)]), {"labels": ["ground", "road"], "head": head})
