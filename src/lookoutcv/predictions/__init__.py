"""What a model says of one image: a class, boxes, a class for each pixel, or an embedding; and what was true.

A file a task: start with `tasks`. `label_names` matches the names of classes, `truth` holds what people marked.
"""

from lookoutcv.predictions.classification import Classification
from lookoutcv.predictions.detections import Detections
from lookoutcv.predictions.embedding import Embedding
from lookoutcv.predictions.segmentation import Segmentation
from lookoutcv.predictions.tasks import TASKS, Prediction, Task
from lookoutcv.predictions.truth import TrueObjects

__all__ = ["TASKS", "Classification", "Detections", "Embedding", "Prediction", "Segmentation", "Task", "TrueObjects"]
