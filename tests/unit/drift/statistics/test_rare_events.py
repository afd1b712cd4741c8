import pytest

from lookoutcv.drift.statistics.rare_events import fisher_mid_p, fisher_mid_p_more


def test_one_possible_table_says_nothing() -> None:
    assert fisher_mid_p(0, 10, 0, 10) == 0.5
    assert fisher_mid_p(10, 10, 5, 5) == 0.5
    assert fisher_mid_p_more(0, 10, 0, 10) == fisher_mid_p_more(10, 10, 5, 5) == 0.5


def test_the_impossible_is_not_quite_zero() -> None:
    assert 0 < fisher_mid_p(0, 20_000, 20_000, 20_000) < 1e-300


def test_sides_are_interchangeable() -> None:
    assert fisher_mid_p(3, 100, 9, 50) == pytest.approx(fisher_mid_p(9, 50, 3, 100))


def test_equal_shares_are_no_evidence() -> None:
    assert fisher_mid_p(10, 100, 10, 100) > 0.8
