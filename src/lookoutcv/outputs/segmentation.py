"""What covers a segmented image."""

from __future__ import annotations

import numpy as np

from lookoutcv.grids import linear, logarithmic
from lookoutcv.outputs.base import OutputView, output_metric
from lookoutcv.predictions.segmentation import NO_CLASS

_SOURCE = "Over the class map of one image; class 0 is taken for the background"


@output_metric(
    "output.foreground",
    task="segmentation",
    unit="1",
    range=(0, 1),
    grid=linear(0, 1, 400),
    source=_SOURCE,
    rises="fuller of objects",
    falls="emptier of objects",
    change="points",
)
def foreground(view: OutputView) -> float:
    """Share of the pixels that are not background."""
    return float(np.count_nonzero(view.prediction.objects) / max(view.prediction.classes.size, 1))


@output_metric(
    "output.regions",
    task="segmentation",
    unit="1",
    range=(0, None),
    grid=logarithmic(0.5, 1e6, 290),
    source=_SOURCE,
    rises="more broken up into regions",
    falls="less broken up into regions",
)
def regions(view: OutputView) -> float:
    """Connected regions that are not background."""
    left_open = view.prediction.labels.index(NO_CLASS) if NO_CLASS in view.prediction.labels else 0
    components = view.prediction.components
    return float(components[1:].sum() - (components[left_open] if left_open else 0))


@output_metric(
    "output.present_classes",
    task="segmentation",
    unit="1",
    range=(0, 65536),
    grid=linear(-0.5, 256.5, 257),
    source=_SOURCE,
    rises="richer in classes",
    falls="poorer in classes",
    headline=False,
)
def present_classes(view: OutputView) -> float:
    """How many classes occur, the background not counted."""
    return float(len(np.unique(view.prediction.classes[view.prediction.objects])))
