"""Which mistakes are kept, and that pictures are made of few."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lookoutcv.inference.surest_errors import SmallPictures, SurestErrors

PIXELS = np.zeros((8, 8, 3), np.uint8)


@given(st.lists(st.floats(0, 1), max_size=60))
def test_the_surest_are_kept_and_of_equal_ones_the_first(confidences: list[float]) -> None:
    errors = SurestErrors(lambda name, pixels: None, most=5)
    for number, confidence in enumerate(confidences):
        errors.add(str(number), "a", "b", confidence, PIXELS)
    expected = sorted(range(len(confidences)), key=lambda i: -confidences[i])[:5]
    assert [one.id for one in errors.found] == [str(i) for i in expected]


def test_pictures_are_made_only_of_what_comes_among_them() -> None:
    made: list[str] = []

    def picture(name: str, pixels: object) -> str:
        made.append(name)
        return "/9j/"

    errors = SurestErrors(picture, most=2)
    for name, confidence in (("a", 0.9), ("b", 0.8), ("c", 0.1), ("d", 0.85), ("e", float("nan"))):
        errors.add(name, "x", "y", confidence, PIXELS)
    assert made == ["a", "b", "d"]
    assert [one.id for one in errors.found] == ["a", "d"]


def test_no_picture_is_made_where_none_is_wanted() -> None:
    assert SmallPictures(False, "faces")("a", PIXELS) is None
    made = SmallPictures(True)("a", PIXELS)
    assert made is not None
    assert made.startswith("/9j/")


@pytest.mark.parametrize("box", ["0,0,1,1"])
def test_what_is_covered_is_noted(box: str) -> None:
    pictures = SmallPictures(True, box)
    assert pictures.notes == (f"Covered on every thumbnail: {box}.",)
    assert SmallPictures(True).notes == ()
