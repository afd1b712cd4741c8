"""The model that is asked about every image that is measured."""

from __future__ import annotations

import math
import pickle
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, CorruptFile, InferenceFailed, MetricFailed
from lookoutcv.grids import linear
from lookoutcv.images import read
from lookoutcv.measuring.predictions.model_source import ModelSource
from lookoutcv.measuring.predictions.prediction_queue import PredictedColumns, PredictionQueue
from lookoutcv.outputs import output_metric, registry
from lookoutcv.records.model_identity import ModelIdentity, model_from_metadata

CARD = {"labels": ["day", "night"], "head": "softmax"}
GREY = [np.full((6, 8, 3), level, np.uint8) for level in range(0, 250, 2)]


def light(pixels: Any) -> Any:
    share = pixels.mean() / 255
    return [share, 1 - share]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "light.py"
    path.write_text(
        textwrap.dedent("""
        def light(pixels):
            return [pixels.mean() / 255, 1 - pixels.mean() / 255]

        def dark(pixels):
            return [1 - pixels.mean() / 255, pixels.mean() / 255]
        """)
    )
    return f"{path}:light"


def test_it_is_pickled_small_and_opened_again() -> None:
    prediction_source = ModelSource(light, CARD)
    assert prediction_source.identity == ModelIdentity("light", None, "classification", ("day", "night"))
    again = pickle.loads(pickle.dumps(prediction_source))
    assert again._predictor is None
    assert again.identity == prediction_source.identity
    assert prediction_source.picklable
    assert not ModelSource(lo.open_model(light, CARD)).picklable


def test_two_processes_give_the_rows_of_one(file: str) -> None:
    one = lo.measure(GREY, model=file, card=CARD, workers=1).table
    two = lo.measure(GREY, model=file, card=CARD, workers=2).table
    assert one.num_rows == len(GREY)
    assert repr(one.to_pylist()) == repr(two.to_pylist())
    by_value = lo.measure(GREY, model=light, card=CARD, workers=2).table
    assert by_value.column("prediction").equals(one.column("prediction"))


def test_a_model_that_is_open_stays_in_this_process() -> None:
    found = lo.measure(GREY, model=lo.open_model(light, CARD), workers=2).table
    assert found.column("prediction").to_pylist() == ["night" if i < 64 else "day" for i in range(len(GREY))]


def test_every_image_gets_its_own_prediction() -> None:
    queue = PredictionQueue(ModelSource(light, CARD))
    columns = {}
    for row, pixels in enumerate(GREY):
        queue.add(row, str(row), read(pixels))
        if queue.full:
            columns.update(queue.flush())
    columns.update(queue.flush())
    assert list(queue.flush()) == []
    scores = [one.prediction["scores"][0] for _, one in sorted(columns.items()) if isinstance(one, PredictedColumns)]
    assert [round(255 * float(score)) for score in scores] == list(range(0, 250, 2))


def test_models_are_the_same_by_file_function_task_and_labels(file: str) -> None:
    first = ModelSource(file, CARD).identity
    assert first.matches(ModelSource(file, CARD).identity)
    assert not first.matches(ModelSource(file.replace(":light", ":dark"), CARD).identity), (
        "another function of the same file"
    )
    assert not first.matches(ModelSource(file, {**CARD, "labels": ["night", "day"]}).identity)
    assert not first.matches(ModelSource(light, CARD).identity)
    assert ModelIdentity.from_dict(first.to_dict()) == first


@pytest.mark.parametrize(
    "told", [3, {}, {"name": "a", "sha256": None, "task": "juggling", "labels": []}, {"name": "a", "sha256": None}]
)
def test_what_records_say_of_a_model_is_not_trusted(told: Any) -> None:
    with pytest.raises(CorruptFile, match="damaged"):
        model_from_metadata({"model": told})
    assert model_from_metadata({}) is None


def test_one_image_is_asked_about_too() -> None:
    found = lo.measure(GREY[0], model=light, card=CARD)
    assert found.prediction["prediction"] == "night"
    assert found.prediction["output.confidence"] == 1
    assert found.to_dict()["scores"] == [0, 1]
    undefined = lo.measure(GREY[0], model=lambda _: [math.nan, 1.0], card=CARD).to_dict()
    assert (undefined["prediction"], undefined["output.confidence"], undefined["scores"]) == (None, None, [None, 1])


def test_a_model_that_fails_ends_the_run() -> None:
    def moody(pixels: Any) -> Any:
        if pixels[0, 0, 0] == 100:
            raise RuntimeError("not today")
        return light(pixels)

    with pytest.raises(InferenceFailed, match="not today"):
        lo.measure(GREY, model=moody, card=CARD, workers=1)


@pytest.fixture
def fussy(monkeypatch: pytest.MonkeyPatch) -> None:
    @output_metric(
        "output.fussy", task="classification", unit="1", range=(0, 1), grid=linear(0, 1, 10), source="ours",
        rises="more fussy", falls="less fussy",
    )  # fmt: skip
    def metric(view: Any) -> float:
        if view.pixels[0, 0, 0] == 100:
            raise ValueError("no")
        return 0.5

    real = list(registry)
    monkeypatch.setattr("lookoutcv.outputs.base.registry", [*real, metric])


@pytest.mark.usefixtures("fussy")
def test_an_image_whose_answer_cannot_be_measured_is_skipped_and_no_other() -> None:
    found = lo.measure(GREY, model=light, card=CARD, workers=1)
    assert [one.id for one in found.skipped] == ["0050"]
    assert "output.fussy" in found.skipped[0].reason
    assert found.table.num_rows == len(GREY) - 1
    assert found.table.column("prediction").null_count == 0
    with pytest.raises(MetricFailed, match="0050"):
        lo.measure(GREY, model=light, card=CARD, workers=1, strict=True)


def test_records_cannot_be_asked_about() -> None:
    records = lo.measure(GREY, workers=1)
    with pytest.raises(ConfigError, match="no images to ask about"):
        lo.baseline(records, model=light, card=CARD)
    answered = lo.measure(GREY, model=light, card=CARD, workers=1)
    assert lo.baseline(answered, model=light, card=CARD).model == ModelSource(light, CARD).identity
    assert lo.baseline(answered).model == ModelSource(light, CARD).identity
