"""What is measured on an image. `base.py` says what a metric is; every other file is one family of metrics."""

from lookoutcv.metrics.base import CVMetrics, Metric, metric, registry, selected

__all__ = ["CVMetrics", "Metric", "metric", "registry", "selected"]
