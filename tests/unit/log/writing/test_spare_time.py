"""How much of the time measuring takes: all where a core is idle, little where it waits or takes from others."""

from __future__ import annotations

import pytest

from lookoutcv.log.writing import spare_time
from lookoutcv.log.writing.spare_time import SpareTime


class Clock:
    """Time that passes, and the part of it that this thread works."""

    def __init__(self) -> None:
        self.now = self.worked = 1000.0
        self.idle, self.idle_cores = 0.0, 1.0

    def pass_by(self, seconds: float, working: float = 0.0) -> None:
        self.now += seconds
        self.worked += working
        self.idle += seconds * self.idle_cores


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    own = Clock()
    for name in ("monotonic", "perf_counter"):
        monkeypatch.setattr(spare_time, name, lambda: own.now)
    monkeypatch.setattr(spare_time, "thread_time", lambda: own.worked)
    monkeypatch.setattr(spare_time, "idle_core_seconds", lambda: own.idle)
    return own


def measured(spare: SpareTime, clock: Clock, seconds: float, took: float, worked: float) -> float:
    """The share of the time that goes into images of a service which always has one."""
    end, spent = clock.now + seconds, 0.0
    while clock.now < end:
        if not spare.any_left():
            clock.pass_by(0.01)
            continue
        began = spare.begin()
        clock.pass_by(took, worked)
        spare.end(began)
        spent += took
    return spent / seconds


def test_where_nothing_is_waited_for_every_image_is_measured(clock: Clock) -> None:
    assert measured(SpareTime(), clock, 60.0, took=0.0011, worked=0.001) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(("took", "worked"), [(0.02, 0.001), (0.002, 0.001), (0.3, 0.05)])
def test_where_images_wait_a_small_share_of_the_time_is_theirs(clock: Clock, took: float, worked: float) -> None:
    spare = SpareTime()
    measured(spare, clock, 10.0, took, worked)
    assert measured(spare, clock, 100.0, took, worked) == pytest.approx(spare_time._SHARE, abs=0.01)


def test_where_no_core_is_idle_a_small_share_is_taken_from_others(clock: Clock) -> None:
    spare = SpareTime()
    clock.idle_cores = 0.0
    # The images of a service that has one a hundred times a second: a tenth of a core.
    served(spare, clock, 60.0)
    assert served(spare, clock, 100.0) == pytest.approx(spare_time._SHARE, abs=0.01)
    clock.idle_cores = 0.5
    served(spare, clock, 5.0)
    assert served(spare, clock, 10.0) == pytest.approx(0.1, abs=0.01)


def test_where_measuring_alone_keeps_the_cores_busy_it_goes_on(clock: Clock) -> None:
    clock.idle_cores = 0.0
    spare = SpareTime()
    assert measured(spare, clock, 60.0, took=0.0011, worked=0.001) == pytest.approx(1.0, abs=0.01)


def test_where_the_system_does_not_tell_of_idle_cores_waiting_alone_counts(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spare_time, "idle_core_seconds", lambda: None)
    assert served(SpareTime(), clock, 30.0) == pytest.approx(0.1, abs=0.01)


def served(spare: SpareTime, clock: Clock, seconds: float) -> float:
    """The share of the time that goes into images which come a hundred times a second and need not wait."""
    end, spent = clock.now + seconds, 0.0
    while clock.now < end:
        took = 0.0
        if spare.any_left():
            began = spare.begin()
            took = 0.001
            clock.pass_by(took, took)
            spare.end(began)
            spent += took
        clock.pass_by(0.01 - took)
    return spent / seconds


def test_it_measures_all_again_when_there_is_time(clock: Clock) -> None:
    spare = SpareTime()
    measured(spare, clock, 60.0, took=0.02, worked=0.001)
    measured(spare, clock, 10.0, took=0.001, worked=0.001)
    assert measured(spare, clock, 10.0, took=0.001, worked=0.001) == pytest.approx(1.0, abs=0.01)


def test_a_few_images_are_measured_whatever_else_runs(clock: Clock) -> None:
    spare = SpareTime()
    served_a_few(spare, clock, images=3, took=0.03)
    # And again after a while.
    clock.pass_by(10.0)
    served_a_few(spare, clock, images=3, took=0.03)


def test_what_was_not_spent_is_not_spent_at_once(clock: Clock) -> None:
    spare = SpareTime()
    measured(spare, clock, 10.0, took=0.002, worked=0.001)
    clock.pass_by(1000.0)
    assert measured(spare, clock, 1.0, took=0.002, worked=0.001) < 0.15


def served_a_few(spare: SpareTime, clock: Clock, images: int, took: float) -> None:
    for _ in range(images):
        assert spare.any_left()
        began = spare.begin()
        clock.pass_by(took, 0.001)
        spare.end(began)
