import numpy as np
import pytest

from lookoutcv.drift.rules.notes import NothingInCommon, TooFewImages
from lookoutcv.drift.rules.policy import DEFAULT, Policy
from lookoutcv.drift.rules.verdict import Verdict, calibrated, insufficient, too_small
from lookoutcv.drift.statistics.effects import Effects, effects
from lookoutcv.drift.statistics.ranks import pool

BASELINE = np.random.default_rng(31).normal(size=(1000, 2))


def verdict_for(window: np.ndarray, policy: Policy = DEFAULT) -> Verdict:
    columns = pool(BASELINE, window)
    return calibrated(["my.a", "my.b"], columns, [effects(c) for c in columns], policy)


@pytest.mark.parametrize(
    ("sides", "reason"),
    [
        ((1000, 30), None),
        ((30, 30), None),
        ((1000, 1), TooFewImages("window", 1, 30)),
        ((29, 1000), TooFewImages("baseline", 29, 30)),
    ],
)
def test_thirty_images_a_side_are_needed(sides: tuple[int, int], reason: TooFewImages | None) -> None:
    assert too_small(*sides, DEFAULT) == reason


def test_only_the_metric_that_moved_is_severe(rng: np.random.Generator) -> None:
    found = verdict_for(rng.normal([1.5, 0.0], 1, (200, 2)))
    assert found.drifted
    assert found.severity == found.metrics[0].severity == "medium"
    assert found.metrics[1].severity == "none"
    assert found.metrics[0].significant
    assert not found.metrics[1].significant
    assert found.notes == ()


def test_a_far_shift_is_high(rng: np.random.Generator) -> None:
    assert verdict_for(rng.normal([4.0, 0.0], 1, (200, 2))).severity == "high"


def test_the_policys_limits_decide(rng: np.random.Generator) -> None:
    window = rng.normal([0.5, 0.0], 1, (300, 2))
    assert verdict_for(window).drifted
    assert not verdict_for(window, Policy(min_effect=0.6)).drifted
    assert verdict_for(window, Policy(medium_effect=0.1, high_effect=0.15)).severity == "high"


def test_without_a_decision_effects_are_still_told() -> None:
    found = insufficient([Effects(-0.4, 0.1, 0.0, (30, 3)), Effects(0.2, 0.0, 0.0, (30, 3))], NothingInCommon())
    assert (found.drifted, found.severity, found.effect, found.p_value) == (None, "insufficient", 0.4, None)
    assert all(m.moved and not m.significant for m in found.metrics)
    assert insufficient([], NothingInCommon()).effect == 0
