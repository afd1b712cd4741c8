"""A baseline's calibration by scores, or by confidences where no more was logged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.measuring.calibration.calibrate_model import calibrated
from lookoutcv.records.model_identity import ModelIdentity
from lookoutcv.records.prediction_columns import PREDICTION_COLUMNS

MODEL = ModelIdentity("net", None, "classification", ("cat", "dog"), imported=True)


def rows(**columns: Any) -> pa.Table:
    types = {"scores": PREDICTION_COLUMNS.field("scores").type, "output.confidence": pa.float32()}
    return pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in columns.items()})


def test_confidences_alone_calibrate() -> None:
    sample = rows(
        **{
            "label": ["Cat", "dog", "dog", "cat", None],
            "prediction": ["cat", "dog", "cat", "cat", "cat"],
            "output.confidence": [0.9, 0.8, 0.5, 0.7, 0.6],
        }
    )
    found = calibrated(sample, MODEL)
    assert found is not None
    assert (found.accuracy, found.images, found.softening) == (0.75, 4, None)
    assert found.confidence.at(np.array([0.5, 0.9])).tolist() == pytest.approx([0.01, 0.999])


def test_what_is_no_answer_or_no_number_is_left_out() -> None:
    sample = rows(
        **{
            "label": ["cat", "cat", "cat", "fox", "dog"],
            "prediction": [None, "cat", "cat", "cat", "wolf"],
            "output.confidence": [0.9, None, 0.5, 0.7, 0.6],
        }
    )
    found = calibrated(sample, MODEL)
    assert found is not None
    # A label or a prediction that is none of the model's labels is never right, also where both are unknown.
    assert (found.images, found.accuracy) == (3, pytest.approx(1 / 3))


def test_scores_of_all_classes_come_first() -> None:
    both = {"label": ["cat", "dog"], "prediction": ["cat", "cat"], "output.confidence": [0.9, 0.8]}
    scored = calibrated(rows(**both, scores=[[0.9, 0.1], [0.8, 0.2]]), MODEL)
    assert scored is not None
    assert scored.softening is not None
    # Scores of other classes than the model's own have no names.
    other = calibrated(rows(**both, scores=[[0.9, 0.1, 0.0], [0.8, 0.2, 0.0]]), MODEL)
    assert other is not None
    assert other.softening is None


def test_nothing_calibrates_without_labels_answers_or_numbers() -> None:
    plain = {"label": ["cat"], "prediction": ["cat"]}
    assert calibrated(rows(**plain), MODEL) is None
    assert calibrated(rows(**plain, **{"output.confidence": [None]}), MODEL) is None
    assert calibrated(rows(**{**plain, "label": [None]}, **{"output.confidence": [0.5]}), MODEL) is None
    detector = ModelIdentity("net", None, "detection", ("cat", "dog"))
    assert calibrated(rows(**plain, **{"output.confidence": [0.5]}), detector) is None


@pytest.mark.parametrize("labels", [("CAT", "Dog", "cat", "dog"), ()], ids=["what it predicted", "none are told"])
def test_a_class_that_was_predicted_in_two_spellings_is_one(labels: tuple[str, ...]) -> None:
    sample = rows(
        **{
            "label": ["cat", "cat", "dog", "dog"],
            "prediction": ["CAT", "cat", "Dog", "CAT"],
            "output.confidence": [0.9, 0.9, 0.9, 0.9],
        }
    )
    found = calibrated(sample, ModelIdentity("p.csv", None, "classification", labels, imported=True))
    assert found is not None
    assert (found.accuracy, found.images) == (0.75, 4)


def test_classes_that_people_tell_apart_stay_apart() -> None:
    sample = rows(
        **{
            "label": ["A", "A+", "A-", "A"],
            "prediction": ["a", "A", "A-", "A-"],
            "output.confidence": [0.9, 0.9, 0.9, 0.9],
        }
    )
    found = calibrated(sample, ModelIdentity("p.csv", None, "classification", (), imported=True))
    assert found is not None
    assert found.accuracy == 0.5
