"""Which input is better beyond chance, and which the images do not tell from it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from lookoutcv.inference.input_search import InputSearch, InputTrial
from lookoutcv.models import Card, Input

HOW = Input((4, 4), "NCHW", "RGB", "float32", 1.0, 0.0, 1.0)


def trial(name: str, each: Any, score: float | None = None, how: Input = HOW) -> InputTrial:
    return InputTrial(
        name, how, len(each), float(np.nanmean(each)) if score is None else score, np.asarray(each, float)
    )


@pytest.mark.parametrize(("better", "worse"), [(12, 0), (9, 3), (0, 0), (200, 150)])
def test_the_p_value_is_that_of_the_sign_test(better: int, worse: int) -> None:
    each = np.concatenate([np.ones(better), -np.ones(worse), np.zeros(5), [np.nan]])
    one, other = trial("one", each, 0.5), trial("other", np.where(np.isnan(each), np.nan, 0.0), 0.4)
    assert one.against(other) == (better, worse)
    wanted = binomtest(better, better + worse, 0.5, "greater").pvalue if better + worse else 1.0
    assert one.p_value(other) == pytest.approx(wanted)
    assert (InputSearch("map", 9, True, (other, one)).better is one) == (wanted * 2 < 0.01)


def test_of_those_that_are_clearly_better_the_highest_is_taken() -> None:
    other = Input((4, 4), "NCHW", "BGR", "float32", 1.0, 0.0, 1.0)
    card = trial("the card", np.zeros(40))
    lucky = trial("lucky", np.r_[np.ones(4), np.zeros(36)], 0.9)
    good = trial("good", np.r_[np.ones(30), np.zeros(10)], 0.6, other)
    fair = trial("fair", np.r_[np.ones(20), np.zeros(20)], 0.5)
    search = InputSearch("map", 9, True, (card, lucky, good, fair))
    assert (search.best, search.better) == (lucky, good)
    assert [one.name for one in search.level] == [], "better than the lucky one on 26 images, than the fair one on 10"
    assert search.corrected(Card(input=HOW)).input == other
    assert InputSearch("map", 9, True, (card, lucky)).corrected(Card(input=HOW)).input == HOW


def test_more_inputs_need_a_clearer_advantage() -> None:
    card, one = trial("the card", np.zeros(9)), trial("one", np.ones(9))
    assert InputSearch("map", 9, True, (card, one)).better is one
    many = tuple(trial(str(i), np.zeros(9)) for i in range(28))
    assert InputSearch("map", 9, True, (card, one), many).better is None


def test_inputs_that_were_given_up_are_told_apart_on_the_few_images_they_were_tried_on() -> None:
    card, good = trial("the card", np.zeros(40)), trial("good", np.r_[np.ones(30), np.zeros(10)])
    few = [trial("the card", np.zeros(24)), trial("good", np.ones(24)), trial("near", np.r_[np.ones(20), np.zeros(4)])]
    search = InputSearch("map", 9, True, (card, good), (few[2], trial("far", np.zeros(24))), few=tuple(few))
    assert (search.better, search.level, search.level_given_up) == (good, (), 1)
