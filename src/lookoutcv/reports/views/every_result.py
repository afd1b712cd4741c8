"""Which view is of which result."""

from __future__ import annotations

from lookoutcv.reports.parts.document import Document
from lookoutcv.reports.views.drift_report import drift_brief, drift_document
from lookoutcv.reports.views.evaluation import detection_document, evaluation_brief, evaluation_document
from lookoutcv.reports.views.explanation_sheet import sheet_brief, sheet_document
from lookoutcv.reports.views.gate_evaluation import gate_brief, gate_document
from lookoutcv.reports.views.training_run import run_brief, run_document
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.evaluation import Evaluation
from lookoutcv.results.explanation_sheet import ExplanationSheet
from lookoutcv.results.gate_evaluation import GateEvaluation
from lookoutcv.results.training_run import TrainingRun

Drawable = DriftReport | Evaluation | DetectionEvaluation | TrainingRun | ExplanationSheet | GateEvaluation
DRAWABLE: tuple[type[Drawable], ...] = (
    DriftReport,
    Evaluation,
    DetectionEvaluation,
    TrainingRun,
    ExplanationSheet,
    GateEvaluation,
)


def document_of(result: Drawable) -> Document:
    """Everything that a result holds."""
    match result:
        case DriftReport():
            return drift_document(result)
        case Evaluation():
            return evaluation_document(result)
        case DetectionEvaluation():
            return detection_document(result)
        case TrainingRun():
            return run_document(result)
        case ExplanationSheet():
            return sheet_document(result)
        case GateEvaluation():
            return gate_document(result)


def brief_of(result: Drawable) -> Document:
    """What of a result fits on a screen."""
    match result:
        case DriftReport():
            return drift_brief(result)
        case Evaluation():
            return evaluation_brief(result)
        case DetectionEvaluation():
            return detection_document(result)
        case TrainingRun():
            return run_brief(result)
        case ExplanationSheet():
            return sheet_brief(result)
        case GateEvaluation():
            return gate_brief(result)
