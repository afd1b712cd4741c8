"""The model whose predictions are compared, and what a labelled baseline taught of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lookoutcv.drift.accuracy.calibration import Calibration
from lookoutcv.predictions import Task


@dataclass(frozen=True, eq=False)
class CalibratedModel:
    """The model whose predictions are compared.

    Args:
        labels: Of the model, in the order of its scores.
        calibration: Of the labelled baseline; None where it has no labels.
        task: Of the model; None where it is not known.
        open: The labels are only those that it was seen to predict.
    """

    labels: Sequence[str] = ()
    calibration: Calibration | None = None
    task: Task | None = None
    open: bool = False
