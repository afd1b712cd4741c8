"""How good a model's predictions are where the truth is known: pure figures, numbers in and numbers out.

Start with `confusion` for classes and with `average_precision` for objects.
"""

from lookoutcv.scores.average_precision import DetectionAccumulator, DetectionScores, score_detections
from lookoutcv.scores.confusion import Confusion, top_k_accuracy
from lookoutcv.scores.matching import Matched, matched
from lookoutcv.scores.probabilities import brier, expected_calibration_error, log_loss, reliability
from lookoutcv.scores.proportions import mcnemar_p, paired_interval, wilson_interval

__all__ = [
    "Confusion",
    "DetectionAccumulator",
    "DetectionScores",
    "Matched",
    "brier",
    "expected_calibration_error",
    "log_loss",
    "matched",
    "mcnemar_p",
    "paired_interval",
    "reliability",
    "score_detections",
    "top_k_accuracy",
    "wilson_interval",
]
