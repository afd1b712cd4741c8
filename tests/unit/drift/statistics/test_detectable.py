from functools import partial

import numpy as np

from lookoutcv.drift.rules.policy import DEFAULT
from lookoutcv.drift.rules.verdict import calibrated
from lookoutcv.drift.statistics.detectable import smallest_detectable_effect
from lookoutcv.drift.statistics.ranks import pool

smallest = partial(smallest_detectable_effect, alpha=0.01, min_effect=0.1)


def test_more_images_see_smaller_shifts_down_to_the_limit() -> None:
    sizes = [smallest(20_000, n, 20) for n in (30, 100, 1000, 10**7)]
    assert sizes == sorted(sizes, reverse=True)
    assert 0.1 < sizes[-1] < 0.11


def test_more_metrics_and_a_second_group_cost_power() -> None:
    assert smallest(1000, 100, 1) < smallest(1000, 100, 50) < smallest(1000, 100, 50, groups=2)


def test_never_beyond_one() -> None:
    assert smallest(2, 2, 100) == 1.0


def test_four_windows_in_five_at_that_effect_are_found() -> None:
    from lookoutcv.drift.statistics.effects import effects

    rng = np.random.default_rng(8)
    effect = smallest(1000, 100, 3)
    # Cliff's delta of a normal shift s is 2 Phi(s / sqrt 2) - 1.
    from scipy.special import ndtri

    shift = np.sqrt(2) * ndtri((1 + effect) / 2)
    found = 0
    for _ in range(200):
        window = rng.normal(size=(100, 3))
        window[:, 0] += shift
        columns = pool(rng.normal(size=(1000, 3)), window)
        found += bool(calibrated("abc", columns, [effects(c) for c in columns], DEFAULT).drifted)
    assert 140 <= found <= 195
