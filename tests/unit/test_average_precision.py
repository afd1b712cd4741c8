import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions import Detections
from lookoutcv.scores import score_detections
from lookoutcv.scores.average_precision import average_precision
from lookoutcv.scores.boxes import overlaps

SQUARE = [0, 0, 10, 10]


def one(box: list[float], label: str = "dog", confidence: float = 1.0) -> Detections:
    return Detections.of([box], [label], [confidence])


def test_by_hand() -> None:
    """Two dogs in two images; by confidence a hit, a miss, a hit: precision 1, 1/2, 2/3 at recalls 1/2, 1/2, 1.

    Made to fall: 1 up to recall .5 (51 recalls), 2/3 beyond (50 recalls).
    """
    truth = [one(SQUARE), one(SQUARE)]
    found = [
        Detections.of([SQUARE, [50, 50, 60, 60]], ["dog", "dog"], [0.9, 0.8]),
        Detections.of([SQUARE], ["dog"], [0.7]),
    ]
    scores = score_detections(truth, found)
    assert scores.map50 == pytest.approx((51 + 50 * 2 / 3) / 101)
    assert scores.classes[0].recall == 1
    assert (scores.classes[0].objects, scores.classes[0].found, scores.images) == (2, 3, 2)


@pytest.mark.parametrize(("height", "levels"), [(10, 10), (9.5, 10), (7.5, 6), (5, 1), (4.9, 0)])
def test_an_overlap_counts_up_to_its_threshold(height: float, levels: int) -> None:
    assert score_detections([one(SQUARE)], [one([0, 0, 10, height])]).map == pytest.approx(levels / 10)


def test_a_true_box_is_taken_once_by_the_more_confident() -> None:
    found = Detections.of([SQUARE, SQUARE], ["dog", "dog"], [0.5, 0.9])
    assert score_detections([one(SQUARE)], [found]).map50 == 1
    spoilt = Detections.of([[0, 0, 10, 6], SQUARE], ["dog", "dog"], [0.9, 0.5])
    assert score_detections([one(SQUARE)], [spoilt]).classes[0].ap == pytest.approx((3 * 1 + 7 * 0.5) / 10)


def test_boxes_of_other_images_and_classes_do_not_count() -> None:
    assert score_detections([one(SQUARE), Detections.none()], [Detections.none(), one(SQUARE)]).map50 == 0
    assert score_detections([one(SQUARE)], [one(SQUARE, "cat")]).map50 == 0


def test_classes_without_true_objects_are_left_out() -> None:
    found = Detections.of([SQUARE, SQUARE], ["dog", "cat"], [0.9, 0.8])
    scores = score_detections([one(SQUARE)], [found])
    assert [c.label for c in scores.classes] == ["dog"]
    assert scores.map == 1
    assert np.isnan(score_detections([Detections.none()], [found]).map50)


def test_a_box_without_confidence_comes_last() -> None:
    found = Detections.of([[50, 50, 60, 60], SQUARE], ["dog", "dog"], [np.nan, 0.1])
    assert score_detections([one(SQUARE)], [found]).map50 == 1


def test_at_most_a_hundred_boxes_of_an_image_count() -> None:
    boxes = [[100, 0, 110, 10]] * 100 + [SQUARE]
    found = Detections.of(boxes, ["dog"] * 101, np.linspace(1, 0.1, 101))
    assert score_detections([one(SQUARE)], [found]).map50 == 0


def test_nothing_found_has_no_precision() -> None:
    assert average_precision(np.zeros(0, bool), 3) == 0
    assert score_detections([one(SQUARE)], [Detections.none()]).map == 0


def test_boxes_without_area_overlap_nothing() -> None:
    points = np.array([[1, 1, 1, 1], [5, 5, 5, 9]])
    assert overlaps(points, points).tolist() == [[0, 0], [0, 0]]


def test_other_lengths_are_refused() -> None:
    with pytest.raises(ShapeMismatch):
        score_detections([one(SQUARE)], [])
