import numpy as np
import pytest

from lookoutcv.errors import ShapeMismatch
from lookoutcv.predictions import Detections
from lookoutcv.scores import DetectionAccumulator, matched, score_detections
from lookoutcv.scores.average_precision import average_precision
from lookoutcv.scores.box_overlap import overlaps

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
    assert (scores.classes[0].recall, scores.classes[0].precision) == (1, 2 / 3)
    assert scores.classes[0].confidence == pytest.approx(0.7)
    assert scores.classes[0].most_recall == 1
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
    assert scores.unknown_labels == {"cat": 1}
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


def test_precision_and_recall_are_those_of_the_best_confidence() -> None:
    """A hit at .9, two misses at .8 and .7: better to stop at .9."""
    found = Detections.of([SQUARE, [50, 50, 60, 60], [70, 70, 80, 80]], ["dog"] * 3, [0.9, 0.8, 0.7])
    (dog,) = score_detections([one(SQUARE)], [found]).classes
    assert (dog.precision, dog.recall, dog.confidence) == (1, 1, pytest.approx(0.9))
    (dog,) = score_detections([one(SQUARE)], [Detections.none()]).classes
    assert (dog.precision, dog.recall, dog.confidence, dog.found) == (0, 0, None, 0)
    (dog,) = score_detections([one(SQUARE)], [Detections.of([SQUARE], ["dog"], [np.nan])]).classes
    assert (dog.ap50, dog.precision, dog.recall, dog.confidence) == (1, 1, 1, None)


def test_boxes_of_one_confidence_are_answered_together() -> None:
    found = Detections.of([SQUARE, [50, 50, 60, 60]], ["dog"] * 2, [0.5, 0.5])
    (dog,) = score_detections([one(SQUARE)], [found]).classes
    assert (dog.precision, dog.recall) == (0.5, 1)


def test_what_lies_in_a_crowd_is_neither_right_nor_wrong() -> None:
    truth = Detections.of([SQUARE, [20, 0, 90, 90]], ["dog", "dog"], [1, 0])
    found = Detections.of([[30, 30, 40, 40], [50, 50, 60, 60], SQUARE], ["dog"] * 3, [0.9, 0.8, 0.7])
    (dog,) = score_detections([truth], [found]).classes
    assert (dog.ap, dog.objects, dog.precision) == (1, 1, 1)
    outside = Detections.of([[0, 50, 10, 60], SQUARE], ["dog"] * 2, [0.9, 0.7])
    assert score_detections([truth], [outside]).map50 == 0.5
    only = Detections.of([[20, 0, 90, 90]], ["dog"], [0])
    assert score_detections([only], [found]).classes == (), "a class of crowds alone has no object"


def test_true_boxes_without_area_are_none() -> None:
    truth = Detections.of([SQUARE, [5, 5, 5, 9]], ["dog", "dog"], [1, 1])
    (dog,) = score_detections([truth], [one(SQUARE)]).classes
    assert (dog.objects, dog.ap) == (1, 1)
    thin = Detections.of([[5, 5, 5, 9], SQUARE], ["dog", "dog"], [0.9, 0.8])
    assert score_detections([one(SQUARE)], [thin]).classes[0].ap50 == 0.5, "a box of the model without area is wrong"


def test_how_far_an_image_is_from_the_truth() -> None:
    truth = Detections.of([SQUARE, [50, 50, 60, 60]], ["dog", "dog"], [1, 1])
    found = Detections.of([SQUARE, [80, 80, 90, 90]], ["dog", "dog"], [0.75, 0.5])
    (dog,) = matched(truth, found)
    assert (dog.missed, dog.false, dog.doubt) == (1, 1, 1 + 0.25 + 0.5)
    assert [m.doubt for m in matched(Detections.none(), Detections.none())] == []


def test_an_accumulator_goes_on_after_its_scores() -> None:
    accumulator = DetectionAccumulator()
    accumulator.add(one(SQUARE), one(SQUARE))
    assert accumulator.scores().map == 1
    accumulator.add(one(SQUARE), Detections.none())
    assert accumulator.scores().images == 2
    assert accumulator.scores().map50 == pytest.approx(51 / 101)
