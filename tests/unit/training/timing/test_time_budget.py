"""How time is shared between backbones, and when one is dropped."""

from __future__ import annotations

import pytest

from lookoutcv.results.training_run import EpochPoint
from lookoutcv.training.timing.time_budget import Finished, TimeBudget, reason_to_drop


def curve(*scores: float, every: float = 10.0) -> tuple[EpochPoint, ...]:
    return tuple(
        EpochPoint(number, "fine-tuning", number * every, 1e-3, 1.0, 1.0, None, score, score)
        for number, score in enumerate(scores, 1)
    )


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_without_a_bound_nobody_has_a_share() -> None:
    budget = TimeBudget(None)
    assert budget.left is None
    assert budget.share(3) is None


def test_what_one_leaves_goes_to_the_others() -> None:
    clock = Clock()
    budget = TimeBudget(1000, clock)
    whole = budget.left
    assert whole == pytest.approx(1000 - 90)
    assert budget.share(2) == pytest.approx(whole / 2)
    clock.now += 10
    assert budget.share(1) == pytest.approx(whole - 10)
    clock.now += 10_000
    assert budget.left == 0
    assert budget.share(1) == 0


def test_until_the_end_nothing_is_taken_off() -> None:
    clock = Clock()
    budget = TimeBudget(60, clock)
    clock.now += 20
    assert budget.until_end == 40
    clock.now += 100
    assert budget.until_end == 0
    assert TimeBudget(None).until_end is None


def test_the_end_has_its_part_of_a_short_time() -> None:
    assert TimeBudget(20, Clock()).left == pytest.approx(17)


def test_nobody_is_dropped_before_a_third_of_the_time_or_without_a_rival() -> None:
    rival = Finished("rival", curve(0.9, 0.9, 0.9), 30)
    assert reason_to_drop(curve(0.1), 30, [rival], 1000) == ""
    assert reason_to_drop(curve(0.1, 0.1), 20, [], 1000) == ""
    assert reason_to_drop((), 20, [rival], 1000) == ""


def test_one_that_lies_behind_is_dropped_by_the_rivals_curve_not_by_its_end() -> None:
    slow = Finished("slow", curve(0.1, 0.2, 0.95), 30)
    assert reason_to_drop(curve(0.2, 0.25), 30, [slow], 1000) == ""
    assert "slow had reached a macro F1 of 0.95" in reason_to_drop(curve(0.2, 0.25, 0.3), 30, [slow], 1000)


def test_what_few_images_cannot_tell_apart_is_kept() -> None:
    rival = Finished("rival", curve(0.8, 0.8), 20)
    assert reason_to_drop(curve(0.7, 0.7), 20, [rival], 20) == ""
    assert reason_to_drop(curve(0.7, 0.7), 20, [rival], 2000) != ""


def test_the_strongest_rival_decides() -> None:
    rivals = [Finished("weak", curve(0.3, 0.3), 20), Finished("strong", curve(0.9, 0.9), 20)]
    assert "strong" in reason_to_drop(curve(0.4, 0.4), 20, rivals, 1000)
