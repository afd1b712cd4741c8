"""Decoded images that wait until there are enough of them for a batch of predictions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lookoutcv.errors import MetricFailed, RuntimeDied
from lookoutcv.images import Image
from lookoutcv.measuring.measurement import view_of
from lookoutcv.measuring.predictions.prediction_source import PredictionSource
from lookoutcv.outputs.base import measured as output_values
from lookoutcv.predictions import Prediction
from lookoutcv.records.measurer import Measurer, Value, measured_values
from lookoutcv.records.prediction_columns import prediction_row

# Images wait for their batch decoded; of large ones fewer do.
_MOST_WAITING_BYTES = 64 << 20
_SMALLEST_BATCH = 16


@dataclass(frozen=True)
class PredictedColumns:
    """What follows from the prediction for one image.

    Args:
        prediction: The columns that hold it, and a number for each output metric.
        measured: What measurers gave.
    """

    prediction: dict[str, Any]
    measured: dict[str, Value]


class PredictionQueue:
    """Images that wait for their predictions.

    Args:
        source: Has the predictions.
        measurers: Also measure each image, with its prediction.
    """

    def __init__(self, source: PredictionSource, measurers: tuple[Measurer, ...] = ()) -> None:
        self._source, self._metrics, self._measurers = source, source.metrics, measurers
        self._images: list[tuple[int, str, Image]] = []
        self._bytes = 0

    def add(self, row: int, id: str, image: Image) -> None:
        """Take an image."""
        self._images.append((row, id, image))
        self._bytes += image.pixels.nbytes

    @property
    def full(self) -> bool:
        """Whether there are enough."""
        return len(self._images) >= max(self._source.batch_size, _SMALLEST_BATCH) or self._bytes >= _MOST_WAITING_BYTES

    def flush(self) -> Iterator[tuple[int, PredictedColumns | MetricFailed | RuntimeDied]]:
        """The columns of those that wait, by row, or why there are none.

        Raises:
            ModelError: The model fails.
        """
        waiting, self._images, self._bytes = self._images, [], 0
        if not waiting:
            return
        rows, ids, images = zip(*waiting, strict=True)
        predictions = self._source.predict(ids, [image.pixels for image in images])
        for row, image, prediction in zip(rows, images, predictions, strict=True):
            if isinstance(prediction, RuntimeDied):
                yield row, prediction
                continue
            try:
                yield row, self._columns(image, prediction)
            except MetricFailed as error:
                yield row, error

    def _columns(self, image: Image, prediction: Prediction | None) -> PredictedColumns:
        measured = measured_values(self._measurers, view_of(image), prediction) if self._measurers else {}
        if prediction is None:
            return PredictedColumns(dict.fromkeys((metric.name for metric in self._metrics), math.nan), measured)
        columns = {**prediction_row(prediction), **output_values(prediction, image.pixels, self._metrics)}
        return PredictedColumns(columns, measured)
