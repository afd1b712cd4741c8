"""How many objects, how large, where, how sure, and how they look."""

from __future__ import annotations

import math
from statistics import fmean
from typing import Any

import numpy as np

from lookoutcv.grids import linear, logarithmic
from lookoutcv.metrics import registry as image_metrics
from lookoutcv.outputs.base import OutputView, output_metric

_SOURCE = "Over the objects that a detector found in one image"
# Boxes may reach beyond the image.
_LARGEST_AREA = 10.0


@output_metric(
    "output.objects",
    task="detection",
    unit="1",
    range=(0, None),
    grid=linear(-0.5, 500.5, 501),
    source=_SOURCE,
    rises="fuller of objects",
    falls="emptier of objects",
)
def objects(view: OutputView) -> float:
    """How many objects were found."""
    return float(len(view.prediction))


@output_metric(
    "output.object_confidence",
    task="detection",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 400),
    source=_SOURCE,
    rises="answered more confidently",
    falls="answered less confidently",
    change="points",
)
def object_confidence(view: OutputView) -> float:
    """Mean confidence of the objects. Missing where there is none."""
    return _mean(view.prediction.confidences)


@output_metric(
    "output.object_area",
    task="detection",
    unit="1",
    range=(0, _LARGEST_AREA),
    grid=logarithmic(1e-6, _LARGEST_AREA, 700),
    source=_SOURCE,
    rises="larger in their objects",
    falls="smaller in their objects",
)
def object_area(view: OutputView) -> float:
    """Median area of the boxes as a share of the image, at most 10. Missing where there is none."""
    boxes = _boxes(view)
    height, width = view.pixels.shape[:2]
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]) / (height * width)
    return float(np.median(np.minimum(areas, _LARGEST_AREA))) if len(areas) else math.nan


@output_metric(
    "output.object_aspect",
    task="detection",
    unit="log ratio",
    range=(None, None),
    grid=linear(-5, 5, 500),
    source=_SOURCE,
    rises="wider in their objects",
    falls="taller in their objects",
    change="log",
    headline=False,
)
def object_aspect(view: OutputView) -> float:
    """Median logarithm of width over height of the boxes. Missing where none has an area."""
    boxes = _boxes(view)
    sides = boxes[:, 2:] - boxes[:, :2]
    sides = sides[(sides > 0).all(axis=1)]
    return float(np.median(np.log(sides[:, 0] / sides[:, 1]))) if len(sides) else math.nan


@output_metric(
    "output.object_x",
    task="detection",
    unit="1",
    range=(None, None),
    grid=linear(-0.5, 1.5, 400),
    source=_SOURCE,
    rises="shifted to the right in their objects",
    falls="shifted to the left in their objects",
    change="points",
)
def object_x(view: OutputView) -> float:
    """Mean middle of the boxes from left (0) to right (1): shifts where the camera was moved. Missing where none is."""
    boxes = _boxes(view)
    return _mean((boxes[:, 0] + boxes[:, 2]) / 2 / view.pixels.shape[1])


@output_metric(
    "output.object_y",
    task="detection",
    unit="1",
    range=(None, None),
    grid=linear(-0.5, 1.5, 400),
    source=_SOURCE,
    rises="shifted downwards in their objects",
    falls="shifted upwards in their objects",
    change="points",
)
def object_y(view: OutputView) -> float:
    """Mean middle of the boxes from top (0) to bottom (1). Missing where there is none."""
    boxes = _boxes(view)
    return _mean((boxes[:, 1] + boxes[:, 3]) / 2 / view.pixels.shape[0])


@output_metric(
    "output.object_brightness",
    task="detection",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 255),
    source="Mean luma, ITU-R BT.601, within boxes",
    rises="brighter in their objects",
    falls="darker in their objects",
    headline=False,
)
def object_brightness(view: OutputView) -> float:
    """Mean brightness within the most certain boxes. Missing where there is none."""
    return _of_crops(view, "exposure.brightness")


@output_metric(
    "output.object_sharpness",
    task="detection",
    unit="grey level^2",
    range=(0, 1040400),
    grid=logarithmic(0.01, 2e6, 960),
    source="Pech-Pacheco et al., ICPR 2000, within boxes",
    rises="sharper in their objects",
    falls="less sharp in their objects",
    headline=False,
)
def object_sharpness(view: OutputView) -> float:
    """Mean variance of the Laplacian within the most certain boxes. Missing where there is none."""
    return _of_crops(view, "sharpness.laplacian")


def _of_crops(view: OutputView, name: str) -> float:
    metric = image_metrics.get(name)
    values = [metric(crop) for crop in view.crops]
    return fmean(values) if values else math.nan


def _boxes(view: OutputView) -> Any:
    """(n, 4) float64: whatever float32 a detector gives, sides and areas are finite."""
    return view.prediction.boxes.astype(np.float64)


def _mean(values: Any) -> float:
    return float(np.mean(values, dtype=np.float64)) if len(values) else math.nan
