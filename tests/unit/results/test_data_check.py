"""A data check as JSON and back, and as its schema says."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile
from lookoutcv.results.data_check import ClassCount, DataCheck, DataFinding, Leak
from lookoutcv.results.images.duplicates import Duplicates
from lookoutcv.results.images.image_example import ImageExample
from lookoutcv.results.images.skipped import Skipped

SCHEMA: dict[str, Any] = json.loads(files("lookoutcv.results").joinpath("data_check.schema.json").read_text("utf-8"))
DEFINITIONS: dict[str, Any] = {
    "class": ClassCount,
    "finding": DataFinding,
    "duplicates": Duplicates,
    "leak": Leak,
    "image": ImageExample,
    "skipped": Skipped,
}
SMALL = DataCheck("photos", 2, [ClassCount("cat", 1), ClassCount("dog", 1)])
WHOLE = replace(
    SMALL,
    classes=[ClassCount("cat", 40, 1, 2), ClassCount("../x", 4)],
    findings=[DataFinding("imbalance", "medium", "There are 40 images of cat and 4 of ../x.", "Add images.")],
    sizes={"short": [1.0, 2.0, 3.0, 4.0, 5.0], "long": [1.5, 2.0, 3.0, 4.0, 5.0]},
    quality={"exposure.brightness": [0.1, 0.2, 0.3, 0.4, 0.5]},
    duplicates=Duplicates([["a", "b"]], [["c", "d"]], [], 2, 44),
    leaks=[Leak(["a", "b"], ["test", "train"], ["cat"])],
    suspicious=[ImageExample("a", 0.98, ["labelled 'cat', looks like 'dog' (97%)"])],
    unusual=[ImageExample("b", 3.2, ["darker"], "aGk=")],
    unlabelled=3,
    skipped=[Skipped("e", "truncated")],
    skipped_count=1,
    notes=["3 hidden images are not read."],
)


@pytest.mark.parametrize("check", [SMALL, WHOLE], ids=["small", "whole"])
def test_what_is_written_reads_back_and_is_as_the_schema_says(check: DataCheck) -> None:
    values = json.loads(json.dumps(check.to_dict(), allow_nan=False))
    Draft202012Validator(SCHEMA).validate(values)
    assert DataCheck.from_dict(values) == check


def test_the_schema_describes_every_field_and_refuses_others() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    names = [field.name for field in fields(DataCheck)]
    assert SCHEMA["required"] == list(SCHEMA["properties"]) == ["format", "version", *names]
    assert set(SCHEMA["$defs"]) == set(DEFINITIONS)
    for key, definition in SCHEMA["$defs"].items():
        names = [field.name for field in fields(DEFINITIONS[key])]
        assert definition["required"] == list(definition["properties"]) == names
        assert all("description" in value for value in definition["properties"].values())
    for wrong in ({"sizes": {"short": [1]}}, {"images": -1}, {"findings": [{"kind": "x"}]}):
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(WHOLE.to_dict())) | wrong)


def test_others_are_refused() -> None:
    with pytest.raises(NotOurFile, match="is not a LookOutCV data check"):
        DataCheck.from_dict({"format": "lookoutcv.evaluation", "version": 1})
    with pytest.raises(NewerFormat, match="pip install -U"):
        DataCheck.from_dict(SMALL.to_dict() | {"version": 2})
    with pytest.raises(CorruptFile, match="images is"):
        DataCheck.from_dict(SMALL.to_dict() | {"images": "many"})
