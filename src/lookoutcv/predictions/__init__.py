"""What a model says of one image: a class, boxes, a class for each pixel, or an embedding."""

from lookoutcv.predictions.classification import Classification
from lookoutcv.predictions.detections import Detections
from lookoutcv.predictions.embedding import Embedding
from lookoutcv.predictions.segmentation import Segmentation
from lookoutcv.predictions.tasks import TASKS, Prediction, Task

__all__ = ["TASKS", "Classification", "Detections", "Embedding", "Prediction", "Segmentation", "Task"]
