"""What Hugging Face's pipelines return: lists of mappings with `label` and `score`, with `box` or `mask` of objects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lookoutcv.adapters.base import AdapterContext, adapter, rows_with
from lookoutcv.predictions import Classification, Detections, Prediction, Segmentation


def _recognises(result: Any) -> bool:
    return rows_with(result, "label", "score")


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)


def _corners(box: Mapping[str, Any]) -> list[float]:
    return [float(box[side]) for side in ("xmin", "ymin", "xmax", "ymax")]


@adapter("transformers", recognises=_recognises)
def transformers(result: Any, context: AdapterContext) -> Prediction:
    """Hugging Face pipelines: classification, detection, segmentation."""
    names, confidences = [str(row["label"]) for row in result], [_number(row["score"]) for row in result]
    if "box" in result[0]:
        return Detections.of([_corners(row["box"]) for row in result], names, confidences)
    if result[0].get("mask") is not None:
        return Segmentation.of_masks([np.asarray(row["mask"]) > 0 for row in result], names, context.ordered)
    best = int(np.nanargmax(confidences)) if not all(map(math.isnan, confidences)) else 0
    ordered = context.ordered
    scores = dict(zip(names, confidences, strict=True))
    complete = len(ordered) == len(scores) and set(ordered) == set(scores)
    # A pipeline returns the best few classes unless all of them are requested.
    ordered_scores = np.array([scores[name] for name in ordered], np.float32) if complete else None
    return Classification(names[best], confidences[best], ordered_scores)
