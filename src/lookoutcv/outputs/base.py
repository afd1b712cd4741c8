"""What an output metric is: a number of a model's prediction for one image, described as a metric of the image is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lookoutcv.grids import Grid
from lookoutcv.metrics import Metric
from lookoutcv.metrics.base import Change
from lookoutcv.pixels.view import ImageView, Pixels
from lookoutcv.plugins import OUTPUT_METRICS, Registry
from lookoutcv.predictions import Prediction, Task


@dataclass(frozen=True, eq=False)
class OutputView:
    """A prediction and the image that it is about.

    Args:
        prediction: What the model predicted.
        pixels: (H, W, 3) uint8 RGB, upright.
    """

    prediction: Any
    pixels: Pixels

    @cached_property
    def crops(self) -> list[ImageView]:
        """What lies in the most certain boxes of a detection, at most 16, clipped to the image; none of empty boxes."""
        detections = self.prediction
        height, width = self.pixels.shape[:2]
        order = np.argsort(-np.nan_to_num(detections.confidences), kind="stable")[:_MOST_CROPS]
        boxes = np.nan_to_num(detections.boxes[order])  # a box without numbers is empty
        clipped = np.clip(boxes, 0, [width, height, width, height]).round().astype(int).tolist()
        return [ImageView(self.pixels[y:b, x:r]) for x, y, r, b in clipped if r > x and b > y]


_MOST_CROPS = 16


@dataclass(frozen=True)
class OutputMetric(Metric):
    """A metric of a model's prediction; `measure` takes an `OutputView`.

    Args:
        task: The predictions it reads.
    """

    task: Task = "classification"


def output_metric(
    name: str,
    *,
    task: Task,
    unit: str,
    range: tuple[float | None, float | None],
    grid: Grid,
    source: str,
    rises: str,
    falls: str,
    change: Change = "percent",
    headline: bool = True,
) -> Callable[[Callable[[OutputView], float]], OutputMetric]:
    """Make an output metric of a function. The arguments are those of `OutputMetric`.

    Raises:
        ConfigError: The name is not `family.name` in lower case, or the range is empty.
    Example:
        >>> from lookoutcv.grids import linear
        >>> @output_metric("output.length", task="embedding", unit="1", range=(0, None), grid=linear(0, 10, 100),
        ...                source="ours", rises="longer", falls="shorter")
        ... def length(view):
        ...     "Length of the vector."
        ...     return float((view.prediction.vector ** 2).sum() ** 0.5)
        >>> length.task
        'embedding'
    """

    def decorate(function: Callable[[OutputView], float]) -> OutputMetric:
        measure: Any = function  # an output metric measures an `OutputView`
        return OutputMetric(name, measure, unit, range, grid, source, rises, falls, change, True, headline, task)

    return decorate


registry: Registry[OutputMetric] = Registry(OUTPUT_METRICS, OutputMetric)


def for_task(task: Task) -> tuple[OutputMetric, ...]:
    """The output metrics of a task, by name."""
    return tuple(metric for metric in registry if metric.task == task)


def measured(prediction: Prediction, pixels: Pixels, metrics: tuple[OutputMetric, ...]) -> dict[str, float]:
    """A number for each output metric; NaN where it does not exist for this prediction.

    Raises:
        MetricFailed: One raised, or returned no number.
    """
    view: Any = OutputView(prediction, pixels)
    return {metric.name: metric(view) for metric in metrics}
