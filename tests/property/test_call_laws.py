"""Every public call, with each of its arguments of a wrong type: it works, or says in a sentence which one is wrong."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, LookoutError
from lookoutcv.images import thumbnail

WRONG = [3, True, object(), b"", "", [], {}, [3], [None], {"a": 3}, {3}, np.zeros(3), lambda *_: None]
# Made by the product, and by nobody else: what they hold is checked where it is read.
RESULTS = {"Baseline", "CardProposal", "Compacted", "DetectionEvaluation", "DriftReport", "Erased", "Evaluation"}
RESULTS |= {"Image", "Imported", "Labelled", "LogOverview", "LogStats", "LoggedModel", "Measurement", "Predictions"}
RESULTS |= {"Predictor", "ProjectSettings", "Records", "Retained", "Vacuumed", "TrainingRun", "Package"}
RESULTS |= {
    "AddedSamples",
    "ExplanationSheet",
    "Explanations",
    "FittedGate",
    "Gate",
    "GateEvaluation",
    "GateVerdict",
    "GateVerdicts",
    "History",
    "Samples",
}
# An error takes any field, and a TypedDict is a dict: the functions that are given it look at it.
ELSEWHERE = {"LookoutError", "Options", "CVMetrics"}
OF_A_METRIC = {"unit": "1", "range": (0, 1), "grid": None, "rises": "up", "falls": "down", "source": "ours"}


def _judge(view: Any, prediction: Any) -> dict[str, float]:
    return {"gate.level": float(view.pixels.mean())}


def _classify(image: Any) -> list[float]:
    return [float(image.mean()) / 255, 1 - float(image.mean()) / 255]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A value that fits, by the name of an argument."""
    folder = tmp_path_factory.mktemp("world")
    images = [np.full((8, 8, 3), level, np.uint8) for level in range(40)]
    known = lo.baseline(images, metrics="exposure", workers=1)
    report = lo.monitor(images, baseline=known, workers=1)
    lo.render(report, folder / "report.json")
    with lo.ClassificationLogger("pets", enabled_metrics=[], directory=folder / "logs") as logger:
        logger.log_prediction(None, "cat", 0.75, "a.jpg")
    for level, label in enumerate(("cat", "dog")):
        (folder / "val" / label).mkdir(parents=True)
        (folder / "val" / label / f"{level}.jpg").write_bytes(thumbnail(images[level]))
    (folder / "truth.csv").write_text("id,label\na.jpg,cat\n")
    return {
        "folder": folder,
        "log": lo.open_log(folder / "logs"),
        **dict.fromkeys(("a", "b", "images"), images[:3]),
        "source": folder / "val",
        "baseline": known,
        "report": report,
        "path": folder / "report.html",
        "model": _classify,
        "gate": "composite",
        "model_name": "pets",
        "reports": [folder / "report.json"],
        "file": folder / "truth.csv",
        "id": "a.jpg",
        "sql": "SELECT id FROM log",
        "sources": folder,
        "output": folder / "out.csv",
        "directory": folder / "logs",
        "place": folder / "history.db",
        "name": "gate.level",
        "columns": (lo.MeasuredColumn("gate.level"),),
        "measure": _judge,
        "pixels": np.zeros((4, 4, 3), np.uint8),
        "title": "Where it looks",
        "legend": "Yellow counts most.",
        "draw": _judge,
        "card": {"labels": ["cat", "dog"]},
        "older_than": "9d",
        "data": folder / "val",
        **dict.fromkeys(("first", "second"), folder / "val"),
    }


def _public() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in lo.__all__:
        if not name.startswith("_") and name not in RESULTS | ELSEWHERE:
            yield name, getattr(lo, name)
    for name, method in vars(lo.PredictionLog).items():
        if not name.startswith("_"):
            yield f"PredictionLog.{name}", method
    yield from (("Baseline.load", lo.Baseline.load), ("Card.of", lo.Card.of))


def _names(function: Callable[..., Any]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    options = {"Unpack[Options]": lo.Options.__annotations__, "Unpack[Filters]": vars(lo.LogFilter())}
    taken = next((options[one.annotation] for one in parameters if one.kind is one.VAR_KEYWORD), ())
    return [*(one.name for one in parameters if one.name != "self" and one.kind is not one.VAR_KEYWORD), *taken]


def _others(function: Callable[..., Any], name: str, world: dict[str, Any]) -> dict[str, Any]:
    """What the function cannot be called without."""
    known = world | (OF_A_METRIC if "unit" in _names(function) else {})
    if "wait" in _names(function):
        known |= {"images": ["b.jpg"]}  # those to erase
    if function.__name__ == "package":
        known |= {"model": world["folder"] / "none.onnx"}  # a file, and no function
    required = {
        one.name
        for one in inspect.signature(function).parameters.values()
        if one.default is one.empty and one.kind is not one.VAR_KEYWORD
    }
    if "older_than" in _names(function):
        required.add("older_than")  # or nothing is asked for
    if {"policy", "other_model"} <= {*_names(function)}:
        required.add("baseline")  # or there is nothing to compare with
    if function.__name__ == "serve":
        known |= {"model": world["folder"] / "none.onnx"}
        required.add("model")
    if {"top", "source"} <= {*_names(function)}:
        required.add("card")
    return {one: known[one] for one in required - {"self", name}}


ARGUMENTS = [
    pytest.param(function, name, id=f"{called}-{name}")
    for called, function in _public()
    for name in _names(function)
    # Every query starts a process; what chooses its rows is what chooses those of `read`.
    if (called, name in vars(lo.LogFilter())) != ("PredictionLog.query", True)
]


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_a_value_of_a_wrong_type_is_said(
    function: Callable[..., Any], name: str, world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(world["folder"])
    # What is asked for is looked at; nothing learns here.
    monkeypatch.setattr("lookoutcv.training.train.run_training", lambda *asked: None)
    others = _others(function, name, world)
    if "self" in inspect.signature(function).parameters:
        function = getattr(world["log"], function.__name__)
    names = {name.strip("_"), name.rstrip("s"), name.replace("_", "-")}
    for value in WRONG:
        try:
            result = function(**{name: value}, **others)
        except LookoutError as error:
            said = str(error).lower()
            shown = {*names, repr(value)[:20], type(value).__name__}
            of_content = not isinstance(error, ConfigError) or isinstance(value, str) or name == "max_bytes"
            assert of_content or any(one.lower() in said for one in shown), said
            continue
        if isinstance(result, lo.ClassificationLogger | lo.DetectionLogger | lo.SegmentationLogger):
            result.close()
