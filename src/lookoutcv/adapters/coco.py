"""COCO's form of results: a list of mappings with `category_id`, `score` and `bbox` (x, y, width, height in pixels)."""

from __future__ import annotations

import math
from typing import Any

from lookoutcv.adapters.base import AdapterContext, adapter, rows_with
from lookoutcv.predictions import Detections


def _recognises(result: Any) -> bool:
    return rows_with(result, "category_id", "bbox")


@adapter("coco", recognises=_recognises)
def coco(result: Any, context: AdapterContext) -> Detections:
    """COCO results of one image: category_id, bbox, score."""
    if len({row.get("image_id") for row in result}) > 1:
        raise ValueError("results of several images: give those of one image at a time")
    boxes = [tuple(map(float, row["bbox"])) for row in result]
    corners = [(x, y, x + width, y + height) for x, y, width, height in boxes]
    names = [context.name(row["category_id"]) for row in result]
    return Detections.of(corners, names, [float(row.get("score", math.nan)) for row in result])
