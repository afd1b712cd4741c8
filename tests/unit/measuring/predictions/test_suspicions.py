"""Predictions that are suspicious at once: constant ones, and those whose classes no label names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.measuring.predictions.suspicions import suspicions
from lookoutcv.records.model_identity import ModelIdentity

MODEL = ModelIdentity("m", None, "classification", ("cat", "dog"))


@pytest.mark.parametrize(
    ("predicted", "labels", "suspicious"),
    [
        ({"cat": 2491, "dog": 9}, {}, True),
        ({"cat": 2491, "dog": 9}, {"cat": 1250, "dog": 1250}, True),
        ({"cat": 2491, "dog": 9}, {"cat": 2490, "dog": 10}, False),
        ({"cat": 2300, "dog": 200}, {}, False),
        ({"cat": 29}, {}, False),
        ({}, {}, False),
    ],
)
def test_one_class_for_nearly_every_image(predicted: dict[str, int], labels: dict[str, int], suspicious: bool) -> None:
    found = suspicions(MODEL, predicted, labels)
    assert len(found) == suspicious
    if suspicious:
        assert found[0].startswith("Suspicious: m says 'cat' of 2,491 of 2,500 images.")
        assert "lookout card MODEL --try IMAGES" in found[0]


def test_labels_of_another_name_are_named() -> None:
    (found,) = suspicions(MODEL, {"cat": 5, "dog": 5}, {"Katze": 5, "Hund": 5})
    assert "'Katze', 'Hund' beside 'cat', 'dog', as many: do they differ only in name?" in found
    (some,) = suspicions(MODEL, {"cat": 5, "dog": 5}, {"Cat": 5, "Hund": 5})
    assert some == "1 of 2 labels is no class of m: 'Hund'; no prediction can be right on the 5 of 10 that have them."
    boxes = ModelIdentity("p.csv", None, "detection", ("0",), imported=True)
    assert "No label of the images is a class of p.csv" in suspicions(boxes, {}, {"cat": 3, "dog": 1})[0]


@pytest.fixture
def folder(tmp_path: Path, rng: Any) -> Path:
    for name in ("cat", "dog"):
        (tmp_path / "d" / name).mkdir(parents=True)
        for i in range(20):
            Image.fromarray(rng.integers(0, 255, (16, 16, 3), np.uint8)).save(tmp_path / "d" / name / f"{i}.png")
    return tmp_path / "d"


def test_evaluate_and_monitor_say_it(folder: Path, tmp_path: Path) -> None:
    rows = [{"id": f"{name}/{i}.png", "label": n} for n, name in enumerate(("cat", "dog")) for i in range(20)]
    path = tmp_path / "p.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    found = lo.evaluate(None, folder, predictions=path)
    assert isinstance(found, lo.Evaluation)
    assert found.accuracy == 0
    assert "'cat', 'dog' beside '0', '1', as many" in found.notes[-1]

    def constant(pixels: Any) -> list[float]:
        return [0.9, 0.1]

    card = {"labels": ["cat", "dog"], "head": "softmax"}
    with_model: dict[str, Any] = {"model": constant, "card": card, "metrics": "exposure", "workers": 1}
    report = lo.monitor(folder, baseline=lo.baseline(folder, **with_model), **with_model)
    assert any(note.startswith("Suspicious: ") and "'cat' of all 40" in note for note in report.notes)
