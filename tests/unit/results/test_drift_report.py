import json
from collections.abc import Mapping
from dataclasses import fields, replace
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from lookoutcv.drift.cause.classify import classify
from lookoutcv.drift.compare import compare
from lookoutcv.drift.describe.metadata_changes import ValueChanged
from lookoutcv.drift.rules.policy import FIXED, Policy
from lookoutcv.drift.wording.cause_sentences import cause_in_words
from lookoutcv.errors import CorruptFile, FileFormatError, NewerFormat, NotOurFile
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.results.accuracy.accuracy_change import AccuracyChange
from lookoutcv.results.accuracy.accuracy_estimate import AccuracyEstimate
from lookoutcv.results.accuracy.labelled_loss import LabelledLoss
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.accuracy.true_accuracy import ClassScores, Mistake, TrueAccuracy
from lookoutcv.results.accuracy.true_detection import ClassPrecision, DetectionSide, TrueDetection
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.applied_policy import AppliedPolicy
from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.findings.group_drift import GroupDrift
from lookoutcv.results.findings.metric_drift import Distribution, MetricDrift
from lookoutcv.results.findings.multiples import Multiples, Part
from lookoutcv.results.findings.onset import Onset, Period
from lookoutcv.results.findings.prediction_drift import PredictionDrift, PredictionMetric
from lookoutcv.results.findings.probable_cause import CauseCandidate, ProbableCause
from lookoutcv.results.findings.side import Side
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.measured_examples import MeasuredExample, MeasuredExamples
from lookoutcv.results.images.skipped import Skipped
from lookoutcv.results.severity import Severity

SCHEMA: dict[str, Any] = json.loads(files("lookoutcv.results").joinpath("drift_report.schema.json").read_text("utf-8"))
DEFINITIONS = {
    "policy": AppliedPolicy,
    "side": Side,
    "distribution": Distribution,
    "metric": MetricDrift,
    "example": ImageExample,
    "measured_examples": MeasuredExamples,
    "measured_example": MeasuredExample,
    "skipped": Skipped,
    "duplicates": Duplicates,
    "group": GroupDrift,
    "period": Period,
    "onset": Onset,
    "part": Part,
    "multiples": Multiples,
    "cause": ProbableCause,
    "candidate": CauseCandidate,
    "prediction_metric": PredictionMetric,
    "class_drift": ClassDrift,
    "prediction_drift": PredictionDrift,
    "accuracy_estimate": AccuracyEstimate,
    "class_scores": ClassScores,
    "mistake": Mistake,
    "true_accuracy": TrueAccuracy,
    "class_precision": ClassPrecision,
    "detection_side": DetectionSide,
    "accuracy_change": AccuracyChange,
    "labelled_loss": LabelledLoss,
    "true_detection": TrueDetection,
    "accuracy": ModelAccuracy,
}


def side(n: int, shift: float) -> Profile:
    rng = np.random.default_rng(n)
    columns = {name: pa.array(rng.random(n) / 2 + shift, pa.float32()) for name in ("exposure.brightness", "my.a")}
    return from_records(pa.table({"id": [f"{i}" for i in range(n)], "label": ["cat"] * n, **columns}))


CAUSE = cause_in_words(classify({"noise.sigma": 1.0}), [ValueChanged("camera", "a", 1.0, "b", 1.0)])


CHANGE = AccuracyChange("mAP", 0.5, 0.4, 0.1, 0.05, 0.15, fell=True, severity=Severity.HIGH, images=99, classes=1)
MARKED = DetectionSide(99, 300, 0.4, 0.6, 0.35, 0.45, [ClassPrecision("a", 0.6, 0.4, 0.7, 0.5, None, 0.8, 300, 350)], 2)
OUTPUTS = PredictionDrift(
    True,
    Severity.LOW,
    1e-9,
    0.01,
    0.3,
    [PredictionMetric("output.confidence", "t", -0.3, None, 0.9, 0.8, "median", Severity.LOW, "Surer.")],
    ClassDrift(None, 0.2, 3, {"a": 3}, {"b": 5}, {"a": 0.2}, {"a": 0.0}, 0.1, "Rarer."),
    ["One."],
)
TRUTH = TrueAccuracy(
    9, 0.5, [ClassScores("a", 0.5, 0.5, 0.5, 9, 9)], [Mistake("a", "b", 4)], ["a", "b"], [[5, 4], [0, 0]]
)
ACCURACY = ModelAccuracy(
    AccuracyEstimate("unreliable", "Few.", 9, 0.9, 0.8, 0.7, 0.85, 0.1, 0.01, True, Severity.HIGH, {"cbpe": 0.8}),
    TRUTH,
    TrueDetection(MARKED, MARKED, CHANGE),
    CHANGE,
    LabelledLoss(0.9, 0.8, 100, 40, 0.1, 0.04, True),
)


def reports() -> list[DriftReport]:
    drifted = compare(side(200, 0), side(100, 0.3))
    full = replace(
        drifted,
        skipped=[Skipped("x.jpg", "truncated")],
        duplicates=Duplicates([["a", "b"]], [["c", "d"]], ["e"], 2, 100),
        cause=replace(CAUSE, probability=np.float64("nan")),
        outputs=OUTPUTS,
        accuracy=ACCURACY,
        measured_examples=[MeasuredExamples("m", "T", "Read so.", [MeasuredExample("a", 1.0, ["wider"], "b", "/9j/")])],
        created="2026-11-01T00:00:00+00:00",
        tool="lookoutcv 0.1.0",
    )
    few, still = compare(side(200, 0), side(3, 0)), compare(side(200, 0), side(90, 0))
    return [drifted, full, few, still, compare(side(200, 0), side(100, 0.2), FIXED)]


REPORTS = reports()


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("report", REPORTS)
def test_real_reports_are_valid_strict_json(report: DriftReport) -> None:
    text = json.dumps(report.to_dict(), allow_nan=False)
    Draft202012Validator(SCHEMA).validate(json.loads(text))


@pytest.mark.parametrize("report", REPORTS)
def test_what_is_written_reads_back(report: DriftReport) -> None:
    again = DriftReport.from_dict(json.loads(json.dumps(report.to_dict())))
    assert again.to_dict() == report.to_dict()
    assert replace(again, cause=None) == replace(report, cause=None)


def names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def test_the_schema_requires_every_field_and_describes_it() -> None:
    assert SCHEMA["required"] == list(SCHEMA["properties"]) == ["format", "version", *names(DriftReport)]
    for key, kind in DEFINITIONS.items():
        definition = SCHEMA["$defs"][key]
        assert definition["required"] == list(definition["properties"]) == names(kind)
    objects = [SCHEMA, *(SCHEMA["$defs"][key] for key in DEFINITIONS)]
    assert all("description" in value for found in objects for value in found["properties"].values())


def test_a_report_holds_every_value_of_the_policy_that_it_was_decided_by() -> None:
    assert names(AppliedPolicy) == [*names(Policy), "test", "group_by"]
    assert {name: getattr(REPORTS[4].policy, name) for name in names(Policy)} == FIXED.to_dict()


def test_the_keys_that_the_product_promises() -> None:
    data = REPORTS[1].to_dict()
    assert list(data)[:2] == ["format", "version"]
    assert {"overall_drift_detected", "severity", "baseline", "window", "metrics", "outputs", "accuracy"} <= set(data)
    assert {"cause", "most_shifted", "smallest_detectable_effect", "skipped", "duplicates", "onset"} <= set(data)
    assert {"name", "effect", "p_value", "before", "after", "severity", "text"} <= set(data["metrics"][0])
    assert data["skipped"] == [{"id": "x.jpg", "reason": "truncated"}]
    assert data["cause"]["probability"] is None


def test_keys_of_later_versions_and_left_out_optional_ones_are_fine() -> None:
    data = REPORTS[0].to_dict()
    data["colour_of_the_moon"] = 3
    del data["notes"], data["metrics"][0]["related"]
    assert DriftReport.from_dict(data).notes == []


@pytest.mark.parametrize("data", [None, [], 3, "x", {}, {"format": "somebody.else", "version": 1}])
def test_what_is_not_a_report(data: object) -> None:
    with pytest.raises(NotOurFile, match=r"r\.json is not a LookOutCV report"):
        DriftReport.from_dict(data, "r.json")


def test_a_newer_version_says_how_to_update() -> None:
    with pytest.raises(NewerFormat, match="pip install -U") as caught:
        DriftReport.from_dict({**REPORTS[0].to_dict(), "version": 99}, "r.json")
    assert caught.value.fields == {"path": "r.json", "found": 99, "supported": 2}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"version": None}, "version"),
        ({"version": True}, "version"),
        ({"severity": "dire"}, "severity"),
        ({"effect": "large"}, "effect"),
        ({"effect": True}, "effect"),
        ({"effect": float("nan")}, "effect"),
        ({"overall_drift_detected": 1}, "overall_drift_detected"),
        ({"baseline": None}, "baseline"),
        ({"baseline": {"name": "a", "images": 1}}, "baseline.tested"),
        ({"baseline": {"name": "a", "images": True, "tested": 1}}, "baseline.images"),
        ({"metrics": {}}, "metrics"),
        ({"metrics": [3]}, "metrics[0]"),
        ({"policy": []}, "policy"),
        ({"policy": {"alpha": "x"}}, "policy.alpha"),
        ({"policy": {"test": "x"}}, "policy.test"),
        ({"skipped": [{"id": "a"}]}, "skipped[0].reason"),
        (
            {"accuracy": {"estimated": {"status": "reliable", "reason": None, "images": "x"}}},
            "accuracy.estimated.images",
        ),
        (
            {"accuracy": {"measured": {"images": 1, "accuracy": 1, "confusion": [[True]]}}},
            "accuracy.measured.confusion[0][0]",
        ),
        (
            {"outputs": {**OUTPUTS.to_dict(), "classes": {"p_value": None, "distance": None}}},
            "outputs.classes.distance",
        ),
        ({"cause": {**CAUSE.to_dict(), "candidates": [{"family": 3}]}}, "cause.candidates[0].family"),
    ],
)
def test_damage_names_the_place(change: Mapping[str, object], key: str) -> None:
    with pytest.raises(CorruptFile) as caught:
        DriftReport.from_dict({**REPORTS[0].to_dict(), **change})
    assert f"{key} is " in str(caught.value)


@pytest.mark.parametrize("key", [k for k in SCHEMA["required"] if k not in ("format", "version")])
def test_no_damage_escapes_as_another_error(key: str) -> None:
    for wrong in (None, [], {}, [[]], [{}], "x", 1, {"name": 1}):
        try:
            DriftReport.from_dict({**REPORTS[1].to_dict(), key: wrong})
        except FileFormatError:
            continue
