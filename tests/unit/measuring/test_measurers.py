from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import lookoutcv as lo
from lookoutcv.errors import ConfigError, MetricFailed
from lookoutcv.pixels.view import ImageView
from lookoutcv.predictions import Classification, Prediction
from lookoutcv.records.measurer import MeasuredColumn, Measurer

COLUMNS = (
    MeasuredColumn("gate.distance", "number", "grey level"),
    MeasuredColumn("gate.open", "flag"),
    MeasuredColumn("gate.verdict", "category"),
)


def judge(view: ImageView, prediction: Prediction | None) -> dict[str, Any]:
    """A gate that lets bright images through, and says more of those that it has a prediction for."""
    brightness = float(view.luma.mean())
    label = prediction.label if isinstance(prediction, Classification) else "no prediction"
    return {"gate.distance": abs(brightness - 128), "gate.open": brightness > 100, "gate.verdict": label}


def failing(view: ImageView, prediction: Prediction | None) -> dict[str, Any]:
    if view.luma.mean() < 50:
        raise ValueError("too dark")
    return {}


GATE = Measurer("gate", COLUMNS, judge)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images = tmp_path / "images"
    images.mkdir()
    for number in range(120):
        pixels = np.full((24, 32, 3), 20 + number * 37 % 120, np.uint8)  # in no order
        pixels[:8] += np.uint8(number % 7)
        Image.fromarray(pixels).save(images / f"{number:03}.png")
    return images


def light(pixels: Any) -> list[float]:
    bright = float(pixels.mean()) / 255
    return [bright, 1 - bright]


CARD = {"labels": ["day", "night"], "head": "softmax"}


def columns_of(records: Any) -> list[list[Any]]:
    return [records.table.column(one.name).to_pylist() for one in COLUMNS]


@pytest.mark.parametrize("form", ["parquet", "csv", "json"])
def test_from_images_to_a_file_and_back(form: str, folder: Path, tmp_path: Path) -> None:
    measured = lo.measure(folder, measurers=[GATE], metrics="exposure", workers=1)
    distance, is_open, verdict = columns_of(measured)
    assert len(distance) == 120
    assert distance[0] == pytest.approx(108, abs=0.5)
    assert is_open == [level > 100 for level in measured.table.column("exposure.brightness").to_numpy() * 255]
    assert set(verdict) == {"no prediction"}
    path = tmp_path / f"records.{form}"
    lo.measure(folder, measurers=[GATE], metrics="exposure", workers=1, output=path)
    if form == "parquet":
        read = lo.load(path)
        assert columns_of(read) == [distance, is_open, verdict]
        assert read.table.schema.field("gate.distance").metadata[b"lookoutcv.unit"] == b"grey level"
    else:
        assert "gate.verdict" in path.read_text()


def test_a_measurer_is_given_the_prediction_and_several_processes_give_the_same(folder: Path) -> None:
    options: dict[str, Any] = {"model": light, "card": CARD, "metrics": "exposure", "measurers": [GATE]}
    alone = lo.measure(folder, workers=1, **options)
    assert columns_of(alone)[2] == alone.table.column("prediction").to_pylist()
    assert alone.table.equals(lo.measure(folder, workers=2, **options).table)
    without = [lo.measure(folder, workers=workers, measurers=[GATE], metrics="exposure").table for workers in (1, 2)]
    assert without[0].equals(without[1])


def test_of_one_image() -> None:
    pixels = np.full((8, 8, 3), 120, np.uint8)
    one = lo.measure(pixels, measurers=[GATE], metrics="exposure")
    assert one.measured == {"gate.distance": 8.0, "gate.open": True, "gate.verdict": "no prediction"}
    assert one.to_dict()["gate.open"] is True
    said = lo.measure(pixels, measurers=[GATE], metrics="exposure", model=light, card=CARD)
    assert said.measured["gate.verdict"] == said.prediction["prediction"]


def test_the_cache_does_not_answer_for_a_measurer(folder: Path, tmp_path: Path) -> None:
    lo.measure(folder, metrics="exposure", workers=1, cache=tmp_path / "cache")
    assert (
        None
        not in columns_of(
            lo.measure(folder, metrics="exposure", workers=1, cache=tmp_path / "cache", measurers=[GATE])
        )[0]
    )


def test_an_image_that_a_measurer_fails_on_is_skipped_or_ends_it(folder: Path) -> None:
    dark = Measurer("dark", (MeasuredColumn("dark.none"),), failing)
    records = lo.measure(folder, measurers=[dark], metrics="exposure", workers=1)
    assert 0 < records.skipped_count < 120
    assert "too dark" in records.skipped[0].reason
    with pytest.raises(MetricFailed):
        lo.measure(folder, measurers=[dark], metrics="exposure", workers=1, strict=True)


def test_a_column_belongs_to_one(folder: Path) -> None:
    twice = Measurer("own", (MeasuredColumn("exposure.brightness"),), failing)
    for wrong in ([GATE, GATE], [twice]):
        with pytest.raises(ConfigError, match="measured twice"):
            lo.measure(folder, measurers=wrong, metrics="exposure")


def test_its_numbers_are_compared_as_metrics_are(folder: Path, tmp_path: Path) -> None:
    how: dict[str, Any] = {"measurers": [GATE], "metrics": "exposure", "workers": 1}
    baseline = lo.baseline(folder, **how)
    assert "gate.distance" in baseline.profile.sample.column_names
    assert "gate.verdict" not in baseline.profile.sample.column_names
    path = baseline.save(tmp_path / "baseline.parquet")
    dark = [np.full((24, 32, 3), level * 7 % 20, np.uint8) for level in range(120)]
    report = lo.monitor(dark, baseline=path, **how)
    distance = next(metric for metric in report.metrics if metric.name == "gate.distance")
    assert distance.significant
