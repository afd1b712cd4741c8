"""Where a model looks is measured as anything else is: the same images each time, in records, baselines and the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lookoutcv as lo
from lookoutcv.errors import ConfigError, UnknownPlugin
from lookoutcv.predictions import Detections

CARD = {"labels": ["bright", "dark"], "head": "softmax"}
SPOT = {"labels": ["spot", "none"]}


def bright(pixels: Any) -> list[float]:
    share = float(pixels.mean() / 255)
    return [share, 1 - share]


def spot(pixels: Any) -> list[float]:
    share = min(float((pixels > 100).mean() * 10), 1.0)
    return [share, 1 - share]


def pictures(count: int, place: tuple[int, int], seed: int = 0) -> list[Any]:
    """Dark images of 40 px with a bright spot of 10 px at a place, near enough."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        pixels = random.integers(0, 6, (40, 40, 3), dtype=np.uint8)
        top, left = (int(one) for one in np.clip(np.array(place) + random.integers(-2, 3, 2), 0, 30))
        pixels[top : top + 10, left : left + 10] = 250
        made.append(pixels)
    return made


def measured(where: lo.Measurer, images: list[Any]) -> dict[str, list[Any]]:
    table = lo.measure(images, metrics=[], measurers=[where]).table
    return {name: table[name].to_pylist() for name in table.column_names if name.startswith("attention.")}


def test_it_says_how_much_lies_inside_a_box_and_on_the_border() -> None:
    where = lo.attention(spot, card=SPOT, box=(0.25, 0.25, 0.75, 0.75), samples=100)
    middle = measured(where, pictures(4, (15, 15)))
    corner = measured(where, pictures(4, (0, 0)))
    assert set(middle) == {"attention.spread", "attention.border", "attention.inside"}
    assert min(middle["attention.inside"]) > 0.8
    assert max(corner["attention.inside"]) < 0.3
    assert min(corner["attention.border"]) > 0.3
    assert max(middle["attention.border"]) < 0.1


def test_a_share_of_the_images_is_explained_and_the_same_each_time() -> None:
    images = pictures(60, (15, 15))
    where = lo.attention(bright, card=CARD, explain_share=0.3, samples=16)
    first = measured(where, images)["attention.spread"]
    known = [place for place, value in enumerate(first) if value is not None]
    assert 8 <= len(known) <= 30
    again = measured(lo.attention(bright, card=CARD, explain_share=0.3, samples=16), images[::-1])["attention.spread"]
    assert [59 - place for place, value in enumerate(again) if value is not None][::-1] == known
    none = measured(lo.attention(bright, card=CARD, explain_share=0.0), images[:5])["attention.spread"]
    assert none == [None] * 5


def spots(pixels: Any) -> Detections:
    rows, columns = np.nonzero(pixels.mean(2) > 100)
    if not len(rows):
        return Detections.none()
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    return Detections.of(np.array([box], np.float32), ["spot"], [min(len(rows) / 100, 1.0)])


def test_of_a_detector_the_box_of_its_object_counts_and_where_there_is_none_nothing_does() -> None:
    where = lo.attention(spots, card={"labels": ["spot"]}, samples=100)
    found = measured(where, [*pictures(2, (15, 15)), np.zeros((40, 40, 3), np.uint8)])
    assert all(value > 0.3 for value in found["attention.inside"][:2])
    assert found["attention.inside"][2] is None
    assert found["attention.spread"][2] is None


def test_a_model_that_looks_elsewhere_drifts() -> None:
    where = lo.attention(spot, card=SPOT, samples=49, box=(0.2, 0.2, 0.8, 0.8))
    how: dict[str, Any] = {"metrics": ["exposure.brightness"], "measurers": [where], "cache": False, "workers": 1}
    before = lo.baseline(pictures(60, (15, 15)), **how)
    same = lo.monitor(pictures(40, (15, 15), seed=5), baseline=before, **how)
    other = lo.monitor(pictures(40, (0, 0), seed=6), baseline=before, **how)
    assert not same.overall_drift_detected
    assert other.overall_drift_detected
    moved = {one.name: one for one in other.metrics if one.name.startswith("attention.")}
    assert moved["attention.inside"].significant
    assert moved["attention.inside"].effect < -0.9


def test_a_logger_takes_it(tmp_path: Path) -> None:
    where = lo.attention(bright, card=CARD, samples=16)
    with lo.ClassificationLogger("m", enabled_metrics=[], measurers=[where], directory=tmp_path) as log:
        log.log_prediction(pictures(1, (15, 15))[0], "bright", 0.9, "a.png")
    (row,) = lo.open_log(tmp_path).read().to_pylist()
    assert 0 < row["attention.spread"] <= 1


def test_what_cannot_be_is_refused_before_anything_is_measured() -> None:
    for share in (-0.1, 1.1):
        with pytest.raises(ConfigError, match="explain_share"):
            lo.attention(bright, card=CARD, explain_share=share)
    for box in ((0.5, 0, 0.2, 1), (0, 0, 2, 1)):
        with pytest.raises(ConfigError, match="box"):
            lo.attention(bright, card=CARD, box=box)
    with pytest.raises(UnknownPlugin):
        lo.attention(bright, card=CARD, method="grad_cm")
