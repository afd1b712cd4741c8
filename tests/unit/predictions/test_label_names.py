"""How names of classes are matched: exactly first, loosely only where nothing collides."""

from __future__ import annotations

import pytest

from lookoutcv.predictions.label_names import LabelPlaces, plain_numbers


def test_labels_that_differ_by_a_sign_are_classes_of_their_own() -> None:
    grades = ["A+", "A", "A-", "B"]
    assert [LabelPlaces(grades).of(name) for name in grades] == [0, 1, 2, 3]
    assert LabelPlaces(["C++", "+"]).of("C#") is LabelPlaces(["+"]).of("-") is None
    assert LabelPlaces(["A"], truth=grades).of("A+") is None
    assert LabelPlaces(grades).of("a-") == 2


def test_several_true_names_are_not_folded_into_one_label() -> None:
    alone = LabelPlaces(["st bernard"], truth=["St. Bernard"])
    assert alone.of("St. Bernard") == 0
    both = LabelPlaces(["st bernard"], truth=["St. Bernard", "St, Bernard", "st Bernard"])
    assert [both.of(name) for name in ("St. Bernard", "St, Bernard", "st Bernard")] == [None, None, 0]


def test_two_spellings_are_one_class_unless_both_are_in_the_list() -> None:
    assert LabelPlaces(["cat"]).of("Cat") == 0
    own = LabelPlaces(["Cat", "cat"])
    assert (own.of("Cat"), own.of("cat"), own.of("CAT"), own.predicted("Cat")) == (0, 1, None, "Cat")


@pytest.mark.parametrize(
    ("truth", "expected"),
    [(["cat"], ["cat", "cat", "cat"]), (["CAT"], ["Cat", "Cat", "Cat"]), (["Cat", "cat"], ["Cat", "cat", "cat "])],
)
def test_of_predictions_only_two_spellings_are_two_where_the_truth_has_both(
    truth: list[str], expected: list[str]
) -> None:
    places = LabelPlaces(["Cat", "cat", "cat "], open=True, truth=truth)
    assert [places.predicted(name) for name in ("Cat", "cat", "cat ")] == expected
    assert all(places.names[places.of(name) or 0] in expected for name in truth)


def test_numbers_that_were_written_as_floats() -> None:
    assert LabelPlaces(["0", "1"]).of("1.0") == 1
    assert LabelPlaces(["0.0", "1.0"], open=True, truth=["0", "1"]).of("1") == 1
    assert LabelPlaces(["1.0", "1.5", "1"]).of("1.0") == 0
    assert plain_numbers(["0", "1.0", "-2.0", "cat"]) == {"1.0": "1", "-2.0": "-2"}
    assert plain_numbers(["1.0", "1.5"]) == {}
