from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.rules.fixed import CLASSES, CONFIDENCE, fixed, total_variation
from lookoutcv.drift.rules.notes import LimitExceeded, LimitsLeftOut
from lookoutcv.drift.rules.policy import FIXED
from lookoutcv.profiles.profile import Profile, from_records


def side(brightness: float, answers: dict[str, int] | None = None) -> Profile:
    rows = {"id": ["a", "b"], "exposure.brightness": pa.array(np.full(2, brightness), pa.float32())}
    profile = from_records(pa.table(rows))
    return replace(profile, counts={**profile.counts, "prediction": answers or {}})


@pytest.mark.parametrize(("after", "drifted"), [(0.46, False), (0.54, False), (0.4, True), (0.6, True)])
def test_the_mean_may_shift_up_to_the_limit(after: float, drifted: bool) -> None:
    assert fixed(side(0.5), side(after), [], [], FIXED).drifted is drifted


def answered(answers: dict[str, int], **means: float) -> Profile:
    columns = {f"output.{name}": pa.array(np.full(2, mean), pa.float32()) for name, mean in means.items()}
    profile = from_records(pa.table({"id": ["a", "b"], **columns}))
    return replace(profile, counts={**profile.counts, "prediction": answers})


def test_images_are_not_judged_by_the_model_s_answers() -> None:
    found = fixed(side(0.5, {"cat": 50}), side(0.5, {"dog": 50}), [], [], FIXED)
    assert (found.drifted, found.effect) == (False, 0.0)
    assert found.notes == (LimitsLeftOut(("exposure.contrast",)),)


def test_answers_are_judged_by_their_classes_and_their_confidence() -> None:
    before = answered({"cat": 500, "dog": 500}, confidence=0.8)
    assert (
        fixed(before, answered({"cat": 63, "dog": 37}, confidence=0.71), [], [], FIXED, of_predictions=True).drifted
        is False
    )
    found = fixed(before, answered({"cat": 70, "dog": 30}, confidence=0.8), [], [], FIXED, of_predictions=True)
    assert (found.drifted, found.severity, round(found.effect, 2), found.p_value) == (True, "low", 0.2, None)
    assert found.notes == (LimitExceeded(CLASSES, pytest.approx(0.2), 0.15),)
    assert fixed(before, answered({"cow": 100}, confidence=0.8), [], [], FIXED, of_predictions=True).severity == "high"
    found = fixed(before, answered({"cat": 50, "dog": 50}, confidence=0.65), [], [], FIXED, of_predictions=True)
    assert found.notes == (LimitExceeded("output.confidence", pytest.approx(0.15), 0.1),)


def test_a_detector_is_judged_by_the_confidence_of_its_objects() -> None:
    sides = [answered({"cat": 50}, object_confidence=sure) for sure in (0.8, 0.6)]
    assert fixed(*sides, [], [], FIXED, of_predictions=True).drifted is True


def test_answers_without_confidence_and_classes_are_not_judged() -> None:
    sides = [answered({}, foreground=share) for share in (0.1, 0.9)]
    found = fixed(*sides, [], [], FIXED, of_predictions=True)
    assert found.drifted is None
    assert found.notes == (LimitsLeftOut((CONFIDENCE, CLASSES)),)


def test_total_variation() -> None:
    assert total_variation({"a": 1}, {"b": 7}) == 1
    assert total_variation({"a": 2, "b": 2}, {"b": 50, "a": 50}) == 0
