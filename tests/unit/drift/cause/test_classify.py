import json
import math
from collections.abc import Mapping

import numpy as np
import pytest

from lookoutcv.drift.cause.classify import CauseModel, fitted, guess, mean_shifts, probable_cause
from lookoutcv.drift.wording.cause_sentences import FAMILIES, UNCLEAR, guess_text
from lookoutcv.metric_selection import select_metrics
from lookoutcv.profiles.profile import Profile
from lookoutcv.results.findings.probable_cause import ProbableCause

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
def test_the_likeliest_family_answers(shifts: tuple[float, float], family: str) -> None:
    found = guess(dict(zip(TOY.metrics, shifts, strict=True)), model=TOY)
    assert found.family == family
    assert math.fsum(one.probability for one in found.candidates) == pytest.approx(1, abs=1e-3)
    shares = [one.probability for one in found.candidates]
    assert shares == sorted(shares, reverse=True)
    assert ProbableCause.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_what_is_not_likely_enough_is_unclear() -> None:
    even = toy(dark={}, noise={"intercept": 0.1}, unclear={})
    found = guess({"exposure.brightness": 0.0, "noise.sigma": 0.0}, model=even)
    assert found.family == UNCLEAR
    assert found.reason == "No cause is likely enough: noise (36%), darkness (32%)."


def test_without_its_metrics_nothing_is_guessed() -> None:
    found = guess({name: 1.0 for name in fitted().metrics if name != "noise.sigma"})
    assert (found.family, found.probability, found.candidates) == (UNCLEAR, None, [])
    assert found.reason.endswith("not measured on both sides: noise.sigma.")


def test_what_speaks_for_it_is_said() -> None:
    found = guess({"exposure.brightness": -3.0, "noise.sigma": 0.0}, model=TOY)
    assert found.reason == "What speaks for it: the images are darker."


def test_no_drift_no_cause() -> None:
    for drifted in (False, None):
        assert probable_cause(Profile(), Profile(), ["noise.sigma"], np.zeros((3, 1)), drifted=drifted) is None


def test_missing_values_are_left_out_of_the_shift() -> None:
    assert mean_shifts(np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, np.nan]])).tolist()[0] == 2
    assert guess({**STILL, "noise.sigma": math.nan}).family == guess(STILL).family == UNCLEAR


def test_the_words_say_how_sure_it_is_and_what_is_on_record() -> None:
    assert guess_text("dark", 0.9, []).startswith("Probably too little light")
    assert guess_text("dark", 0.5, []).startswith("Perhaps too little light")
    text = guess_text("sharpness", 0.9, ["The image size changed: '9x9' before (100%), '5x5' now (100%)."])
    assert text.endswith("now (100%). Other sizes alone change sharpness, noise and blockiness.")
    assert guess_text(UNCLEAR, 0.5, []).startswith("Cause unclear")
