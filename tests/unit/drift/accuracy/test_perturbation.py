"""What was missed on corrupted copies, taken over to windows that look and answer like them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.drift.accuracy.estimate import estimate_accuracy
from lookoutcv.drift.accuracy.estimators import outputs_moved
from lookoutcv.drift.accuracy.fit_calibration import calibrate
from lookoutcv.drift.accuracy.fit_perturbation import CorruptedCopies, fit_perturbation, moved
from lookoutcv.drift.accuracy.perturbation import PerturbationCalibration
from lookoutcv.errors import CorruptFile

CLASSES = 4
TOLD = PerturbationCalibration(
    300,
    ["noise.sigma", "sharpness.focus"],
    ["noise 2", "noise 4", "defocus 4"],
    [[0.5, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], [0.9, 0.2, 0.2, 0.2, 0.2, 0.2, 0.3], [-0.3, -0.9, 0.1, 0.1, 0.1, 0.1, 0.1]],
    [-0.03, -0.1, 0.06],
)


def at(noise: float, focus: float, answers: float) -> Any:
    found = TOLD.correction({"noise.sigma": noise, "sharpness.focus": focus}, [answers] * 5)
    assert found is not None
    return found


def test_a_window_like_a_copy_is_corrected_by_what_was_missed_there() -> None:
    noisy, blurred = at(0.9, 0.2, 0.2), at(-0.3, -0.9, 0.1)
    assert (noisy.nearest, blurred.nearest) == ("noise 4", "defocus 4")
    assert -0.1 < noisy.points < -0.06
    assert 0.04 < blurred.points < 0.06


def test_images_that_look_as_they_did_are_not_corrected() -> None:
    assert TOLD.correction({"noise.sigma": 0.1, "sharpness.focus": 0.1}, [0.2] * 5) is None
    assert TOLD.correction({"noise.sigma": 0.1, "sharpness.focus": 0.2}, [0.2] * 5) is not None


def test_images_unlike_any_copy_are_hardly_corrected_and_most_in_doubt() -> None:
    far = at(-0.9, 0.9, 2.0)
    assert abs(far.points) < 0.001
    assert far.doubt == pytest.approx(np.sqrt(np.mean(np.square(TOLD.misses))), rel=0.01)
    assert at(0.9, 0.2, 0.2).doubt < far.doubt / 2


def test_without_a_metric_nothing_is_said() -> None:
    assert TOLD.correction({"noise.sigma": 0.9}, [0.1] * 5) is None


def test_a_kind_can_be_left_out() -> None:
    left = TOLD.without("noise")
    assert (left.names, left.misses, len(left.places)) == (["defocus 4"], [0.06], 1)


def side(images: int, seed: int, clarity: float, boldness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, CLASSES, images)
    logits = random.normal(size=(images, CLASSES))
    logits[np.arange(images), truth] += clarity
    powers = np.exp(boldness * logits)
    return (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32), truth


def looks(images: int, seed: int, shift: float) -> np.ndarray:
    return np.random.default_rng(seed).normal(shift, 1, (images, 1)).astype(np.float32)


@pytest.fixture(scope="module")
def known() -> Calibration:
    """A model that is bolder where it is worse: no method sees all of that."""
    return calibrate(*side(2000, 1, 2.0))


@pytest.fixture(scope="module")
def told(known: Calibration) -> PerturbationCalibration:
    truth = side(300, 2, 2.0)[1]
    copies = {
        f"noise {strength}": CorruptedCopies(
            side(300, 2, 2 - 0.3 * strength, 1 + 0.3 * strength)[0], looks(300, 2, strength)
        )
        for strength in (2, 4)
    }
    found = fit_perturbation(
        known, truth, CorruptedCopies(side(300, 2, 2.0)[0], looks(300, 2, 0.0)), copies, ["noise.sigma"]
    )
    assert found is not None
    return found


def test_misses_are_those_of_the_copies_beyond_those_of_the_untouched(told: PerturbationCalibration) -> None:
    assert told.names == ["noise 2", "noise 4"]
    assert told.images == 300
    assert [len(place) for place in told.places] == [6, 6]
    assert told.places[0][0] > 0.7
    assert told.misses[1] < told.misses[0] < 0


def test_a_corrected_estimate_is_nearer_and_its_interval_holds_the_truth(
    known: Calibration, told: PerturbationCalibration
) -> None:
    scores, truth = side(1000, 3, 1.1, 1.9)
    right = float((scores.argmax(axis=1) == truth).mean())
    seen = {"noise.sigma": moved(looks(300, 2, 0.0), looks(1000, 3, 3.0))[0]}
    plain, corrected = (estimate_accuracy(one, scores, seen) for one in (known, replace(known, perturbation=told)))
    assert plain.estimate is not None
    assert corrected.estimate is not None
    assert abs(corrected.estimate - right) < abs(plain.estimate - right) / 2
    assert corrected.low is not None
    assert corrected.high is not None
    assert corrected.low < right < corrected.high
    assert corrected.correction == pytest.approx(corrected.estimate - plain.estimate)
    assert corrected.nearest_corruption in told.names
    assert corrected.impact is True
    assert (plain.correction, plain.nearest_corruption) == (None, None)


def test_without_effects_of_the_images_a_perturbation_calibration_is_not_used(
    known: Calibration, told: PerturbationCalibration
) -> None:
    scores = side(1000, 3, 1.1, 1.9)[0]
    with_it = replace(known, perturbation=told)
    assert estimate_accuracy(with_it, scores) == estimate_accuracy(known, scores)
    assert estimate_accuracy(with_it, scores, {}).correction is None


def test_too_few_images_calibrate_no_perturbation(known: Calibration) -> None:
    scores, truth = side(60, 2, 2.0)
    copies = CorruptedCopies(scores, looks(60, 2, 0.0))
    assert fit_perturbation(known, truth, copies, {"noise 2": copies}, ["noise.sigma"]) is None
    assert outputs_moved(known, side(30, 2, 2.0)[0]) is None


def test_it_is_stored_in_the_calibration(known: Calibration, told: PerturbationCalibration) -> None:
    values = json.loads(json.dumps(replace(known, perturbation=told).to_dict()))
    assert Calibration.from_dict(values).perturbation == told
    assert Calibration.from_dict({key: its for key, its in values.items() if key != "perturbation"}) == known
    for key, bad in (
        ("misses", [0.1]),
        ("places", [[0.1], [0.1, 0.2]]),
        ("names", ["a"]),
        ("places", "x"),
        ("misses", 3),
    ):
        damaged = {**values, "perturbation": {**values["perturbation"], key: bad}}
        with pytest.raises(CorruptFile):
            Calibration.from_dict(damaged)
    damaged = {**values, "perturbation": {**values["perturbation"], "places": [[float("nan")] * 6] * 2}}
    with pytest.raises(CorruptFile):
        Calibration.from_dict(damaged)
