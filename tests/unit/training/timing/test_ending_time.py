"""What the end of a run takes, and which networks a budget has time for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.timing.affordable_networks import leave_out_slow
from lookoutcv.training.timing.ending_time import EndingTime
from lookoutcv.training.timing.time_budget import TimeBudget

SPEEDS = {"small": 0.01, "large": 0.1}
SIZES = {"small": 2_000_000, "large": 80_000_000}


def ending(tested: int = 100, slowdown: float = 1.0, learning: dict[str, float] | None = None) -> EndingTime:
    return EndingTime(tested, 0.01, slowdown, SPEEDS, learning or SPEEDS, SIZES)


def test_the_end_is_that_of_the_network_that_takes_longest() -> None:
    assert ending().of("small") == pytest.approx(2 * 100 * 0.02 + 5 + 0.2)
    assert ending().of("large") == pytest.approx(2 * 100 * 0.11 + 5 + 8)
    scoring = 100 * (0.01 + 0.1) + 52 * 0.01 + 2.0
    assert ending().end(["small", "large"]) == pytest.approx(scoring + ending().of("large"))


def test_on_a_busy_machine_packing_takes_longer() -> None:
    assert ending(slowdown=5).of("large") - ending().of("large") == pytest.approx(4 * (5 + 8))


def test_to_learn_once_takes_longer_than_to_look_once() -> None:
    assert ending().once("small", 100, 10, head=True) == pytest.approx(1.1)
    assert ending().once("small", 100, 10, head=False) == pytest.approx(3.6)


def test_what_is_slow_on_the_processor_has_time_to_learn_on_a_graphics_card() -> None:
    found = ending(tested=1, learning={"small": 0.001, "large": 0.002})
    once = {name: found.once(name, 1000, 100, head=False) for name in SPEEDS}
    assert once == pytest.approx({"small": 3.6, "large": 7.2})
    assert found.affordable(once, 60) == ["small", "large"]
    # It is packed on the processor all the same.
    assert found.of("large") == ending(tested=1).of("large")


def test_the_slowest_are_left_out_until_the_others_have_time_and_the_fastest_never() -> None:
    once = {"large": 30.0, "small": 3.0}
    assert ending().affordable(once, 1000) == ["large", "small"]
    assert ending().affordable(once, 30) == ["small"]
    assert ending().affordable(once, 0) == ["small"]


@pytest.mark.parametrize(
    ("seconds", "left_out", "passed"), [(1000, [], False), (30, ["large"], False), (3, ["large"], True)]
)
def test_what_a_budget_has_no_time_for_is_told(seconds: float, left_out: list[str], passed: bool) -> None:
    networks: Any = [SimpleNamespace(name=name, pretrained=False) for name in SPEEDS]
    parts: Any = SimpleNamespace(train=[0] * 300, validation=[0] * 60)
    told: list[str] = []
    budget = TimeBudget(seconds, clock=lambda: 0.0)
    why = leave_out_slow(networks, parts, ending(), budget, Onlooker(on_note=told.append))
    assert list(why) == left_out
    assert [text for text in told if "has no time for large beside small: not" in text] == told[: len(left_out)]
    assert bool([text for text in told if "budget will be passed" in text]) == passed
    if seconds == 30:
        assert budget.left == pytest.approx(30 - ending().end(["small"]))
    if seconds == 3:
        assert budget.left == pytest.approx(0.3 * 3)
