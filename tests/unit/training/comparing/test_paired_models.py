"""Two models on the same images."""

from __future__ import annotations

import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.results.training_run import PairedDifference
from lookoutcv.training.comparing.paired_models import (
    beyond_chance,
    difference_of_right,
    least_difference,
    macro_f1_spread,
    paired_difference,
)
from lookoutcv.training.comparing.score import macro_f1, predicted_of


def one_hot(predicted: np.ndarray, classes: int = 2) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[predicted]


def test_the_better_one_comes_first_and_the_images_that_part_them_are_counted() -> None:
    labels = np.zeros(20, int)
    a, b = one_hot(np.array([1] * 8 + [0] * 12)), one_hot(np.array([0] * 19 + [1]))
    found = paired_difference(labels, a, b, ("a", "b"))
    assert (found.better, found.worse, found.only_better, found.only_worse) == ("b", "a", 8, 1)
    assert found.difference == pytest.approx(7 / 20)
    assert found.p == pytest.approx(2 * 10 / 2**9)  # of nine coins at most one falls the rarer way
    assert found.low < found.difference < found.high


def test_equal_models_differ_by_nothing() -> None:
    right = np.array([True, False, True])
    found = difference_of_right(right, right, ("a", "b"))
    assert (found.better, found.difference, found.p) == ("a", 0.0, 1.0)
    assert found.low < 0 < found.high


def test_a_difference_that_chance_makes_is_rarely_called_more(rng: np.random.Generator) -> None:
    """Two equally good models whose errors overlap, on 200 images, 600 times."""
    called = 0
    for _ in range(600):
        hard = rng.random(200) < 0.2
        a, b = ((~hard) ^ (rng.random(200) < 0.08) for _ in range(2))
        called += beyond_chance([difference_of_right(a, b, ("a", "b"))])[0]
    assert called / 600 < 0.07


def test_several_differences_are_looked_at_together() -> None:
    def with_p(p: float) -> PairedDifference:
        return PairedDifference("a", "b", 0.1, 0.0, 0.2, p, 9, 2)

    assert beyond_chance([with_p(0.04)]) == [True]
    assert beyond_chance([with_p(0.04), with_p(0.9), with_p(0.001)]) == [False, False, True]


def test_the_least_difference_that_can_be_told_is_told_by_that_many_images() -> None:
    for images, comparisons in [(30, 1), (80, 3), (1000, 1)]:
        need = round(least_difference(images, comparisons) * images)
        best, worst = np.arange(images) >= 0, np.arange(images) >= need
        nearly = np.arange(images) >= need - 1
        others = [difference_of_right(best, best, ("a", "c"))] * (comparisons - 1)
        assert beyond_chance([difference_of_right(best, worst, ("a", "b")), *others])[0]
        assert not beyond_chance([difference_of_right(best, nearly, ("a", "b")), *others])[0]
    assert least_difference(5) > 1


def test_the_spread_of_macro_f1_is_that_of_new_images(rng: np.random.Generator) -> None:
    """What one sample says of the spread, beside what 300 samples do."""

    def models(images: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        labels = rng.integers(0, 3, images)
        wrong = [rng.random(images) < share for share in (0.15, 0.25)]
        return labels, *(one_hot((labels + one) % 3, 3) for one in wrong)

    spread = macro_f1_spread(*models(200))
    samples = [models(200) for _ in range(300)]
    seen = np.std([macro_f1(t, predicted_of(a), 3) - macro_f1(t, predicted_of(b), 3) for t, a, b in samples])
    assert spread == pytest.approx(seen, rel=0.25)


def test_other_images_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="3 images of a and 2 of b"):
        difference_of_right(np.ones(3, bool), np.ones(2, bool), ("a", "b"))
