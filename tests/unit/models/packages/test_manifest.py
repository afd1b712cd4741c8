"""What a package says of itself is checked before any file is looked at."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile
from lookoutcv.models import packages
from lookoutcv.models.packages.manifest import Agreement, Backbone, Manifest, PackedFile, SmallModel, is_plain_name
from lookoutcv.results.training_run import WeightsOrigin

SUM = "0" * 64
SCHEMA: dict[str, Any] = json.loads(files(packages).joinpath("package.schema.json").read_text("utf-8"))
DEFINITIONS: dict[str, Any] = {
    "file": PackedFile,
    "weights": WeightsOrigin,
    "backbone": Backbone,
    "agreement": Agreement,
    "int8": SmallModel,
}


def manifest(*names: str, **changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "name": "pets",
        "model_version": "1",
        "created": "2026-11-30T00:00:00Z",
        "tool": "t",
        "task": "classification",
        "classes": ["cat", "../x", "con", "Käfer"],
        "model": "model.onnx",
        "files": [PackedFile(name, 3, SUM) for name in names or ("model.onnx", "model.card.yaml")],
    }
    return Manifest(**{**values, **changes})


def test_it_reads_back_as_it_was() -> None:
    one = manifest()
    assert Manifest.from_dict(one.to_dict(), "p").checked("p") == one
    assert list(one.to_dict())[:2] == ["format", "version"]


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "a/../b", "/etc/passwd", "C:/x", "c:x", "a\\b", "", ".", "..", ".git/config", "a//b", "a/", "./a"),
        *(
            "con",
            "CON",
            "aux.txt",
            "nul",
            "com1.onnx",
            "a/lpt9",
            "prn",
            "a\0",
            "a\nb",
            "a.",
            "a ",
            "\N{RIGHT-TO-LEFT OVERRIDE}a",
        ),
        *("package.json", "a/b/c/d/e/f", "x" * 200),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(CorruptFile, match="not the name of a file inside it"):
        manifest("model.onnx", "model.card.yaml", name).checked("p")


@given(st.text(max_size=20))
def test_a_plain_name_stays_inside_on_every_system(name: str) -> None:
    if is_plain_name(name):
        assert (Path("/top") / name).resolve().is_relative_to("/top")
        assert "\\" not in name
        assert ":" not in name
        assert not name.startswith(("/", "."))


def test_names_that_one_system_takes_for_one_are_refused() -> None:
    with pytest.raises(CorruptFile, match=r"files\[2\]\.name is there twice"):
        manifest("model.onnx", "model.card.yaml", "MODEL.onnx").checked("p")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "other.onnx"}, "model is without 'other.onnx'"),
        ({"files": [PackedFile("model.onnx", 3, SUM)]}, "files is without 'model.card.yaml'"),
        ({"files": [PackedFile("model.onnx", -1, SUM)]}, "no SHA-256"),
        ({"files": [PackedFile("model.onnx", 1, "00")]}, "no SHA-256"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(CorruptFile) as caught:
        manifest(**changes).checked("p")
    assert words in str(caught.value)


def test_a_newer_version_and_another_file_are_told_apart() -> None:
    with pytest.raises(NewerFormat, match="version 9"):
        Manifest.from_dict({**manifest().to_dict(), "version": 9}, "p")
    with pytest.raises(NotOurFile, match="is not a LookOutCV package"):
        Manifest.from_dict({"name": "npm"}, "p")


def whole() -> dict[str, Any]:
    """All that a package can say, as JSON values."""
    one = manifest(
        licence="mit",
        weights=WeightsOrigin("hub", "timm/x", SUM, "mit"),
        backbone=Backbone("timm", "resnet18", 11_000_000),
        data_sha256=SUM,
        division=["The parts are those of the source."],
        agreement=Agreement(8, 1e-6, 1e-4, "logits"),
        int8=SmallModel("model.int8.onnx", 9, 10, 0.8, 0.9, 0.95, 100),
        notes=["It has no baseline."],
    )
    found: dict[str, Any] = json.loads(json.dumps(one.to_dict()))
    return found


def test_the_schema_describes_every_field_of_package_json() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for values in (whole(), json.loads(json.dumps(manifest().to_dict()))):
        Draft202012Validator(SCHEMA).validate(values)
        assert Manifest.from_dict(values, "p").checked("p").to_dict() == values
    names = [field.name for field in fields(Manifest)]
    assert SCHEMA["required"] == list(SCHEMA["properties"]) == ["format", "version", *names]
    assert set(SCHEMA["$defs"]) == set(DEFINITIONS)
    for key, definition in SCHEMA["$defs"].items():
        names = [field.name for field in fields(DEFINITIONS[key])]
        assert definition["required"] == list(definition["properties"]) == names
        assert all("description" in value for value in definition["properties"].values())


@pytest.mark.parametrize("key", [field.name for field in fields(Manifest)])
@pytest.mark.parametrize("wrong", [True, {"x": 1}, [[1]]])
def test_a_wrong_value_is_refused_with_the_name_of_its_field_by_the_schema_and_when_it_is_read(
    key: str, wrong: object
) -> None:
    values = whole() | {key: wrong}
    with pytest.raises(ValidationError) as refused:
        Draft202012Validator(SCHEMA).validate(values)
    assert refused.value.absolute_path[0] == key
    with pytest.raises(CorruptFile, match=rf"p is damaged: {key}\b"):
        Manifest.from_dict(values, "p")


def test_a_name_that_leads_outside_is_refused_by_the_schema_too() -> None:
    for name in ("../x", "/etc/passwd", "a\\b", "c:x", ""):
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMA).validate(whole() | {"files": [{"name": name, "bytes": 1, "sha256": SUM}]})
