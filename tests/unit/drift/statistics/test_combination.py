import numpy as np
import pytest

from lookoutcv.drift.statistics.combination import cauchy, holm


def test_one_p_of_one_vetoes_nothing() -> None:
    assert cauchy([1e-6, 1.0]) == pytest.approx(2e-6, rel=1e-3)


def test_tiny_p_values_keep_their_precision() -> None:
    assert cauchy([3e-14] * 5) == pytest.approx(3e-14, rel=1e-9)
    assert cauchy([0.0, 0.5]) == pytest.approx(2e-15, rel=1e-6)


def test_it_is_the_formula_of_the_text() -> None:
    p = np.array([0.03, 0.4, 0.77, 0.2])
    assert cauchy(p) == pytest.approx(0.5 - np.arctan(np.mean(np.tan((0.5 - p) * np.pi))) / np.pi)


def test_holm_stops_at_the_first_failure() -> None:
    assert holm([0.02, 0.001, 0.03], 0.05) == [True, True, True]
    assert holm([0.04, 0.001, 0.045], 0.05) == [False, True, False]
    assert holm([None, None], 0.05) == [False, False]
