"""The model card reads as the Hugging Face hub reads it, whatever names classes and licences have."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lookoutcv.models.packages.manifest import Backbone, Manifest, SmallModel
from lookoutcv.results.accuracy.true_accuracy import ClassScores
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.evaluation import ConfidenceCalibration, Evaluation
from lookoutcv.results.training_run import PartSummary, TrainingRun, WeightsOrigin
from lookoutcv.training.packing.model_readme import _named, model_readme

hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is not installed")

MANIFEST = Manifest(
    "pets",
    "2",
    "2026-11-30T00:00:00Z",
    "LookOutCV",
    "classification",
    ["cat", "a|b", "<script>"],
    "model.onnx",
    [],
    licence="apache-2.0",
    weights=WeightsOrigin("hub", "timm/resnet18.a1_in1k", None, "apache-2.0"),
    backbone=Backbone("timm", "resnet18", 11_000_000),
    division=["Divided with the seed 3."],
    notes=["It *rests* on <few> images."],
)
EVALUATION = Evaluation(
    "pets",
    None,
    200,
    0.91,
    {1: 0.91},
    0.9,
    [ClassScores(label, 0.9, 0.8, 0.85, 60, 61) for label in MANIFEST.classes],
    [],
    list(MANIFEST.classes),
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    ConfidenceCalibration(),
)


def run(**changes: Any) -> TrainingRun:
    values: dict[str, Any] = {
        **{"name": "pets", "created": "c", "tool": "t", "data": "pets: 3\n---\nlicense: x", "classes": ["cat"]},
        **{"division": [], "candidates": [], "best": "resnet18", "why": "w", "differences": []},
        **{"evaluation": EVALUATION, "check": None},
        "parts": [PartSummary("test", 200, 190, {"cat": 200}, "0")],
    }
    return TrainingRun(**{**values, **changes})


def test_the_hub_reads_its_metadata() -> None:
    data = hub.ModelCard(model_readme(MANIFEST, EVALUATION, run())).data
    assert (data.license, data.pipeline_tag, data.base_model) == (
        *("apache-2.0", "image-classification"),
        "timm/resnet18.a1_in1k",
    )
    assert set(data.tags) == {"image-classification", "onnx", "lookoutcv"}
    assert {(one.metric_type, one.metric_value) for one in data.eval_results} == {("accuracy", 0.91), ("f1", 0.9)}
    assert data.eval_results[0].dataset_name == "pets: 3 --- license: x"
    assert data.model_name == "pets"


@pytest.mark.parametrize("licence", [None, "Apache-2.0", "Mine: only\non Sundays", "yes", "{a: [b"])
def test_a_licence_is_told_whatever_it_is_called(licence: str | None) -> None:
    data = hub.ModelCard(model_readme(replace(MANIFEST, licence=licence))).data
    known = {None: "unknown", "Apache-2.0": "apache-2.0"}
    assert data.license == known.get(licence, "other")
    if licence not in known:
        assert data.to_dict()["license_name"] == " ".join(str(licence).split())


def test_names_of_classes_are_text_and_nothing_else() -> None:
    text = model_readme(MANIFEST, EVALUATION, run())
    assert "| a\\|b | 0.900 | 0.800 | 0.850 | 60 |" in text
    assert "<script>" not in text.partition("\n---\n")[2]
    assert "\\<script\\>" in text
    assert "It \\*rests\\* on \\<few\\> images." in text
    assert text.count("\n---\n") == 1


def test_it_says_how_sure_the_accuracy_is() -> None:
    assert "Right on 91.0% of 200 images (95% interval 86.2% to 94.2%)" in model_readme(MANIFEST, EVALUATION)


def test_what_is_not_known_is_not_claimed() -> None:
    text = model_readme(replace(MANIFEST, weights=None, backbone=None))
    assert "That was not measured" in text
    assert "Its package does not say." in text
    data = hub.ModelCard(text).data
    assert data.eval_results is None
    assert data.base_model is None


def test_a_detector_has_the_figures_of_detectors() -> None:
    found = DetectionEvaluation("d", None, 50, 120, 0.41, 0.6, [])
    manifest = replace(MANIFEST, task="detection")
    data = hub.ModelCard(model_readme(manifest, found)).data
    assert data.pipeline_tag == "object-detection"
    assert [(one.metric_type, one.metric_value) for one in data.eval_results] == [("map", 0.41)]
    assert "0.410 (at an overlap of .5: 0.600) on 50 images with 120 objects" in model_readme(manifest, found)


def test_whole_numbers_are_told_with_what_they_lose() -> None:
    small = SmallModel("model.int8.onnx", 3_000_000, 100, 0.89, 0.91, 0.95, 128)
    text = model_readme(replace(MANIFEST, int8=small))
    assert "3 MB, right on 89.0% of 100 images where the model itself is on 91.0%." in text
    told = model_readme(replace(MANIFEST, int8=replace(small, low=-0.01, high=0.06, part="test")))
    assert "of 100 test images where the model itself is on 91.0% (it loses -1.0 to 6.0 points, 95% interval)." in told


def test_where_the_images_lie_on_their_makers_machine_is_not_told() -> None:
    assert _named("/home/ann/photos/validation/, C:\\photos\\test.zip") == "validation, test.zip"
    assert _named("pets.zip") == "pets.zip"
