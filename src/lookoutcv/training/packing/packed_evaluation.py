"""How good a packed model is, where there are labelled images; with or without their pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, overload

from lookoutcv.errors import ConfigError
from lookoutcv.images import Limits
from lookoutcv.inference.evaluate import evaluate
from lookoutcv.models import Predictor
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.evaluation import Evaluation


def evaluation_of(
    predictor: Predictor, data: Any, limits: Limits, *, strict: bool, thumbnails: bool
) -> tuple[Evaluation | DetectionEvaluation | None, list[str]]:
    """How good a model is on its images, and where that is not known, why.

    Args:
        predictor: The model.
        data: Images.
        limits: Of these.
        strict: As of `evaluate`.
        thumbnails: Keep small pictures of what it gets wrong.
    """
    if predictor.task not in ("classification", "detection"):
        return None, []
    try:
        found = evaluate(predictor, data, strict=strict, max_pixels=limits.max_pixels, max_bytes=limits.max_bytes)
    except ConfigError as reason:
        return None, [f"How good it is was not measured: {reason.problem}."]
    return found if thumbnails else without_pictures(found), []


@overload
def without_pictures(found: Evaluation) -> Evaluation: ...
@overload
def without_pictures(found: DetectionEvaluation) -> DetectionEvaluation: ...
def without_pictures(found: Evaluation | DetectionEvaluation) -> Evaluation | DetectionEvaluation:
    """The same without pictures of images."""
    if isinstance(found, DetectionEvaluation):
        return replace(found, worst=[replace(one, thumbnail=None) for one in found.worst])
    return replace(found, confident_errors=[replace(one, thumbnail=None) for one in found.confident_errors])
