"""LookOutCV keeps an eye on computer-vision models.

    >>> import lookoutcv as lo
    >>> base = lo.baseline("data/val")                  # doctest: +SKIP
    >>> report = lo.monitor("data/today", baseline=base)  # doctest: +SKIP
    >>> lo.render(report, "report.html")                # doctest: +SKIP

The public names are loaded on first use, so that importing the package costs milliseconds.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lookoutcv.version import __version__

if TYPE_CHECKING:
    from lookoutcv.cli.loading import ProjectSettings, load_config
    from lookoutcv.drift.policy import Policy
    from lookoutcv.drift.report import DriftReport
    from lookoutcv.errors import LookoutError
    from lookoutcv.images import Image, read
    from lookoutcv.inference.cards import CardProposal, card
    from lookoutcv.inference.class_evaluation import Evaluation
    from lookoutcv.inference.evaluate import evaluate
    from lookoutcv.inference.object_evaluation import DetectionEvaluation
    from lookoutcv.inference.predict import predict
    from lookoutcv.inference.predicted import Predictions
    from lookoutcv.log.counts import LogStats
    from lookoutcv.log.evidence import Evidence
    from lookoutcv.log.forgetting import Forgotten, forget_log
    from lookoutcv.log.freeing import Compacted, Freed, compact_log, vacuum_log
    from lookoutcv.log.importing import Imported, import_log
    from lookoutcv.log.labelling import Labelled, label_log
    from lookoutcv.log.loggers import ClassificationLogger, DetectionLogger, SegmentationLogger
    from lookoutcv.log.overview import LoggedModel, LogOverview, list_log
    from lookoutcv.log.querying import query_log
    from lookoutcv.log.reading import read_log
    from lookoutcv.log.retention import Retained, retain_log
    from lookoutcv.log.tail import follow_log, show_log, tail_log
    from lookoutcv.measuring.baseline import Baseline, baseline
    from lookoutcv.measuring.log_export import export_log
    from lookoutcv.measuring.measure import measure
    from lookoutcv.measuring.measurement import Measurement
    from lookoutcv.measuring.options import Options
    from lookoutcv.measuring.records import Records
    from lookoutcv.metrics import CVMetrics, Metric, metric
    from lookoutcv.models import Card, Predictor, open_model
    from lookoutcv.monitoring.load import load
    from lookoutcv.monitoring.monitor import compare, monitor
    from lookoutcv.reports import index, render
    from lookoutcv.reports.log_trends import plot_log

_HOMES = {
    "Baseline": "lookoutcv.measuring.baseline",
    "CVMetrics": "lookoutcv.metrics",
    "Card": "lookoutcv.models",
    "CardProposal": "lookoutcv.inference.cards",
    "ClassificationLogger": "lookoutcv.log.loggers",
    "Compacted": "lookoutcv.log.freeing",
    "DetectionEvaluation": "lookoutcv.inference.object_evaluation",
    "DetectionLogger": "lookoutcv.log.loggers",
    "DriftReport": "lookoutcv.drift.report",
    "Evaluation": "lookoutcv.inference.class_evaluation",
    "Evidence": "lookoutcv.log.evidence",
    "Forgotten": "lookoutcv.log.forgetting",
    "Freed": "lookoutcv.log.freeing",
    "Image": "lookoutcv.images",
    "Imported": "lookoutcv.log.importing",
    "Labelled": "lookoutcv.log.labelling",
    "LogOverview": "lookoutcv.log.overview",
    "LogStats": "lookoutcv.log.counts",
    "LoggedModel": "lookoutcv.log.overview",
    "LookoutError": "lookoutcv.errors",
    "Measurement": "lookoutcv.measuring.measurement",
    "Metric": "lookoutcv.metrics",
    "Options": "lookoutcv.measuring.options",
    "Policy": "lookoutcv.drift.policy",
    "Predictions": "lookoutcv.inference.predicted",
    "Predictor": "lookoutcv.models",
    "ProjectSettings": "lookoutcv.cli.loading",
    "Records": "lookoutcv.measuring.records",
    "Retained": "lookoutcv.log.retention",
    "SegmentationLogger": "lookoutcv.log.loggers",
    "baseline": "lookoutcv.measuring.baseline",
    "card": "lookoutcv.inference.cards",
    "compact_log": "lookoutcv.log.freeing",
    "compare": "lookoutcv.monitoring.monitor",
    "evaluate": "lookoutcv.inference.evaluate",
    "export_log": "lookoutcv.measuring.log_export",
    "follow_log": "lookoutcv.log.tail",
    "forget_log": "lookoutcv.log.forgetting",
    "import_log": "lookoutcv.log.importing",
    "index": "lookoutcv.reports",
    "label_log": "lookoutcv.log.labelling",
    "list_log": "lookoutcv.log.overview",
    "load": "lookoutcv.monitoring.load",
    "load_config": "lookoutcv.cli.loading",
    "measure": "lookoutcv.measuring.measure",
    "metric": "lookoutcv.metrics",
    "monitor": "lookoutcv.monitoring.monitor",
    "open_model": "lookoutcv.models",
    "plot_log": "lookoutcv.reports.log_trends",
    "predict": "lookoutcv.inference.predict",
    "query_log": "lookoutcv.log.querying",
    "read": "lookoutcv.images",
    "read_log": "lookoutcv.log.reading",
    "render": "lookoutcv.reports",
    "retain_log": "lookoutcv.log.retention",
    "show_log": "lookoutcv.log.tail",
    "tail_log": "lookoutcv.log.tail",
    "vacuum_log": "lookoutcv.log.freeing",
}

__all__ = [
    "Baseline",
    "CVMetrics",
    "Card",
    "CardProposal",
    "ClassificationLogger",
    "Compacted",
    "DetectionEvaluation",
    "DetectionLogger",
    "DriftReport",
    "Evaluation",
    "Evidence",
    "Forgotten",
    "Freed",
    "Image",
    "Imported",
    "Labelled",
    "LogOverview",
    "LogStats",
    "LoggedModel",
    "LookoutError",
    "Measurement",
    "Metric",
    "Options",
    "Policy",
    "Predictions",
    "Predictor",
    "ProjectSettings",
    "Records",
    "Retained",
    "SegmentationLogger",
    "__version__",
    "baseline",
    "card",
    "compact_log",
    "compare",
    "evaluate",
    "export_log",
    "follow_log",
    "forget_log",
    "import_log",
    "index",
    "label_log",
    "list_log",
    "load",
    "load_config",
    "measure",
    "metric",
    "monitor",
    "open_model",
    "plot_log",
    "predict",
    "query_log",
    "read",
    "read_log",
    "render",
    "retain_log",
    "show_log",
    "tail_log",
    "vacuum_log",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
