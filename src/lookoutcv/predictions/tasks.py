"""The tasks of models, and what a model of each says of an image."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from lookoutcv.predictions.classification import Classification
from lookoutcv.predictions.detections import Detections
from lookoutcv.predictions.embedding import Embedding
from lookoutcv.predictions.segmentation import Segmentation

Task = Literal["classification", "detection", "segmentation", "embedding"]
TASKS: tuple[Task, ...] = get_args(Task)

Prediction: TypeAlias = Classification | Detections | Segmentation | Embedding
