"""What is compared of a model's answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from lookoutcv.drift.predictions.output_columns import OTHER_CLASSES, has_predictions, images_only, output_columns
from lookoutcv.metric_selection import select_metrics
from lookoutcv.outputs import for_task
from lookoutcv.predictions import Classification, Detections, Embedding, Task
from lookoutcv.profiles.profile import Profile, ProfileBuilder
from lookoutcv.records.prediction_columns import prediction_row
from lookoutcv.records.schema import metric_names, schema_for


def profile(said: Sequence[Any], task: Task) -> Profile:
    metrics = [*select_metrics("exposure.brightness"), *for_task(task)]
    fixed = {"width_px": 1, "height_px": 1, "exposure.brightness": 0.5, "output.confidence": 0.5}
    schema = schema_for(metrics, task)
    table = pa.Table.from_pylist([{"id": str(i), **fixed, **prediction_row(one)} for i, one in enumerate(said)], schema)
    builder = ProfileBuilder(metrics, task=task)
    for batch in table.to_batches():
        builder.add(batch)
    return builder.build()


def classified(rng: np.random.Generator, labels: Sequence[str], images: int = 40) -> Profile:
    scores = rng.dirichlet(np.ones(len(labels)), images)
    return profile([Classification.of_scores(row, labels) for row in scores], "classification")


def test_images_and_answers_are_told_apart_by_name(rng: np.random.Generator) -> None:
    found = classified(rng, ["a", "b"])
    assert has_predictions(found)
    assert not has_predictions(images_only(found))
    assert metric_names(images_only(found).sample.schema) == ["exposure.brightness"]
    assert list(images_only(found).histograms) == ["exposure.brightness"]
    assert has_predictions(profile([Embedding(np.ones(3, np.float32))] * 3, "embedding"))


def test_fifteen_of_a_thousand_scores_are_watched(rng: np.random.Generator) -> None:
    labels = [f"class {i}" for i in range(1000)]
    found = output_columns(classified(rng, labels), classified(rng, labels), labels, "classification")
    names = metric_names(found.baseline.sample.schema)
    assert len([name for name in names if name.startswith("score.class ")]) == 15
    assert names == metric_names(found.window.sample.schema)
    assert "exposure.brightness" not in names


def test_labels_that_come_twice_are_two_columns(rng: np.random.Generator) -> None:
    labels = ["crane", "crane", 'od"d\n.name']
    found = output_columns(classified(rng, labels), classified(rng, labels), labels, "classification")
    assert list(found.terms) == ["score.crane", "score.crane [1]", 'score.od"d\n.name']
    assert found.wording("score.crane").noun == "the score of crane"
    assert found.wording("output.confidence").title == "Output: confidence"


def test_scores_of_other_classes_than_the_models_are_left_alone(rng: np.random.Generator) -> None:
    sides = classified(rng, ["a", "b"]), classified(rng, ["a", "b", "c"])
    assert output_columns(*sides, ["a", "b"], "classification").terms == {}
    assert output_columns(sides[0], sides[0], (), None).terms == {}


def test_objects_are_counted_in_each_image_and_rare_ones_together() -> None:
    many = [
        Detections.of([[0, 0, 1, 1]] * (i + 1), [f"class {j}" for j in range(i + 1)], [0.5] * (i + 1))
        for i in range(20)
    ]
    found = output_columns(
        profile(many, "detection"), profile([many[0], Detections.none()], "detection"), (), "detection"
    )
    assert len(found.terms) == 15
    assert next(iter(found.terms)) == "count.class 0"
    assert list(found.terms)[-1] == f"count.{OTHER_CLASSES}"
    assert sum(found.baseline.sample.column(f"count.{OTHER_CLASSES}").to_pylist()) == sum(range(1, 7))
    assert sorted(found.window.sample.column("count.class 0").to_pylist()) == [0, 1]


def test_directions_are_the_baselines(rng: np.random.Generator) -> None:
    vectors = rng.normal(size=(60, 5)) * [9, 1, 1, 1, 1] + 3
    before = profile([Embedding(one.astype(np.float32)) for one in vectors], "embedding")
    elsewhere = vectors[:30] + np.array([4, 0, 0, 0, 0])
    after = profile([Embedding(one.astype(np.float32)) for one in elsewhere], "embedding")
    found = output_columns(before, after, (), "embedding")
    assert list(found.terms) == [f"direction.{i}" for i in range(1, 6)]
    moved = np.mean(found.window.sample.column("direction.1").to_numpy()) - np.mean(
        found.baseline.sample.column("direction.1").to_numpy()
    )
    assert 2 < moved < 7
