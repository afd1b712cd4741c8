"""What every output metric promises, checked over all that the registry finds."""

from __future__ import annotations

import math
import re
from typing import Any, get_args

import numpy as np
import pytest

from lookoutcv.metrics.base import Change
from lookoutcv.outputs import OutputView, for_task, registry
from lookoutcv.predictions import TASKS, Classification, Detections, Segmentation

METRICS = list(registry)
PIXELS = {
    "1x1": np.random.default_rng(20261121).integers(0, 256, (1, 1, 3), dtype=np.uint8),
    "strip": np.random.default_rng(20261121).integers(0, 256, (2, 90, 3), dtype=np.uint8),
    "photograph": np.random.default_rng(20261121).integers(0, 256, (48, 64, 3), dtype=np.uint8),
}
MANY = tuple(f"class {i}" for i in range(1000))
NAN, INF = math.nan, math.inf
SAID: dict[str, dict[str, Any]] = {
    "classification": {
        "certain": Classification.of_scores([1, 0, 0], ["a", "b", "c"]),
        "even": Classification.of_scores([1 / 3, 1 / 3, 1 / 3], ["a", "b", "c"]),
        "one class": Classification.of_scores([1], ["a"]),
        "a thousand": Classification.of_scores(np.random.default_rng(20261121).dirichlet(np.full(1000, 0.1)), MANY),
        "a thousand, even": Classification.of_scores(np.full(1000, 1e-3), MANY),
        "no scores": Classification("a", 0.7),
        "no confidence": Classification("a", NAN),
        "NaN": Classification.of_scores([NAN, NAN], ["a", "b"]),
        "half NaN": Classification.of_scores([NAN, 0.5], ["a", "b"]),
    },
    "detection": {
        "nothing": Detections.none(),
        "one": Detections.of([[0.2, 0.1, 40, 30]], ["a"], [0.5]),
        "many": Detections.of(
            np.random.default_rng(20261121).uniform(0, 48, (300, 4)),
            ["a"] * 300,
            np.random.default_rng(20261122).uniform(0, 1, 300),
        ),
        "empty boxes": Detections.of([[5, 5, 5, 9], [7, 7, 7, 7]], ["a", "b"], [0.5, 0.4]),
        "outside": Detections.of([[-50, -50, -10, -10], [500, 500, 900, 900]], ["a", "b"], [0.5, 0.4]),
        "no confidence": Detections.of([[0, 0, 9, 9], [1, 1, 5, 5]], ["a", "b"], [NAN, 0.4]),
        "NaN box": Detections.of([[NAN, 0, 9, NAN], [1, 1, 5, 5]], ["a", "b"], [0.9, 0.4]),
        "huge": Detections.of([[-1e30, -1e30, 1e30, 1e30]], ["a"], [1]),
    },
    "segmentation": {
        "one pixel": Segmentation(np.zeros((1, 1), np.uint8), ("background",)),
        "all background": Segmentation(np.zeros((8, 9), np.uint8), ("background", "a")),
        "no background": Segmentation(np.ones((8, 9), np.uint8), ("background", "a")),
        "checkerboard": Segmentation((np.indices((8, 9)).sum(axis=0) % 2).astype(np.uint8), ("background", "a")),
        "many classes": Segmentation(np.arange(400, dtype=np.uint16).reshape(20, 20), MANY),
        "without pixels": Segmentation(np.zeros((0, 0), np.uint8), ("background", "a")),
    },
    "embedding": {},
}
CASES = [
    pytest.param(metric, said, pixels, id=f"{metric.name}, {name}, {size}")
    for metric in METRICS
    for name, said in SAID[metric.task].items()
    for size, pixels in PIXELS.items()
]
every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)


def test_every_task_but_embeddings_has_output_metrics() -> None:
    assert [task for task in TASKS if not for_task(task)] == ["embedding"]
    assert len({metric.name for metric in METRICS}) == len(METRICS)


@every_metric
def test_it_says_what_it_is(metric: Any) -> None:
    assert metric.name.startswith("output."), "answers are told from images by their names"
    assert metric.source
    assert metric.unit
    assert len(metric.summary) > 10
    assert metric.change in get_args(Change)
    assert metric.grid is not None
    for words in (metric.rises, metric.falls):
        assert re.match(r"(more|less|\w+er|shifted|answered)\b", words), words


@pytest.mark.parametrize(("metric", "said", "pixels"), CASES)
def test_it_is_a_number_of_its_range_or_none_and_the_same_again(metric: Any, said: Any, pixels: Any) -> None:
    value = metric(OutputView(said, pixels))
    again = metric(OutputView(said, pixels.copy()))
    assert repr(value) == repr(again)
    if math.isnan(value):
        return
    low, high = metric.range
    assert math.isfinite(value)
    assert low is None or value >= low - 1e-6
    assert high is None or value <= high + 1e-6


@every_metric
def test_ordinary_answers_fall_on_its_grid(metric: Any) -> None:
    ordinary = {"classification": ("certain", "even", "a thousand"), "detection": ("one", "many"),
                "segmentation": ("no background", "checkerboard")}  # fmt: skip
    for name in ordinary[metric.task]:
        value = metric(OutputView(SAID[metric.task][name], PIXELS["photograph"]))
        assert 1 <= int(metric.grid.index(np.float64(np.float32(value)))) <= metric.grid.bins, (name, value)


def test_a_box_without_numbers_or_area_shows_nothing() -> None:
    views = [
        OutputView(SAID["detection"][name], PIXELS["photograph"]) for name in ("NaN box", "empty boxes", "outside")
    ]
    assert [len(view.crops) for view in views] == [1, 0, 0]
