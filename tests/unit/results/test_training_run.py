"""Training runs as JSON and back, and as their schema says."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lookoutcv.errors import CorruptFile, NewerFormat, NotOurFile
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.results.tracking_record import TrackingRecord
from lookoutcv.results.training_run import (
    Candidate,
    EpochPoint,
    PairedDifference,
    PartSummary,
    Score,
    TrainingRun,
    WeightsOrigin,
)
from run_to_draw import RUN, SMALL_RUN

DEFINITIONS: dict[str, Any] = {
    "weights": WeightsOrigin,
    "point": EpochPoint,
    "score": Score,
    "candidate": Candidate,
    "difference": PairedDifference,
    "part": PartSummary,
    "tracking": TrackingRecord,
}
RUNS = pytest.mark.parametrize("run", [RUN, SMALL_RUN], ids=["whole", "small"])
GOLDEN = Path(__file__).parents[2] / "golden/data/training-run-v1.json"


def schema(name: str = "training_run") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files("lookoutcv.results").joinpath(f"{name}.schema.json").read_text("utf-8"))
    return found


def check(written: dict[str, Any]) -> None:
    """Whether it is as the schema says, with the evaluation in it."""
    Draft202012Validator(schema()).validate(written)
    if written["evaluation"] is not None:
        stored = {"format": Evaluation.FORMAT, "version": Evaluation.VERSION, **written["evaluation"]}
        Draft202012Validator(schema("evaluation")).validate(stored)


@RUNS
def test_what_is_written_reads_back_and_is_as_the_schema_says(run: TrainingRun) -> None:
    text = json.dumps(run.to_dict(), allow_nan=False)
    check(json.loads(text))
    assert TrainingRun.from_dict(json.loads(text)) == run


def test_the_schema_describes_every_field() -> None:
    found = schema()
    Draft202012Validator.check_schema(found)
    names = [field.name for field in fields(TrainingRun)]
    assert found["required"] == list(found["properties"]) == ["format", "version", *names]
    assert set(found["$defs"]) == set(DEFINITIONS)
    for key, definition in found["$defs"].items():
        names = [field.name for field in fields(DEFINITIONS[key])]
        assert definition["required"] == list(definition["properties"]) == names
        assert all("description" in value for value in definition["properties"].values())


def test_where_it_was_told_reads_back() -> None:
    run = replace(SMALL_RUN, tracking=TrackingRecord("http://a", "pets", "1f", "pets", "3", {"points": 2}, "gone"))
    check(run.to_dict())
    assert TrainingRun.from_dict(run.to_dict()) == run


def test_a_loss_that_is_no_number_reads_back_as_none() -> None:
    point = replace(RUN.candidates[0].curve[0], train_loss=float("nan"), validation_loss=float("inf"))
    run = replace(SMALL_RUN, candidates=[replace(SMALL_RUN.candidates[0], curve=[point])])
    back = TrainingRun.from_dict(json.loads(json.dumps(run.to_dict(), allow_nan=False)))
    assert back.candidates[0].curve == [replace(point, train_loss=None, validation_loss=None)]


def test_what_version_1_wrote_still_reads() -> None:
    written = json.loads(GOLDEN.read_text("utf-8"))
    run = TrainingRun.from_dict(written)
    assert (written["version"], run.best, len(run.candidates)) == (1, "efficientnet_b0", 4)
    assert {key: value for key, value in run.to_dict().items() if key in written} == written


def test_others_are_refused() -> None:
    with pytest.raises(NotOurFile, match="is not a LookOutCV training run"):
        TrainingRun.from_dict({"format": "lookoutcv.evaluation"})
    with pytest.raises(NewerFormat, match="pip install -U"):
        TrainingRun.from_dict(RUN.to_dict() | {"version": 2})
    with pytest.raises(CorruptFile, match=r"candidates\[0\]\.status is not one of trained, stopped, dropped, failed"):
        TrainingRun.from_dict(RUN.to_dict() | {"candidates": [{"name": "a", "status": "lost"}]})
