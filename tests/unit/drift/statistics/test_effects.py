import numpy as np
import pytest

from lookoutcv.drift.statistics.effects import effect_noise, effects
from lookoutcv.drift.statistics.ranks import pool_column


def test_separate_sides_have_effect_one() -> None:
    found = effects(pool_column(np.arange(5.0), np.arange(10.0, 13.0)))
    assert found.location == found.size == found.strongest == 1.0


def test_dispersion_stays_within_one_with_heavy_ties() -> None:
    found = effects(pool_column(np.zeros(100), np.tile([-1.0, 1.0], 50)))
    assert found.location == 0
    assert found.dispersion == pytest.approx(1.0)
    assert found.dispersion <= 1


def test_an_empty_side_has_no_effect() -> None:
    found = effects(pool_column(np.arange(5.0), np.array([np.nan])))
    assert (found.location, found.dispersion, found.missing, found.present) == (0.0, 0.0, 1.0, (5, 0))
    assert effects(pool_column(np.arange(5.0), np.array([]))).missing == 0


def test_the_noise_is_what_permutations_show() -> None:
    rng = np.random.default_rng(0)
    seen = [effects(pool_column(rng.random(60), rng.random(40))) for _ in range(1500)]
    assert np.std([e.location for e in seen]) == pytest.approx(effect_noise(60, 40), rel=0.06)
    assert np.std([e.dispersion for e in seen]) == pytest.approx(effect_noise(60, 40), rel=0.06)
