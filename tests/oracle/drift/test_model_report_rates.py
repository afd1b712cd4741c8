"""How often a whole report, of images and a model's answers, calls drift where nothing changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.compare import compare
from lookoutcv.drift.predictions.calibrated_model import CalibratedModel
from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.metric_selection import select_metrics
from lookoutcv.outputs import for_task
from lookoutcv.predictions import Task
from lookoutcv.profiles.profile import Profile, ProfileBuilder
from lookoutcv.records.prediction_columns import prediction_fields
from lookoutcv.records.schema import schema_for

METRICS = select_metrics(["exposure.brightness", "exposure.contrast", "noise.sigma", "colour.saturation"])
WINDOWS = 240


def profile(rng: np.random.Generator, rows: int, task: Task, kinds: int) -> Profile:
    """Images and answers that share hidden conditions, as an image and what is said of it do."""
    hidden = rng.normal(size=(rows, 3))
    metrics = [*METRICS, *for_task(task)]
    schema = schema_for(metrics, task)
    columns: dict[str, Any] = {
        "id": [f"{value:016x}" for value in rng.integers(0, 2**63, rows)],
        "width_px": np.full(rows, 8),
        "height_px": np.full(rows, 8),
    }
    for metric in METRICS:
        columns[metric.name] = np.exp(hidden @ rng_weights(metric.name) + rng.normal(size=rows)) / 20
    if task == "classification":
        logits = 2 * rng.normal(size=(rows, kinds)) + hidden[:, :1] * (np.arange(kinds) == 0)
        scores = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        ordered = np.sort(scores, axis=1)
        columns["prediction"] = [f"class {i}" for i in scores.argmax(axis=1)]
        columns["scores"] = pa.array(list(scores.astype(np.float32)), prediction_fields(task)[0].type)
        columns["output.confidence"], columns["output.margin"] = ordered[:, -1], ordered[:, -1] - ordered[:, -2]
        columns["output.entropy"] = -(scores * np.log2(scores)).sum(axis=1)
    else:
        counts = rng.poisson(np.exp(0.7 + 0.6 * hidden[:, 0]))
        columns["objects"] = [[objects(rng, kinds, hidden[i, 1]) for _ in range(n)] for i, n in enumerate(counts)]
        columns["output.objects"] = counts
        columns["output.object_confidence"] = np.where(counts > 0, 1 / (1 + np.exp(-hidden[:, 1])), np.nan)
    arrays = [
        pa.array(columns[field.name], field.type, from_pandas=True)
        if field.name in columns and not isinstance(columns[field.name], pa.Array)
        else columns.get(field.name, pa.nulls(rows, field.type))
        for field in schema
    ]
    builder = ProfileBuilder(metrics, task=task)
    builder.add(pa.RecordBatch.from_arrays(arrays, schema=schema))
    return builder.build()


def rng_weights(name: str) -> Any:
    return np.random.default_rng(len(name)).normal(size=3)


def objects(rng: np.random.Generator, kinds: int, scene: float) -> dict[str, Any]:
    """Objects of one image are alike: mostly of the kind that its scene has."""
    kind = int(abs(scene) * kinds) % kinds if rng.random() < 0.8 else int(rng.integers(kinds))
    return {"label": f"class {kind}", "confidence": 0.5, "x1": 0.0, "y1": 0.0, "x2": 1.0, "y2": 1.0}


@pytest.mark.parametrize(("task", "kinds"), [("classification", 2), ("classification", 40), ("detection", 6)])
def test_false_alarms_of_images_and_answers_together_stay_within_alpha(task: Task, kinds: int) -> None:
    """The p-values shown are to be compared with alpha: counted at 5% too, where 240 windows say more than at 1%."""
    rng = np.random.default_rng(4711)
    labels = [f"class {i}" for i in range(kinds)] if task == "classification" else []
    at_five = at_one = of_predictions = 0
    base = None
    for window in range(WINDOWS):
        if window % 10 == 0:
            base = profile(rng, 300, task, kinds)
        assert base is not None
        found = compare(base, profile(rng, 80, task, kinds), DEFAULT, model=CalibratedModel(labels, None, task))
        assert found.outputs is not None
        assert found.p_value is not None
        p_values = found.p_value, found.outputs.p_value
        at_five += min(p_values) <= 0.05
        at_one += min(p_values) <= 0.01
        of_predictions += p_values[1] <= 0.1
        assert found.outputs.alpha == found.alpha == 0.01
    # Counted: 2, 2, 3 at 1% and 8, 10, 12 at 5%. The 99.9% quantiles of a binomial with n = 240: 8 at 1%, 24 at 5%.
    assert at_one <= 8
    assert at_five <= 24
    # Not for want of looking: of p-values doubled, 5% lie below 0.1.
    assert of_predictions >= 2
