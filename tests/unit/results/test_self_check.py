"""A baseline's check as JSON and back."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from lookoutcv.drift.check_baseline import check_baseline
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.self_check import SelfCheck

SCHEMA: dict[str, Any] = json.loads(files("lookoutcv.results").joinpath("self_check.schema.json").read_text("utf-8"))
CHECK = SelfCheck(
    images=300,
    detectable={"50": 0.4, "200": 0.2},
    alpha=0.01,
    splits=(50, 1),
    blocks=(10, 3),
    batches=5,
    one_label=False,
    by=("camera", 0.6),
    copies=(2, 300),
    autocorrelation=0.8,
    sentences=("Frames of a video.",),
)


@pytest.mark.parametrize("check", [CHECK, replace(CHECK, by=None, autocorrelation=None), check_baseline(Profile())])
def test_what_is_written_reads_back_and_is_as_the_schema_says(check: SelfCheck) -> None:
    values = json.loads(json.dumps(check.to_dict(), allow_nan=False))
    Draft202012Validator(SCHEMA).validate(values)
    assert SelfCheck.from_dict(values) == check


def test_the_schema_describes_every_field_and_refuses_others() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["required"] == list(SCHEMA["properties"]) == [field.name for field in fields(SelfCheck)]
    assert all("description" in value for value in SCHEMA["properties"].values())
    for wrong in ({"by": [0.6, "camera"]}, {"splits": [1]}, {"detectable": {"50": "x"}}):
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(CHECK.to_dict())) | wrong)
