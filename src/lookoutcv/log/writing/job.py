"""What a logger's worker does with calls: the same for every writer of a logger, also after a fork."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lookoutcv.images import DEFAULT_LIMITS, Limits
from lookoutcv.log.buffer.image_retention import ImageRetention
from lookoutcv.log.one_call.call_values import Labels, Note
from lookoutcv.log.one_call.parse_predictions import Parsed
from lookoutcv.metrics import Metric
from lookoutcv.predictions import Task
from lookoutcv.records.measurer import Measurer

RETAIN_NONE = ImageRetention()


@dataclass(frozen=True)
class Job:
    """What a worker does: the same for every writer of a logger, also after a fork.

    Args:
        model: Its name.
        version: Of the model, where a call names none; or None.
        task: What the model is for.
        parse: The function of `parse_predictions` for the task.
        metrics: Of images.
        labels: Names that scores and masks count through.
        tags: Of every row, where a call does not say otherwise.
        image_retention: Which pictures are kept.
        measure_share: Of the images, flagged ones aside.
        limits: How large an image may be.
        measurers: What other rooms measure on an image, in columns of their own.
    """

    model: str
    version: str | None
    task: Task
    parse: Callable[[Any, Labels, Note], Parsed]
    metrics: tuple[Metric, ...]
    labels: Labels
    tags: dict[str, str]
    image_retention: ImageRetention = RETAIN_NONE
    measure_share: float = 1.0
    limits: Limits = DEFAULT_LIMITS
    measurers: tuple[Measurer, ...] = ()
