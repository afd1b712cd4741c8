"""An evaluation as a document: of a classifier, and of a detector."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Facts
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Document, Section, Verdict
from lookoutcv.reports.sections.evaluations.class_confusion import classes_section, confusion_section
from lookoutcv.reports.sections.evaluations.classifier_answer import classifier_figures, classifier_verdict
from lookoutcv.reports.sections.evaluations.confidence import confidence_section
from lookoutcv.reports.sections.evaluations.found_objects import detector_figures, detector_verdict, objects_section
from lookoutcv.reports.sections.evaluations.left_out import left_out_sections
from lookoutcv.reports.sections.evaluations.wrong_images import confident_errors_sections, worst_images_sections
from lookoutcv.results.detection_evaluation import DetectionEvaluation
from lookoutcv.results.evaluation import Evaluation


def evaluation_document(evaluation: Evaluation) -> Document:
    """Everything that an evaluation of a classifier holds."""
    sections = (
        Section("Key figures", (classifier_figures(evaluation),)),
        *classifier_sections(evaluation),
        *left_out_sections(evaluation),
    )
    return _document(evaluation, classifier_verdict(evaluation), sections)


def evaluation_brief(evaluation: Evaluation) -> Document:
    """What fits on a screen."""
    sections = (
        Section("Key figures", (classifier_figures(evaluation),)),
        classes_section(evaluation),
        *left_out_sections(evaluation),
    )
    return _document(evaluation, classifier_verdict(evaluation), sections)


def classifier_sections(evaluation: Evaluation) -> tuple[Section, ...]:
    """The evidence: where a classifier is wrong, and how sure it is."""
    return (
        confusion_section(evaluation),
        *confident_errors_sections(evaluation),
        classes_section(evaluation),
        confidence_section(evaluation),
    )


def detection_document(evaluation: DetectionEvaluation) -> Document:
    """Everything that an evaluation of a detector holds."""
    sections = (
        Section("Key figures", (detector_figures(evaluation),)),
        *worst_images_sections(evaluation),
        objects_section(evaluation),
        *left_out_sections(evaluation),
    )
    return _document(evaluation, detector_verdict(evaluation), sections)


def _document(evaluation: Evaluation | DetectionEvaluation, answer: Verdict, sections: tuple[Section, ...]) -> Document:
    known = evaluation.sha256
    return Document(
        title="Evaluation",
        subject=(("Model", evaluation.model), ("Images", counted(evaluation.images, "image"))),
        date="",
        verdict=answer,
        sections=sections,
        footer=Facts((("Model's SHA-256", known),)) if known else Facts(()),
    )
