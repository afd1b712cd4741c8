"""What a model says of one image."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions import TASKS, Classification, Detections, Segmentation
from lookoutcv.predictions.label_names import LabelPlaces
from lookoutcv.predictions.segmentation import run_count


def test_the_answer_is_the_most_probable_class_and_of_equal_ones_the_first() -> None:
    found = Classification.of_scores([0.4, 0.4, 0.2], ["a", "b", "c"])
    assert (found.label, round(found.confidence, 6)) == ("a", 0.4)
    assert [name for name, _ in found.top(2, ["a", "b", "c"])] == ["a", "b"]
    assert Classification("a", 0.5).top(3, ["a", "b"]) == [("a", 0.5)]


def test_scores_that_are_no_numbers_have_no_confidence() -> None:
    assert math.isnan(Classification.of_scores([0.9, math.nan], ["a", "b"]).confidence)
    with pytest.raises(ShapeMismatch, match="2 labels"):
        Classification.of_scores([0.5, 0.3, 0.2], ["a", "b"])


def test_boxes_come_in_either_order_of_corners() -> None:
    found = Detections.of([[30, 20, 10, 5]], ["dog"], [0.5])
    assert found.boxes.tolist() == [[10, 5, 30, 20]]
    assert len(Detections.none()) == 0
    with pytest.raises(ShapeMismatch, match="1 labels"):
        Detections.of([[0, 0, 1, 1], [0, 0, 2, 2]], ["dog"], [0.5, 0.4])


@given(arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 3)))
def test_a_map_survives_its_runs_and_its_shares_sum_to_one(classes: np.ndarray) -> None:
    labels = ("background", "a", "b", "c")
    found = Segmentation(classes, labels)
    again = Segmentation.of_run_lengths(found.run_lengths(), classes.shape, labels)
    assert 2 * run_count(classes) == len(found.run_lengths())
    assert np.array_equal(again.classes, classes)
    assert float(found.shares.sum()) == pytest.approx(1)
    assert ((found.components > 0) == (found.shares > 0)).all()


def test_maps_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeMismatch, match="2 labels"):
        Segmentation(np.array([[2]], np.uint8), ("a", "b"))
    with pytest.raises(ShapeMismatch, match="do not fill"):
        Segmentation.of_run_lengths([0, 3], (2, 2), ("a",))
    assert Segmentation.of_run_lengths([300, 4], (2, 2), [str(i) for i in range(301)]).classes.dtype == np.uint16


def test_labels_are_matched_as_people_write_them() -> None:
    found = LabelPlaces(["tench, Tinca tinca", "crane", "crane", "hot dog"])
    assert found.of("N01440764_Tench".lower()) == 0
    assert found.of("HOT__dog") == 3
    assert found.of("crane") == 1, "of labels that come twice, the first"
    assert len(TASKS) == 4


def test_rows_of_scores_are_answered_as_each_alone() -> None:
    rows = np.float32([[0.2, 0.8, 0.0], [0.5, 0.5, 0.0], [np.nan, 0.3, 0.6], [np.nan] * 3, [np.inf, 0, np.nan]])
    labels = ["a", "b", "c"]
    together = Classification.of_rows(rows, labels)
    alone = [Classification.of_scores(row, labels) for row in rows]
    assert [one.label for one in together] == [one.label for one in alone] == ["b", "a", "c", "a", "a"]
    assert [np.isnan(one.confidence) for one in together] == [False, False, True, True, True]
    assert together[0].confidence == np.float32(0.8)
    with pytest.raises(ShapeMismatch, match="2 labels for scores of shape"):
        Classification.of_rows(rows, labels[:2])
