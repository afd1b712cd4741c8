"""What another room measures on an image: columns of its own in the log, and in the records that are made of it."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError
from lookoutcv.log.table.log_table import open_table
from lookoutcv.pixels.view import ImageView
from lookoutcv.predictions import Classification, Prediction
from lookoutcv.records.measurer import MeasuredColumn, Measurer, is_measured

COLUMNS = (
    MeasuredColumn("gate.brightness", unit="grey level"),
    MeasuredColumn("gate.open", "flag"),
    MeasuredColumn("gate.verdict", "category"),
)
NAMES = [column.name for column in COLUMNS]


def judge(view: ImageView, prediction: Prediction | None) -> dict[str, Any]:
    """A gate that refuses dark images, and says what the model said of those that pass."""
    brightness = float(view.pixels.mean())
    if brightness == 13:
        raise ZeroDivisionError("thirteen")
    verdict = prediction.label if isinstance(prediction, Classification) else None
    return {"gate.brightness": brightness, "gate.open": brightness > 50, "gate.verdict": verdict}


GATE = Measurer("gate", COLUMNS, judge)


@pytest.fixture
def log(tmp_path: Path) -> lo.PredictionLog:
    with lo.ClassificationLogger(
        "m", enabled_metrics="exposure.brightness", measurers=[GATE], directory=tmp_path / "log", when_full="block"
    ) as logger:
        for grey in (60, 20, 13):
            pixels = np.full((8, 8, 3), grey, np.uint8)
            assert logger.log_prediction(pixels, "cat", 0.5, f"{grey}.jpg")
            logger.flush()  # one at a time, so that each is measured
        assert logger.log_prediction(None, "cat", 0.5, "none.jpg")
    return lo.open_log(tmp_path / "log")


def test_its_columns_are_in_the_table(log: lo.PredictionLog) -> None:
    rows = {row["id"]: row for row in log.read().to_pylist()}
    assert [rows["60.jpg"][name] for name in NAMES] == [60.0, True, "cat"]
    assert [rows["20.jpg"][name] for name in NAMES] == [20.0, False, "cat"]
    assert [rows["none.jpg"][name] for name in NAMES] == [None, None, None]
    assert log.query('SELECT id FROM log WHERE "gate.open"').to_pylist() == [{"id": "60.jpg"}]


def test_what_a_call_measured_itself_is_taken_and_the_measurer_not_asked(tmp_path: Path) -> None:
    def never(view: ImageView, prediction: Prediction | None) -> dict[str, Any]:
        raise AssertionError

    given = {"gate.brightness": 7, "gate.open": False, "gate.verdict": "dark"}
    never_asked = Measurer("gate", COLUMNS, never)
    image = lo.read(np.full((8, 8, 3), 60, np.uint8))
    with lo.ClassificationLogger("m", enabled_metrics=[], measurers=[never_asked], directory=tmp_path) as logger:
        logger.log_prediction(image, "cat", 0.5, "whole", measured=given)
        logger.log_prediction(None, "cat", 0.5, "no image", measured={"gate.verdict": "dark"})
        logger.log_prediction(None, "cat", 0.5, "another's", measured={"blur": 3, "gate.open": False})
        logger.log_prediction(None, "cat", 0.5, "a word", measured={"gate.brightness": "much"})
        logger.log_prediction(None, "cat", 0.5, "none", measured=3)  # type: ignore[arg-type]
        logger.log(Classification("cat", 0.5), None, "by log", measured=given)
    rows = {row["id"]: row for row in lo.open_log(tmp_path).read().to_pylist()}
    assert [[row[name] for name in NAMES] for row in rows.values()] == [
        *([7.0, False, "dark"], [None, None, "dark"], [None, False, None]),
        *([None] * 3, [None] * 3, [7.0, False, "dark"]),
    ]
    assert rows["whole"]["image_state"] == "measured"
    assert [row["problems"] for row in rows.values()] == [
        *(None, None, ["no measurer of the logger has a column 'blur'"]),
        ["the measurer 'gate' was given what it cannot hold (ValueError: could not convert string to float: 'much')"],
        *(["measured is no mapping: int"], None),
    ]


def test_one_that_fails_costs_its_own_columns_and_is_noted(log: lo.PredictionLog) -> None:
    (row,) = log.show("13.jpg")
    assert "the measurer 'gate' failed (ZeroDivisionError: thirteen)" in row["problems"][0]
    assert row["image_state"] == "measured"
    assert row["flagged"]
    assert "exposure.brightness" in row
    assert "gate.open" not in row


def test_records_of_the_log_know_them_as_measured(
    log: lo.PredictionLog, tmp_path_factory: pytest.TempPathFactory
) -> None:
    exported = tmp_path_factory.mktemp("exported") / "a.parquet"
    assert log.compact().before > 1  # files that were rewritten too
    batches = list(open_table(log.directory).records())
    assert [field.name for field in batches[0].schema if is_measured(field)] == NAMES
    assert log.export(exported) == 4
    loaded = lo.load(exported)
    assert isinstance(loaded, lo.Records)
    assert sorted(filter(None, loaded.table.column("gate.verdict").to_pylist())) == ["cat", "cat"]


def test_a_logger_is_pickled_with_its_measurers(tmp_path: Path) -> None:
    log = lo.ClassificationLogger("m", enabled_metrics=[], directory=tmp_path, measurers=[GATE])
    with log, pickle.loads(pickle.dumps(log)) as again:
        assert again._job.measurers == (GATE,)


@pytest.mark.parametrize("taken", ["exposure.brightness", "output.confidence", "gate.open"])
def test_a_column_is_filled_by_one_alone(tmp_path: Path, taken: str) -> None:
    other = Measurer("other", (MeasuredColumn(taken),), judge)
    with pytest.raises(ConfigError, match="measured twice"):
        lo.ClassificationLogger("m", directory=tmp_path, measurers=[GATE, other])
