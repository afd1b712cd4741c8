import math
from collections.abc import Mapping

import numpy as np
import pytest

from lookoutcv.drift.cause.classify import CauseClassification, CauseModel, classify, fitted, mean_shifts
from lookoutcv.drift.cause.families import FAMILIES, UNCLEAR
from lookoutcv.metric_selection import select_metrics

STILL = dict.fromkeys(fitted().metrics, 0.0)


def toy(**weights: Mapping[str, float]) -> CauseModel:
    columns = ("exposure.brightness", "noise.sigma", "|noise.sigma|", "intercept")
    return CauseModel.from_dict(
        {
            "metrics": ["exposure.brightness", "noise.sigma"],
            "either_way": ["noise.sigma"],
            "weights": {name: {c: given.get(c, 0.0) for c in columns} for name, given in weights.items()},
            "clip": 4,
            "softening": 0.5,
            "least_probability": 0.4,
        }
    )


TOY = toy(dark={"exposure.brightness": -9}, noise={"|noise.sigma|": 9}, unclear={"intercept": 1})


def test_the_shipped_model_knows_every_family_and_default_metrics_only() -> None:
    model = fitted()
    assert model.families == (*FAMILIES, UNCLEAR)
    assert {*model.metrics} <= {metric.name for metric in select_metrics("default")}
    assert not any(name.startswith(("geometry.", "file.")) for name in model.metrics)
    assert model.weights.shape == (9, len(model.metrics) + len(model.either_way))
    assert np.isfinite(model.weights).all()


def test_features_are_a_direction_of_length_below_one() -> None:
    weak, strong = (TOY.features(np.array([0.1, -0.2]) * size) for size in (1, 10))
    assert np.allclose(weak / np.linalg.norm(weak), strong / np.linalg.norm(strong))
    assert np.linalg.norm(weak) < np.linalg.norm(strong) < 1
    assert TOY.features(np.array([99.0, math.nan])).tolist() == [4 / 4.5, 0, 0]


@pytest.mark.parametrize(
    ("shifts", "family"),
    [((-3, 0), "dark"), ((0, 3), "noise"), ((0, -3), "noise"), ((3, 0), UNCLEAR), ((0, 0), UNCLEAR)],
)
def test_the_likeliest_family_is_chosen(shifts: tuple[float, float], family: str) -> None:
    found = classify(dict(zip(TOY.metrics, shifts, strict=True)), TOY)
    assert found.family == family
    probabilities = [probability for _, probability in found.candidates]
    assert math.fsum(probabilities) == pytest.approx(1)
    assert probabilities == sorted(probabilities, reverse=True)


def test_what_is_not_likely_enough_is_unclear() -> None:
    even = toy(dark={}, noise={"intercept": 0.1}, unclear={})
    found = classify({"exposure.brightness": 0.0, "noise.sigma": 0.0}, even)
    assert (found.family, found.evidence) == (UNCLEAR, ())
    assert [name for name, _ in found.candidates[:2]] == ["noise", "dark"]


def test_without_its_metrics_nothing_is_classified() -> None:
    found = classify({name: 1.0 for name in fitted().metrics if name != "noise.sigma"})
    assert found == CauseClassification(UNCLEAR, missing=("noise.sigma",))


def test_the_evidence_is_what_speaks_most_for_the_family() -> None:
    found = classify({"exposure.brightness": -3.0, "noise.sigma": 0.0}, TOY)
    assert found.evidence == (("exposure.brightness", False),)


def test_missing_values_are_left_out_of_the_shift() -> None:
    assert mean_shifts(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])).tolist()[0] == 2
    assert classify({**STILL, "noise.sigma": math.nan}).family == classify(STILL).family == UNCLEAR
