"""Numbers that other programs wrote as text: one rule for all that read tables."""

import pytest

from lookoutcv.number_text import DecimalComma, four_numbers, number_of, share_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.5", 0.5),
        ("0,5", 0.5),
        (" -12,25 ", -12.25),
        (",5", 0.5),
        ("1,5e-3", 0.0015),
        ("0,125", 0.125),
        (DecimalComma("1,250"), 1.25),
        (7, 7.0),
        ("1e3", 1000.0),
    ],
)
def test_numbers(text, number):
    assert number_of(text) == number


@pytest.mark.parametrize(
    "text", ["1,250", "12,345,678", "1,2,3", "1.234,5", "", "a", "12 px", "1_000", None, True, [1]]
)
def test_what_is_none_or_may_mean_two_things_is_refused(text):
    with pytest.raises(ValueError, match=r"no number|a thousand or a decimal"):
        number_of(text)


@pytest.mark.parametrize(("text", "share"), [("90%", 0.9), ("87,5 %", 0.875), ("0,9", 0.9), (0.25, 0.25), ("1", 1.0)])
def test_shares(text, share):
    assert share_of(text) == pytest.approx(share)


@pytest.mark.parametrize(
    "text",
    [
        "1.5,2,3,4",
        "[1.5, 2, 3, 4]",
        "1.5 2 3 4",
        "1,5 2 3 4",
        "1,5;2;3;4",
        "(1,5; 2,0; 3,0; 4,0)",
        "1.5;2;3;4",
        "1.5,2 3,4",
    ],
)
def test_a_box_in_one_cell(text):
    assert four_numbers(text) == [1.5, 2, 3, 4]


@pytest.mark.parametrize("text", ["1,2,3", "1 2 3 4 5", "", "a b c d"])
def test_a_cell_that_is_no_box(text):
    with pytest.raises(ValueError, match="no"):
        four_numbers(text)
