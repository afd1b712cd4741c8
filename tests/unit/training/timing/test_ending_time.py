"""What the end of a run takes, and which networks a budget has time for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lookoutcv.training.onlooker import Onlooker
from lookoutcv.training.timing import affordable_networks
from lookoutcv.training.timing.ending_time import EndingTime
from lookoutcv.training.timing.time_budget import TimeBudget

SPEEDS = {"small": 0.01, "large": 0.1}
SIZES = {"small": 2_000_000, "large": 80_000_000}


def ending(tested: int = 100, slowdown: float = 1.0) -> EndingTime:
    return EndingTime(tested, 0.01, slowdown, SPEEDS, SIZES)


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


def test_the_slowest_are_left_out_until_the_others_have_time_and_the_fastest_never() -> None:
    once = {"large": 30.0, "small": 3.0}
    assert ending().affordable(once, 1000) == ["large", "small"]
    assert ending().affordable(once, 30) == ["small"]
    assert ending().affordable(once, 0) == ["small"]


@pytest.mark.parametrize(
    ("seconds", "left_out", "passed"), [(None, [], False), (30, ["large"], False), (3, ["large"], True)]
)
def test_what_a_budget_has_no_time_for_is_told(
    monkeypatch: pytest.MonkeyPatch, seconds: float | None, left_out: list[str], passed: bool
) -> None:
    monkeypatch.setattr(affordable_networks, "ending_time", lambda *_: ending())
    networks: Any = [SimpleNamespace(name=name, pretrained=False) for name in SPEEDS]
    parts: Any = SimpleNamespace(train=[0] * 300, validation=[0] * 60, test=[0] * 100)
    told: list[str] = []
    budget = TimeBudget(seconds, clock=lambda: 0.0)
    request: Any = SimpleNamespace(threads=1)
    found, why = affordable_networks.plan_time(
        networks, parts, 0.01, SimpleNamespace(), request, budget, Onlooker(on_note=told.append)
    )
    assert list(why) == left_out
    assert (found is None) == (seconds is None)
    assert [text for text in told if "has no time for large beside small: not" in text] == told[: len(left_out)]
    assert bool([text for text in told if "budget will be passed" in text]) == passed
    if seconds == 30:
        assert budget.left == pytest.approx(30 - ending().end(["small"]))
    if seconds == 3:
        assert budget.left == pytest.approx(0.3 * 3)
