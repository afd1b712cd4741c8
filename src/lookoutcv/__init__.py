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
    from lookoutcv.configuration.project_settings import ProjectSettings, load_config
    from lookoutcv.drift.rules.policy import Policy
    from lookoutcv.errors import LookoutError
    from lookoutcv.gate.check_images import GateVerdicts, check_images
    from lookoutcv.gate.gate import Gate
    from lookoutcv.gate_training.evaluate_gate import evaluate_gate
    from lookoutcv.gate_training.fit_gate import FittedGate, fit_gate
    from lookoutcv.gate_training.samples.add_samples import AddedSamples, add_samples
    from lookoutcv.gate_training.samples.make_samples import Samples, gate_data
    from lookoutcv.history.history import History
    from lookoutcv.history.open_history import open_history
    from lookoutcv.images import Image, read
    from lookoutcv.inference.evaluate import evaluate
    from lookoutcv.inference.explaining.attention import attention
    from lookoutcv.inference.explaining.explain import explain
    from lookoutcv.inference.explaining.explanations import Explanations
    from lookoutcv.inference.predict import predict
    from lookoutcv.inference.predictions import Predictions
    from lookoutcv.inference.propose_card import CardProposal, card
    from lookoutcv.log.buffer.counters import LogStats
    from lookoutcv.log.buffer.image_retention import ImageRetention
    from lookoutcv.log.reading.overview import LoggedModel, LogOverview
    from lookoutcv.log.table.log_filter import LogFilter
    from lookoutcv.log.upkeep.compact import Compacted
    from lookoutcv.log.upkeep.erase import Erased
    from lookoutcv.log.upkeep.import_logs import Imported
    from lookoutcv.log.upkeep.label import Labelled
    from lookoutcv.log.upkeep.retain import Retained
    from lookoutcv.log.upkeep.vacuum import Vacuumed
    from lookoutcv.log.writing.loggers import ClassificationLogger, DetectionLogger, SegmentationLogger
    from lookoutcv.measuring.baseline import Baseline, baseline
    from lookoutcv.measuring.measure import measure
    from lookoutcv.measuring.measurement import Measurement
    from lookoutcv.measuring.measuring_settings import Options
    from lookoutcv.measuring.records import Records
    from lookoutcv.metric_selection import CVMetrics
    from lookoutcv.metrics import Metric, metric
    from lookoutcv.models import Card, Package, Predictor, open_model
    from lookoutcv.monitoring.load import load
    from lookoutcv.monitoring.monitor import compare, monitor
    from lookoutcv.prediction_log import PredictionLog, open_log
    from lookoutcv.records.measurer import MeasuredColumn, MeasuredPicture, Measurer, PictureMaker
    from lookoutcv.reports.index_page import index
    from lookoutcv.reports.rendering import render
    from lookoutcv.results.detection_evaluation import DetectionEvaluation
    from lookoutcv.results.drift_report import DriftReport
    from lookoutcv.results.evaluation import Evaluation
    from lookoutcv.results.explanation_sheet import ExplanationSheet
    from lookoutcv.results.gate_evaluation import GateEvaluation
    from lookoutcv.results.gate_verdict import GateVerdict
    from lookoutcv.results.training_run import TrainingRun
    from lookoutcv.service.access.access_keys import AccessKeys
    from lookoutcv.service.serve import serve
    from lookoutcv.training.comparing.recorded_runs import runs
    from lookoutcv.training.comparing.run_comparison import compare_runs
    from lookoutcv.training.packing.wrap_model import package
    from lookoutcv.training.train import train

_HOMES = {
    "Baseline": "lookoutcv.measuring.baseline",
    "CVMetrics": "lookoutcv.metric_selection",
    "Card": "lookoutcv.models",
    "CardProposal": "lookoutcv.inference.propose_card",
    "ClassificationLogger": "lookoutcv.log.writing.loggers",
    "Compacted": "lookoutcv.log.upkeep.compact",
    "DetectionEvaluation": "lookoutcv.results.detection_evaluation",
    "DetectionLogger": "lookoutcv.log.writing.loggers",
    "DriftReport": "lookoutcv.results.drift_report",
    "Evaluation": "lookoutcv.results.evaluation",
    "Gate": "lookoutcv.gate.gate",
    "AddedSamples": "lookoutcv.gate_training.samples.add_samples",
    "add_samples": "lookoutcv.gate_training.samples.add_samples",
    "FittedGate": "lookoutcv.gate_training.fit_gate",
    "GateEvaluation": "lookoutcv.results.gate_evaluation",
    "GateVerdict": "lookoutcv.results.gate_verdict",
    "GateVerdicts": "lookoutcv.gate.check_images",
    "Samples": "lookoutcv.gate_training.samples.make_samples",
    "check_images": "lookoutcv.gate.check_images",
    "evaluate_gate": "lookoutcv.gate_training.evaluate_gate",
    "fit_gate": "lookoutcv.gate_training.fit_gate",
    "gate_data": "lookoutcv.gate_training.samples.make_samples",
    "ImageRetention": "lookoutcv.log.buffer.image_retention",
    "Erased": "lookoutcv.log.upkeep.erase",
    "Vacuumed": "lookoutcv.log.upkeep.vacuum",
    "Image": "lookoutcv.images",
    "Imported": "lookoutcv.log.upkeep.import_logs",
    "Labelled": "lookoutcv.log.upkeep.label",
    "LogFilter": "lookoutcv.log.table.log_filter",
    "LogOverview": "lookoutcv.log.reading.overview",
    "LogStats": "lookoutcv.log.buffer.counters",
    "LoggedModel": "lookoutcv.log.reading.overview",
    "LookoutError": "lookoutcv.errors",
    "MeasuredColumn": "lookoutcv.records.measurer",
    "MeasuredPicture": "lookoutcv.records.measurer",
    "Measurement": "lookoutcv.measuring.measurement",
    "Measurer": "lookoutcv.records.measurer",
    "Metric": "lookoutcv.metrics",
    "Options": "lookoutcv.measuring.measuring_settings",
    "Package": "lookoutcv.models",
    "PictureMaker": "lookoutcv.records.measurer",
    "Policy": "lookoutcv.drift.rules.policy",
    "PredictionLog": "lookoutcv.prediction_log",
    "Predictions": "lookoutcv.inference.predictions",
    "Predictor": "lookoutcv.models",
    "ProjectSettings": "lookoutcv.configuration.project_settings",
    "Records": "lookoutcv.measuring.records",
    "Retained": "lookoutcv.log.upkeep.retain",
    "SegmentationLogger": "lookoutcv.log.writing.loggers",
    "TrainingRun": "lookoutcv.results.training_run",
    "attention": "lookoutcv.inference.explaining.attention",
    "baseline": "lookoutcv.measuring.baseline",
    "card": "lookoutcv.inference.propose_card",
    "compare": "lookoutcv.monitoring.monitor",
    "compare_runs": "lookoutcv.training.comparing.run_comparison",
    "ExplanationSheet": "lookoutcv.results.explanation_sheet",
    "Explanations": "lookoutcv.inference.explaining.explanations",
    "explain": "lookoutcv.inference.explaining.explain",
    "evaluate": "lookoutcv.inference.evaluate",
    "index": "lookoutcv.reports.index_page",
    "load": "lookoutcv.monitoring.load",
    "load_config": "lookoutcv.configuration.project_settings",
    "measure": "lookoutcv.measuring.measure",
    "metric": "lookoutcv.metrics",
    "monitor": "lookoutcv.monitoring.monitor",
    "History": "lookoutcv.history.history",
    "open_history": "lookoutcv.history.open_history",
    "open_log": "lookoutcv.prediction_log",
    "open_model": "lookoutcv.models",
    "package": "lookoutcv.training.packing.wrap_model",
    "predict": "lookoutcv.inference.predict",
    "read": "lookoutcv.images",
    "render": "lookoutcv.reports.rendering",
    "AccessKeys": "lookoutcv.service.access.access_keys",
    "serve": "lookoutcv.service.serve",
    "runs": "lookoutcv.training.comparing.recorded_runs",
    "train": "lookoutcv.training.train",
}

__all__ = [
    "AccessKeys",
    "AddedSamples",
    "Baseline",
    "CVMetrics",
    "Card",
    "CardProposal",
    "ClassificationLogger",
    "Compacted",
    "DetectionEvaluation",
    "DetectionLogger",
    "DriftReport",
    "Erased",
    "Evaluation",
    "ExplanationSheet",
    "Explanations",
    "FittedGate",
    "Gate",
    "GateEvaluation",
    "GateVerdict",
    "GateVerdicts",
    "History",
    "Image",
    "ImageRetention",
    "Imported",
    "Labelled",
    "LogFilter",
    "LogOverview",
    "LogStats",
    "LoggedModel",
    "LookoutError",
    "MeasuredColumn",
    "MeasuredPicture",
    "Measurement",
    "Measurer",
    "Metric",
    "Options",
    "Package",
    "PictureMaker",
    "Policy",
    "PredictionLog",
    "Predictions",
    "Predictor",
    "ProjectSettings",
    "Records",
    "Retained",
    "Samples",
    "SegmentationLogger",
    "TrainingRun",
    "Vacuumed",
    "__version__",
    "add_samples",
    "attention",
    "baseline",
    "card",
    "check_images",
    "compare",
    "compare_runs",
    "evaluate",
    "evaluate_gate",
    "explain",
    "fit_gate",
    "gate_data",
    "index",
    "load",
    "load_config",
    "measure",
    "metric",
    "monitor",
    "open_history",
    "open_log",
    "open_model",
    "package",
    "predict",
    "read",
    "render",
    "runs",
    "serve",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
