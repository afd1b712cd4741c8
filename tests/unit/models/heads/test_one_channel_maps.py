"""Maps of one number a pixel: a class, or the score of one class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lookoutcv.errors import WrongCard
from lookoutcv.models import open_model
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
    with pytest.raises(WrongCard, match=r"head.name=pixel_classes, or --set head.name=mask"):
        open_model(path)
    assert said(path, {"head": "mask"}).shares.round(3).tolist() == [0.75, 0.25]
    with pytest.raises(WrongCard, match=r"0.95, which is no class: head.name=mask"):
        said(path, {"head": "pixel_classes"})
