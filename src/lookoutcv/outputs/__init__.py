"""What is measured on a model's prediction. `base.py` says what an output metric is; every other file is one task's."""

from lookoutcv.outputs.base import OutputMetric, OutputView, for_task, output_metric, registry

__all__ = ["OutputMetric", "OutputView", "for_task", "output_metric", "registry"]
