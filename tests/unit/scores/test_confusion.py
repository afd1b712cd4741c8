import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.scores import Confusion, top_k_accuracy


def test_classes_keep_the_models_order_and_others_follow() -> None:
    found = Confusion.of(["fox", "cat", "dog"], ["cat", "cat", "dog"], labels=["dog", "cat"])
    assert found.labels == ("dog", "cat", "fox")
    fox = found.classes[2]
    assert (fox.precision, fox.recall, fox.f1, fox.support, fox.predicted) == (0, 0, 0, 1, 0)
    assert found.classes[0].f1 == 1


def test_images_without_a_truth_or_an_answer_are_left_out() -> None:
    found = Confusion.of(["cat", None, "cat"], ["cat", "cat", None])
    assert (found.images, found.accuracy) == (1, 1)


def test_nothing_has_no_accuracy() -> None:
    empty = Confusion.of([], [])
    assert np.isnan(empty.accuracy)
    assert np.isnan(empty.macro_f1)
    assert np.isnan(top_k_accuracy(np.zeros((0, 3)), np.zeros(0, int), 1))
    assert empty.classes == []
    assert empty.largest_mistakes() == []


def test_mistakes_come_by_their_number() -> None:
    found = Confusion.of(list("aaaabbc"), list("abbbaac"))
    assert found.largest_mistakes() == [("a", "b", 3), ("b", "a", 2)]


def test_a_class_that_nobody_has_does_not_lower_the_mean() -> None:
    assert Confusion.of(["a"], ["a"], labels=["a", "b"]).macro_f1 == 1


def test_nan_scores_and_unknown_classes_are_wrong() -> None:
    scores = np.array([[0.9, 0.1], [np.nan, 0.1], [0.2, 0.8]])
    assert top_k_accuracy(scores, np.array([0, 1, -1]), 2) == pytest.approx(1 / 3)


def test_other_lengths_are_refused() -> None:
    with pytest.raises(ShapeMismatch):
        Confusion.of(["a"], [])
    with pytest.raises(ShapeMismatch):
        top_k_accuracy(np.zeros((3, 2)), np.zeros(2, int), 1)
