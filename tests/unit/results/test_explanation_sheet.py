"""A sheet of explanations reads back as it was written, and its schema describes it."""

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
from lookoutcv.results.explanation_sheet import ExplainedClass, ExplainedPicture, ExplanationSheet, MapFaithfulness
from lookoutcv.results.images.skipped import Skipped

AGAINST = MapFaithfulness(0.2, 0.6, 0.3, 0.1, 0.5)
CLASS = ExplainedClass("cat", 0.75, "grad_cam", "features.12", True, 0.5, 0.25, ["A note."], "/9j/AA==", AGAINST)
EMPTY = ExplainedClass("dog", None, "occlusion", "", False, notes=["The map is zero at every place."])
SHEET = ExplanationSheet(
    "pets 3",
    "ab" * 32,
    [ExplainedPicture("a.jpg", 640, 480, [CLASS, EMPTY], ["Said."], "/9j/AA==")],
    5,
    [Skipped("b.jpg", "it is cut off")],
    1,
    ["Covered: faces."],
)
DEFINITIONS: dict[str, type] = {
    "map_faithfulness": MapFaithfulness,
    "explained_class": ExplainedClass,
    "explained_picture": ExplainedPicture,
    "skipped": Skipped,
}


def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        files("lookoutcv.results").joinpath("explanation_sheet.schema.json").read_text("utf-8")
    )
    return found


def test_what_is_written_reads_back_and_is_as_the_schema_says(tmp_path: Path) -> None:
    text = json.dumps(SHEET.to_dict(), allow_nan=False)
    Draft202012Validator(schema()).validate(json.loads(text))
    assert ExplanationSheet.from_dict(json.loads(text)) == SHEET
    (tmp_path / "sheet.json").write_text(text)
    assert lo.load(tmp_path / "sheet.json") == SHEET


def test_the_schema_describes_every_field() -> None:
    found = schema()
    Draft202012Validator.check_schema(found)
    names = [field.name for field in fields(ExplanationSheet)]
    assert found["required"] == list(found["properties"]) == ["format", "version", *names]
    for key, definition in found["$defs"].items():
        names = [field.name for field in fields(DEFINITIONS[key])]
        assert definition["required"] == list(definition["properties"]) == names
        assert all("description" in value for value in definition["properties"].values())


def test_others_are_refused() -> None:
    with pytest.raises(NotOurFile, match="is not a LookOutCV sheet of explanations"):
        ExplanationSheet.from_dict({"format": "lookoutcv.evaluation"})
    with pytest.raises(NewerFormat, match="pip install -U"):
        ExplanationSheet.from_dict(SHEET.to_dict() | {"version": 2})
    with pytest.raises(CorruptFile, match=r"images\[0\]\.classes is missing"):
        ExplanationSheet.from_dict(SHEET.to_dict() | {"images": [{"id": "a", "width": 1, "height": 1}]})


def test_every_form_draws_it_with_pictures_and_without() -> None:
    page = lo.render(SHEET, format="html")
    assert "data:image/jpeg;base64,/9j/AA==" in str(page)
    for wanted in ("a.jpg", "grad_cam at features.12", "The map is zero at every place.", "Covered: faces."):
        assert wanted in str(page)
    text = str(lo.render(SHEET, format="markdown", thumbnails=False))
    assert "/9j/" not in text
    assert "grad_cam at features.12" in text
    assert "b.jpg" in text
    assert "| +0.30 (+0.10 to +0.50) |" in text
    assert "Yellow" not in text
    assert "3 of 5 images were not asked about." in text
    assert lo.render(SHEET, width=80)
