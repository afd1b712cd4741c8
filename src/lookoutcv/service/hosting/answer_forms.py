"""Predictions as JSON has them."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from PIL import Image as PilImage

from lookoutcv.predictions import Classification, Detections, Embedding, Prediction, Segmentation

EVERY_CLASS = "*"


def answer_form(
    prediction: Prediction, labels: Sequence[str], top: int, thresholds: Mapping[str, float], *, mask: bool
) -> dict[str, Any]:
    """A prediction as an answer holds it.

    Args:
        prediction: Of one image.
        labels: Of the model's classes, in the order of its scores.
        top: How many classes are named.
        thresholds: The least confidence of a class; what lies below is not `accepted`.
        mask: Of a segmentation, also the class of each pixel, as a PNG in base64.
    Example:
        >>> cat = Classification.of_scores([0.25, 0.75], ["cat", "dog"])
        >>> answer_form(cat, ["cat", "dog"], 1, {"dog": 0.8}, mask=False)["accepted"]
        False
    """
    if isinstance(prediction, Classification):
        return _classification(prediction, labels, top, thresholds)
    if isinstance(prediction, Detections):
        return {"objects": list(_objects(prediction, thresholds))}
    if isinstance(prediction, Segmentation):
        return _segmentation(prediction, mask=mask)
    assert isinstance(prediction, Embedding)
    return {"embedding": [number(value) for value in prediction.vector.tolist()]}


def number(value: float) -> float | None:
    """A number that JSON has; None for NaN and infinities.

    Example:
        >>> number(0.123456789), number(float("nan"))
        (0.123457, None)
    """
    return round(value, 6) if math.isfinite(value) else None


def _classification(
    prediction: Classification, labels: Sequence[str], top: int, thresholds: Mapping[str, float]
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "label": prediction.label,
        "confidence": number(prediction.confidence),
        "top": [{"label": label, "confidence": number(score)} for label, score in prediction.top(top, labels)],
    }
    return answer | _accepted(prediction.label, prediction.confidence, thresholds)


def _accepted(label: str, confidence: float, thresholds: Mapping[str, float]) -> dict[str, Any]:
    least = thresholds.get(label, thresholds.get(EVERY_CLASS))
    # NaN is at least nothing.
    return {} if least is None else {"accepted": bool(confidence >= least), "threshold": least}


def _objects(prediction: Detections, thresholds: Mapping[str, float]) -> Any:
    rows = zip(prediction.boxes.tolist(), prediction.labels, prediction.confidences.tolist(), strict=True)
    for box, label, confidence in rows:
        x1, y1, x2, y2 = (round(side, 2) for side in box)
        yield {
            "label": label,
            "confidence": number(confidence),
            "box": [x1, y1, x2, y2],
        } | _accepted(label, confidence, thresholds)


def _segmentation(prediction: Segmentation, *, mask: bool) -> dict[str, Any]:
    shares = dict(zip(prediction.labels, map(number, prediction.shares.tolist()), strict=True))
    answer: dict[str, Any] = {"shares": {label: share for label, share in shares.items() if share}}
    if mask:
        file = BytesIO()
        PilImage.fromarray(prediction.classes).save(file, "PNG")
        answer["mask"] = base64.b64encode(file.getvalue()).decode()
        answer["labels"] = list(prediction.labels)
    return answer
