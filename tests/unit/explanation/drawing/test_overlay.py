"""Maps over images: the right colours, a scale, words that can be read, and nothing where there is nothing to draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lookoutcv.explanation.attribution import attribution_of
from lookoutcv.explanation.drawing.colour_scale import coloured
from lookoutcv.explanation.drawing.contact_sheet import contact_sheet
from lookoutcv.explanation.drawing.heatmap import Explanation, Heatmap
from lookoutcv.explanation.drawing.overlay import captioned, drawable, overlay
from lookoutcv.predictions import Classification

GREY = np.full((120, 240, 3), 128, np.uint8)


def heatmap(values: Any, label: str = "cat", score: float = 0.75) -> Heatmap:
    raw = np.nan_to_num(np.asarray(values, np.float32))
    made = attribution_of(raw, method="grad_cam", class_index=0, score=score)
    return Heatmap(label, score, np.asarray(values, np.float32), made)


def spot() -> np.ndarray[Any, Any]:
    values = np.zeros(GREY.shape[:2], np.float32)
    values[40:80, 60:100] = 1
    return values


def test_the_colours_are_viridis_from_dark_blue_to_yellow() -> None:
    # Values of matplotlib's table, RGB.
    known = {0.0: (68, 1, 84), 0.5: (33, 145, 140), 1.0: (253, 231, 37)}
    for value, colour in known.items():
        assert np.abs(coloured(np.array([value]))[0].astype(int) - colour).max() <= 2
    # Lighter and lighter: it can be read without colours.
    ramp = coloured(np.linspace(0, 1, 50)) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(ramp) > 0).all()


def test_what_counts_is_yellow_and_what_does_not_is_blue() -> None:
    drawn = overlay(GREY, heatmap(spot())).astype(int)
    red, green, blue = drawn[60, 80]
    assert red > 180
    assert green > 180
    assert blue < 100
    assert drawn[10, 10, 2] > drawn[10, 10, 1]
    assert drawn.shape == GREY.shape


def test_what_was_cut_off_is_dark() -> None:
    values = spot()
    values[:, :20] = np.nan
    drawn = overlay(GREY, heatmap(values))
    assert drawn[:, :20].max() < 64
    assert drawn[:, 30:].mean() > 90


@pytest.mark.parametrize("values", [np.zeros((120, 240)), np.full((120, 240), 0.5)], ids=["zero", "even"])
def test_where_there_is_nothing_to_draw_the_image_stays_and_it_is_said(values: Any) -> None:
    empty = heatmap(values)
    assert not empty.usable
    assert np.array_equal(overlay(GREY, empty), GREY)
    with_words = captioned(GREY, empty)
    # No scale, but a sentence.
    assert with_words.shape[0] > GREY.shape[0] + 40
    assert {tuple(one) for one in with_words[GREY.shape[0] + 1 :].reshape(-1, 3)}.isdisjoint({(253, 231, 37)})


def test_a_scale_and_words_stand_under_a_map() -> None:
    with_words = captioned(GREY, heatmap(spot()), "a.jpg")
    below = with_words[GREY.shape[0] :].reshape(-1, 3)
    assert (68, 1, 84) in {tuple(one) for one in below.tolist()}
    assert (below.sum(1) < 200).sum() > 200  # ink


def test_a_narrow_picture_has_room_for_its_words() -> None:
    narrow = np.full((100, 30, 3), 9, np.uint8)
    values = np.zeros((100, 30), np.float32)
    values[20:30] = 1
    assert captioned(narrow, heatmap(values)).shape[1] == 200


def test_names_that_the_font_does_not_have_are_numbers() -> None:
    assert drawable("Stiefmütterchen", 2) == "Stiefmütterchen"
    assert drawable("三色堇", 2) == "class 2"
    assert drawable("a\nb", 2) == "class 2"


def test_a_sheet_has_a_row_an_image_and_a_column_a_class() -> None:
    said = Classification("cat", 0.75)
    one = Explanation(GREY, (120, 240), said, (heatmap(spot()), heatmap(spot(), "dog", 0.25)))
    single, double = contact_sheet([("a.jpg", one)]), contact_sheet([("a.jpg", one), ("b.jpg", one)])
    assert single.shape[1] == 3 * (240 + 8)
    assert double.shape == (2 * single.shape[0], single.shape[1], 3)
    assert contact_sheet([("a.jpg", one)], originals=False).shape[1] == 2 * (240 + 8)
