import json
from collections.abc import Mapping
from dataclasses import fields, replace
from importlib.resources import files
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

from lookoutcv.drift.cause.classify import guess
from lookoutcv.drift.compare import compare
from lookoutcv.drift.rules.policy import FIXED
from lookoutcv.errors import CorruptFile, FileFormatError, NewerFormat, NotOurFile
from lookoutcv.profiles.profile import Profile, from_records
from lookoutcv.results import drift_report as parts
from lookoutcv.results.drift_report import DriftReport, Duplicates, Skipped
from lookoutcv.results.drift_report_json import from_dict, to_dict

SCHEMA: dict[str, Any] = json.loads(files("lookoutcv.results").joinpath("drift_report.schema.json").read_text("utf-8"))
DEFINITIONS = {
    "side": parts.Side,
    "distribution": parts.Distribution,
    "metric": parts.MetricDrift,
    "example": parts.ImageExample,
    "skipped": parts.Skipped,
    "duplicates": parts.Duplicates,
    "group": parts.GroupDrift,
    "period": parts.Period,
    "since": parts.Since,
    "part": parts.Part,
    "multiples": parts.Multiples,
}


def side(n: int, shift: float) -> Profile:
    rng = np.random.default_rng(n)
    columns = {name: pa.array(rng.random(n) / 2 + shift, pa.float32()) for name in ("exposure.brightness", "my.a")}
    return from_records(pa.table({"id": [f"{i}" for i in range(n)], "label": ["cat"] * n, **columns}))


CAUSE: dict[str, Any] = guess({"noise.sigma": 1.0}) | {"recorded": ["The camera changed."]}


def reports() -> list[DriftReport]:
    drifted = compare(side(200, 0), side(100, 0.3))
    full = replace(
        drifted,
        skipped=[Skipped("x.jpg", "truncated")],
        duplicates=Duplicates([["a", "b"]], [["c", "d"]], ["e"], 2, 100),
        alerts=[{"rule": "any"}],
        cause={**CAUSE, "probability": np.float64("nan")},
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
    text = json.dumps(to_dict(report), allow_nan=False)
    Draft202012Validator(SCHEMA).validate(json.loads(text))


@pytest.mark.parametrize("report", REPORTS)
def test_what_is_written_reads_back(report: DriftReport) -> None:
    again = from_dict(json.loads(json.dumps(to_dict(report))))
    assert to_dict(again) == to_dict(report)
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


def test_the_keys_that_the_product_promises() -> None:
    data = to_dict(REPORTS[1])
    assert list(data)[:2] == ["format", "version"]
    assert {"overall_drift_detected", "severity", "baseline", "window", "metrics", "outputs", "accuracy"} <= set(data)
    assert {"cause", "most_shifted", "smallest_detectable_effect", "skipped", "duplicates", "alerts"} <= set(data)
    assert {"name", "effect", "p_value", "before", "after", "severity", "text"} <= set(data["metrics"][0])
    assert data["skipped"] == [{"id": "x.jpg", "reason": "truncated"}]
    assert data["cause"]["probability"] is None


def test_keys_of_later_versions_and_left_out_optional_ones_are_fine() -> None:
    data = to_dict(REPORTS[0])
    data["colour_of_the_moon"] = 3
    del data["notes"], data["metrics"][0]["related"]
    assert from_dict(data).notes == []


@pytest.mark.parametrize("data", [None, [], 3, "x", {}, {"format": "somebody.else", "version": 1}])
def test_what_is_not_a_report(data: object) -> None:
    with pytest.raises(NotOurFile, match=r"r\.json is not a LookOutCV report"):
        from_dict(data, "r.json")


def test_a_newer_version_says_how_to_update() -> None:
    with pytest.raises(NewerFormat, match="pip install -U") as caught:
        from_dict({**to_dict(REPORTS[0]), "version": 99}, "r.json")
    assert caught.value.fields == {"path": "r.json", "found": 99, "supported": 1}


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
        ({"skipped": [{"id": "a"}]}, "skipped[0].reason"),
    ],
)
def test_damage_names_the_place(change: Mapping[str, object], key: str) -> None:
    with pytest.raises(CorruptFile) as caught:
        from_dict({**to_dict(REPORTS[0]), **change})
    assert f"{key} is " in str(caught.value)


@pytest.mark.parametrize("key", [k for k in SCHEMA["required"] if k not in ("format", "version")])
def test_no_damage_escapes_as_another_error(key: str) -> None:
    for wrong in (None, [], {}, [[]], [{}], "x", 1, {"name": 1}):
        try:
            from_dict({**to_dict(REPORTS[1]), key: wrong})
        except FileFormatError:
            continue
