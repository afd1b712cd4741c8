"""What torchvision's detectors return: a mapping with `boxes`, `labels` and `scores`, with `masks` of objects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lookoutcv.adapters.base import AdapterContext, adapter, array
from lookoutcv.predictions import Detections, Prediction, Segmentation
from lookoutcv.predictions.tensors import plain


def _recognises(result: Any) -> bool:
    return isinstance(result, Mapping) and "boxes" in result and ("labels" in result or "scores" in result)


def _name(label: Any, context: AdapterContext) -> str:
    return str(label) if isinstance(label, str) else context.name(label)


@adapter("torchvision", recognises=_recognises)
def torchvision(result: Any, context: AdapterContext) -> Prediction:
    """Torchvision's detectors: boxes, labels, scores, masks."""
    boxes = array(result["boxes"]).reshape(-1, 4)
    labels = plain(result.get("labels"))
    names = [""] * len(boxes) if labels is None else [_name(label, context) for label in np.asarray(labels).reshape(-1)]
    scores = result.get("scores")
    confidences = np.full(len(boxes), math.nan, np.float32) if scores is None else array(scores).reshape(-1)
    if context.task == "segmentation" and result.get("masks") is not None:
        masks = array(result["masks"])
        return Segmentation.of_masks(masks.reshape(len(masks), *masks.shape[-2:]) > 0.5, names, context.ordered)
    return Detections.of(boxes, names, confidences)
