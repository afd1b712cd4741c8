"""An evaluation of a gate reads back as it was written, and its schema describes it."""

from __future__ import annotations

import json
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import lookoutcv as lo
from lookoutcv.errors import NewerFormat, NotOurFile
from lookoutcv.results.gate_evaluation import CurvePoint, GateEvaluation, GateShare, RefusedBy, WrongVerdict
from lookoutcv.results.images.skipped import Skipped

EVALUATION = GateEvaluation(
    gate="gates/door",
    variant="composite",
    data="labels.csv",
    sharp=10,
    blurred=8,
    cut=-1.5,
    cut_words="It will refuse 0.0 to 27.8% of good images like the 10 that chose it (95% interval).",
    accuracy=0.8125,
    answered=0.9,
    auc=0.9,
    auc_low=0.7,
    auc_high=0.97,
    shares=[
        GateShare("all", "all", True, 10, 8, 1, 0.5, 0.9),
        GateShare("all", "all", False, 8, 5, 1, 0.3, 0.9),
        GateShare("kind", "motion", False, 8, 5, 1, 0.3, 0.9),
        GateShare("kind and strength", "motion 2", False, 2, 0, 2),
        GateShare("nuisance", "jpeg", True, 10, 8, 1, 0.5, 0.9),
    ],
    roc=[CurvePoint(0.0, 0.0), CurvePoint(1.0, 1.0)],
    precision_recall=[CurvePoint(0.5, 1.0), CurvePoint(1.0, 0.5)],
    refused=[RefusedBy("exposure", 2, "nearly all of it is black")],
    wrong=[WrongVerdict("a.jpg", True, -2.0, 0.9, "jpeg", "/9j/AA=="), WrongVerdict("b.jpg", False, 1.0, 0.8)],
    seen=True,
    unlabelled=3,
    skipped=[Skipped("c.jpg", "it is cut off")],
    skipped_count=1,
    notes=["A note."],
)
DEFINITIONS: dict[str, type] = {
    "gate_share": GateShare,
    "curve_point": CurvePoint,
    "refused_by": RefusedBy,
    "wrong_verdict": WrongVerdict,
    "skipped": Skipped,
}


def schema() -> dict[str, Any]:
    text = files("lookoutcv.results").joinpath("gate_evaluation.schema.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def test_what_is_written_reads_back_and_is_as_the_schema_says(tmp_path: Path) -> None:
    text = json.dumps(EVALUATION.to_dict(), allow_nan=False)
    Draft202012Validator(schema()).validate(json.loads(text))
    assert GateEvaluation.from_dict(json.loads(text)) == EVALUATION
    (tmp_path / "gate.json").write_text(text)
    assert lo.load(tmp_path / "gate.json") == EVALUATION


def test_the_schema_describes_every_field() -> None:
    found = schema()
    Draft202012Validator.check_schema(found)
    names = [field.name for field in fields(GateEvaluation)]
    assert list(found["properties"]) == ["format", "version", *names]
    for key, definition in found["$defs"].items():
        assert list(definition["properties"]) == [field.name for field in fields(DEFINITIONS[key])]
        assert all("description" in value for value in definition["properties"].values())


def test_others_are_refused() -> None:
    with pytest.raises(NotOurFile, match="is not a LookOutCV evaluation of a gate"):
        GateEvaluation.from_dict({"format": "lookoutcv.evaluation"})
    with pytest.raises(NewerFormat, match="pip install -U"):
        GateEvaluation.from_dict(EVALUATION.to_dict() | {"version": 2})


def test_every_form_draws_it() -> None:
    page = lo.render(EVALUATION, format="html")
    for words in (
        "motion 2",
        "Surest mistakes",
        "nearly all of it is black",
        "it is cut off",
        "3 images without a label",
    ):
        assert words in page
    assert "sharp (jpeg), called blurred (90.0% sure)" in page
    assert len(lo.render(EVALUATION, format="pdf")) > 1000
    text = lo.render(EVALUATION, format="terminal")
    assert "Right on 81.2% of 18 images" in text
    bare = lo.render(EVALUATION, format="html", thumbnails=False)
    assert "data:image" not in bare
