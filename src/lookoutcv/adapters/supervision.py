"""Results of supervision: `Detections` and `Classifications`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lookoutcv.adapters.base import AdapterContext, adapter, array, is_from
from lookoutcv.predictions import Classification, Detections, Prediction, Segmentation


def _recognises(result: Any) -> bool:
    return is_from(result, "supervision", "Detections") or is_from(result, "supervision", "Classifications")


def _names(result: Any, count: int, context: AdapterContext) -> list[str]:
    named = (result.data or {}).get("class_name")
    if named is not None and len(named):
        return [str(name) for name in named]
    if result.class_id is None:
        return [""] * count
    return [context.name(index) for index in result.class_id]


def _classified(result: Any, context: AdapterContext) -> Classification:
    if result.confidence is None:
        return Classification(context.name(result.class_id[0]), math.nan)
    confidences, ids = array(result.confidence), np.asarray(result.class_id)
    best = int(np.argmax(confidences))
    complete = len(context.labels) == len(confidences) and sorted(ids.tolist()) == list(range(len(confidences)))
    return Classification(
        context.name(ids[best]), float(confidences[best]), confidences[np.argsort(ids)] if complete else None
    )


@adapter("supervision", recognises=_recognises, order=10)
def supervision(result: Any, context: AdapterContext) -> Prediction:
    """Supervision's Detections and Classifications."""
    if is_from(result, "supervision", "Classifications"):
        return _classified(result, context)
    boxes = array(result.xyxy).reshape(-1, 4)
    names = _names(result, len(boxes), context)
    confidences = np.full(len(boxes), math.nan, np.float32) if result.confidence is None else array(result.confidence)
    if context.task == "segmentation" and result.mask is not None:
        return Segmentation.of_masks(np.asarray(result.mask, dtype=bool), names, context.ordered)
    return Detections.of(boxes, names, confidences)
