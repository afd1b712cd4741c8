"""How good a model's predictions are where the truth is known: pure figures, numbers in and numbers out.

Start with `confusion` for classes and with `average_precision` for objects.
"""

from lookoutcv.scores.average_precision import DetectionAccumulator, DetectionScores, score_detections
from lookoutcv.scores.confusion import Confusion, top_k_accuracy
from lookoutcv.scores.matching import Matched, matched
from lookoutcv.scores.probabilities import brier, expected_calibration_error, log_loss, reliability
from lookoutcv.scores.proportions import exact_interval, mcnemar_p, paired_interval, wilson_interval
from lookoutcv.scores.ranking import area_under_roc, precision_recall_curve, roc_curve
from lookoutcv.scores.suspicious_labels import SuspiciousLabel, suspicious_labels

__all__ = [
    "Confusion",
    "DetectionAccumulator",
    "DetectionScores",
    "Matched",
    "SuspiciousLabel",
    "area_under_roc",
    "brier",
    "exact_interval",
    "expected_calibration_error",
    "log_loss",
    "matched",
    "mcnemar_p",
    "paired_interval",
    "precision_recall_curve",
    "reliability",
    "roc_curve",
    "score_detections",
    "suspicious_labels",
    "top_k_accuracy",
    "wilson_interval",
]
