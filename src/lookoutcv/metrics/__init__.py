"""What is measured on an image. `base.py` says what a metric is; every other file is one family of metrics."""

from lookoutcv.metrics.base import Metric, metric, registry

__all__ = ["Metric", "metric", "registry"]
