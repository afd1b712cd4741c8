from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from lookoutcv.drift.fixed import fixed, total_variation
from lookoutcv.drift.policy import FIXED
from lookoutcv.profiles.profile import Profile, from_records


def side(brightness: float, answers: dict[str, int] | None = None) -> Profile:
    rows = {"id": ["a", "b"], "exposure.brightness": pa.array(np.full(2, brightness), pa.float32())}
    profile = from_records(pa.table(rows))
    return replace(profile, counts={**profile.counts, "prediction": answers or {}})


@pytest.mark.parametrize(("after", "drifted"), [(0.46, False), (0.54, False), (0.4, True), (0.6, True)])
def test_the_mean_may_shift_up_to_the_limit(after: float, drifted: bool) -> None:
    assert fixed(side(0.5), side(after), [], [], FIXED).drifted is drifted


def test_the_model_s_answers_are_compared_where_they_are_known() -> None:
    found = fixed(side(0.5, {"cat": 50, "dog": 50}), side(0.5, {"cat": 70, "dog": 30}), [], [], FIXED)
    assert (found.drifted, found.severity) == (True, "low")
    assert found.notes[0] == "Beyond its limit: class distribution shifted by 0.2, allowed are 0.15."
    assert "class distribution" not in found.notes[1]


def test_total_variation() -> None:
    assert total_variation({"a": 1}, {"b": 7}) == 1
    assert total_variation({"a": 2, "b": 2}, {"b": 50, "a": 50}) == 0
