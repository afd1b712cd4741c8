from __future__ import annotations

import math

import pytest

from lookoutcv.reports.parts.numbers import compact, number, p_value, pair, percent, quantity, signed, step


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (0.5, "0.500"),
        (9.996, "10.0"),
        (99.96, "100"),
        (999.6, "1,000"),
        (1234.5, "1,234"),
        (1e6, "1,000,000"),
        (0.000123, "0.000123"),
        (-3.14159, "−3.14"),
        (2.5e-7, "2.50e−7"),
        (3.2e17, "3.20e17"),
        (math.inf, "∞"),
        (math.nan, "–"),
        (None, "–"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert number(value) == text


def test_units_are_words() -> None:
    assert quantity(1.5, "px") == "1.50 px"
    assert quantity(0.25, "1") == "0.250"
    assert quantity(0.25, "") == "0.250"
    assert quantity(12, "grey level^2") == "12 grey levels²"
    assert quantity(None, "px") == "–"


def test_files_are_sized_in_kilobytes() -> None:
    assert quantity(12, "bytes") == "12 bytes"
    assert quantity(1500, "bytes") == "1.50 kB"
    assert quantity(2.5e6, "bytes") == "2.50 MB"
    assert quantity(7e9, "bytes") == "7 GB"


def test_close_values_are_told_apart() -> None:
    assert pair(0.123412, 0.123448, "1") == ("0.12341", "0.12345", "")
    assert pair(5.0, 5.0, "px") == ("5", "5", "px")
    assert pair(1.0, 1.0 + 1e-12, "1")[:2] == ("1", "1.00")


def test_a_missing_value_takes_no_unit() -> None:
    assert step(None, 4.5, "px") == "– → 4.50 px"
    assert step(4.5, None, "px") == "4.50 → – px"
    assert step(900, 1200, "bytes") == "900 bytes → 1.20 kB"


def test_shares_never_round_to_none_or_all() -> None:
    assert [percent(s) for s in (0, 1e-6, 0.0005, 0.5, 0.99951, 1)] == [
        "0%",
        "< 0.1%",
        "0.1%",
        "50.0%",
        "> 99.9%",
        "100%",
    ]
    assert percent(None) == "–"


def test_p_values_are_bounded() -> None:
    assert [p_value(p) for p in (0.0, 9e-5, 1e-4, 0.049, 0.98, 1.0)] == [
        "< 0.0001",
        "< 0.0001",
        "0.00010",
        "0.049",
        "0.98",
        "> 0.99",
    ]


def test_effects_carry_their_sign() -> None:
    assert [signed(e) for e in (0.874, -0.004, -1.0, math.nan)] == ["+0.87", "0.00", "−1.00", "–"]


def test_round_numbers_end_where_they_are_round() -> None:
    assert [compact(v) for v in (0.2, 0.05, 100, 2.5e-7)] == ["0.2", "0.05", "100", "2.50e−7"]
