"""What a packed model gets wrong is kept with or without pictures."""

from __future__ import annotations

from lookoutcv.results.detection_evaluation import DetectionEvaluation, ImageErrors
from lookoutcv.results.evaluation import ConfidenceCalibration, Evaluation
from lookoutcv.results.images.wrong_image import WrongImage
from lookoutcv.training.packing.packed_evaluation import without_pictures


def test_pictures_are_taken_out_and_all_else_stays() -> None:
    wrong = [WrongImage("a.jpg", "cat", "dog", 0.9, "AAAA")]
    found = Evaluation("m", None, 1, 0.0, {}, 0.0, [], [], [], [], ConfidenceCalibration(), confident_errors=wrong)
    assert without_pictures(found).confident_errors == [WrongImage("a.jpg", "cat", "dog", 0.9)]
    of_objects = DetectionEvaluation("m", None, 1, 1, 0.0, 0.0, [], [ImageErrors("a.jpg", 1, 1, 0, 1.0, "AAAA")])
    assert without_pictures(of_objects).worst == [ImageErrors("a.jpg", 1, 1, 0, 1.0)]
