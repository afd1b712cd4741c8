"""Evaluations as JSON and back."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import lookoutcv as lo
from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile
from lookoutcv.results.accuracy.true_accuracy import ClassScores, Mistake
from lookoutcv.results.accuracy.true_detection import ClassPrecision
from lookoutcv.results.detection_evaluation import DetectionEvaluation, ImageErrors
from lookoutcv.results.evaluation import ConfidenceCalibration, Evaluation, ReliabilityBin
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.images.wrong_image import WrongImage
from lookoutcv.results.result import StoredResult

CLASSIFIER = Evaluation(
    "net.onnx",
    "00ff",
    10,
    0.9,
    {1: 0.9, 5: 1.0},
    0.89,
    [ClassScores("cat", 1.0, 0.8, 0.889, 5, 4)],
    [Mistake("cat", "dog", 1)],
    ["cat", "dog"],
    [[4, 1], [0, 5]],
    ConfidenceCalibration(0.8, 0.1, 0.2, 0.3, [ReliabilityBin(0.0, 0.5, 0, None, None)]),
    unknown_labels={"fox": 2},
    skipped=[Skipped("a.jpg", "truncated")],
    skipped_count=1,
    notes=["A note."],
    confident_errors=[WrongImage("b.jpg", "cat", "dog", 0.97, "/9j/4AAQ")],
)
DETECTOR = DetectionEvaluation(
    "net.onnx",
    None,
    10,
    30,
    0.5,
    0.7,
    [ClassPrecision("cat", 0.7, 0.5, 0.8, 0.6, None, 0.9, 30, 40)],
    [ImageErrors("a.jpg", 3, 1, 0, 1.5)],
    never_true={"fox": 2},
)
DEFINITIONS: dict[str, Any] = {
    "class_scores": ClassScores,
    "mistake": Mistake,
    "skipped": Skipped,
    "wrong_image": WrongImage,
    "calibration": ConfidenceCalibration,
    "bin": ReliabilityBin,
    "class_precision": ClassPrecision,
    "image_errors": ImageErrors,
}
EVALUATIONS = pytest.mark.parametrize("evaluation", [CLASSIFIER, DETECTOR], ids=["classifier", "detector"])


def schema(evaluation: StoredResult) -> dict[str, Any]:
    name = "evaluation" if isinstance(evaluation, Evaluation) else "detection_evaluation"
    text = files("lookoutcv.results").joinpath(f"{name}.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@EVALUATIONS
def test_what_is_written_reads_back_and_is_as_the_schema_says(evaluation: Any) -> None:
    text = json.dumps(evaluation.to_dict(), allow_nan=False)
    Draft202012Validator(schema(evaluation)).validate(json.loads(text))
    assert type(evaluation).from_dict(json.loads(text)) == evaluation


@EVALUATIONS
def test_the_schema_describes_every_field(evaluation: Any) -> None:
    found = schema(evaluation)
    Draft202012Validator.check_schema(found)
    names = [field.name for field in fields(evaluation)]
    assert found["required"] == list(found["properties"]) == ["format", "version", *names]
    for key, definition in found["$defs"].items():
        names = [field.name for field in fields(DEFINITIONS[key])]
        assert definition["required"] == list(definition["properties"]) == names
        assert all("description" in value for value in definition["properties"].values())


@EVALUATIONS
def test_a_file_of_one_is_loaded(evaluation: Any, tmp_path: Path) -> None:
    path = tmp_path / "evaluation.json"
    path.write_text(json.dumps(evaluation.to_dict()))
    assert lo.load(path) == evaluation


def test_others_are_refused() -> None:
    with pytest.raises(NotOurFile, match="is not a LookOutCV evaluation"):
        Evaluation.from_dict(DETECTOR.to_dict())
    with pytest.raises(NewerFormat, match="pip install -U"):
        Evaluation.from_dict(CLASSIFIER.to_dict() | {"version": 2})
    with pytest.raises(CorruptFile, match=r"top_k\.x is not under a whole number"):
        Evaluation.from_dict(CLASSIFIER.to_dict() | {"top_k": {"x": 1}})
    with pytest.raises(CorruptFile, match=r"calibration\.bins\[0\]\.low is missing"):
        Evaluation.from_dict(CLASSIFIER.to_dict() | {"calibration": {"bins": [{}]}})
