"""Results of Ultralytics models: `Results` with boxes or class probabilities."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lookoutcv.adapters.base import AdapterContext, adapter, array, is_from
from lookoutcv.predictions import Classification, Detections, Prediction, Segmentation
from lookoutcv.predictions.tensors import plain


def _recognises(result: Any) -> bool:
    return is_from(result, "ultralytics", "Results")


@adapter("ultralytics", recognises=_recognises, order=10)
def ultralytics(result: Any, context: AdapterContext) -> Prediction:
    """Ultralytics' Results: boxes, masks, probabilities."""
    named = (
        context if context.labels else replace(context, labels={int(k): str(v) for k, v in dict(result.names).items()})
    )
    if getattr(result, "probs", None) is not None:
        return Classification.of_scores(array(result.probs.data), named.ordered)
    if result.boxes is None:
        return Detections.none()
    names = [named.name(index) for index in array(result.boxes.cls).reshape(-1)]
    masks = getattr(result, "masks", None)
    if context.task == "segmentation" and masks is not None:
        return Segmentation.of_masks(array(plain(masks.data)) > 0.5, names, named.ordered)
    return Detections.of(array(result.boxes.xyxy), names, array(result.boxes.conf))
