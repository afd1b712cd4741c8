"""How many images fit into the time that is left."""

from __future__ import annotations

from lookoutcv.training.fitting.epochs.time_plan import TimePlan


def test_without_a_bound_all_that_are_asked_for():
    assert TimePlan(0.1, 1.0).images_in(None, 100, 700) == 700
    assert TimePlan().images_in(5.0, 100, 700) == 700


def test_what_fits_takes_no_longer_than_there_is():
    plan = TimePlan(0.1, 3.0)
    for seconds in (0.0, 2.0, 5.0, 12.9, 13.2, 20.0, 77.7, 1000.0):
        images = plan.images_in(seconds, 100, 10**9)
        checks = -(-images // 100)
        assert images * 0.1 + checks * 3.0 <= seconds
        assert images <= 10**9
    assert plan.images_in(1000.0, 100, 50) == 50


def test_what_comes_after_the_last_epoch_has_its_time():
    assert TimePlan(0.1, 3.0, end_seconds=19.0).images_in(120.0, 100, 10**9) == TimePlan(0.1, 3.0).images_in(
        100.0, 100, 10**9
    )
    assert TimePlan(0.1, 3.0, end_seconds=19.0).images_in(10.0, 100, 10**9) == 0


def test_the_last_measurements_count_most():
    plan = TimePlan()
    plan.measured(10, 1.0)
    assert plan.image_seconds == 0.1
    for _ in range(20):
        plan.measured(10, 3.0)
    assert 0.29 < plan.image_seconds < 0.3
