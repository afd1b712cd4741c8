"""A training run as a document: which model is the best first, then the evidence, then the images and the settings."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Items
from lookoutcv.reports.parts.date_words import day_and_time
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.sections.evaluations.left_out import left_out_sections
from lookoutcv.reports.sections.training.circumstances import circumstances_section, run_provenance
from lookoutcv.reports.sections.training.comparison import comparison_section, origins_section
from lookoutcv.reports.sections.training.images_learnt import data_sections
from lookoutcv.reports.sections.training.learning_curves import curves_sections
from lookoutcv.reports.sections.training.run_answer import run_caveats, run_figures, run_verdict
from lookoutcv.reports.views.evaluation import classifier_sections
from lookoutcv.results.training_run import TrainingRun


def run_document(run: TrainingRun) -> Document:
    """Everything that a training run holds."""
    evaluation = run.evaluation
    evidence = () if evaluation is None else (*classifier_sections(evaluation), *left_out_sections(evaluation))
    sections = (
        *_first(run),
        *curves_sections(run),
        *evidence,
        *data_sections(run),
        origins_section(run),
        circumstances_section(run),
    )
    return _document(run, sections)


def run_brief(run: TrainingRun) -> Document:
    """What fits on a screen."""
    return _document(run, (*_first(run), circumstances_section(run)))


def _first(run: TrainingRun) -> tuple[Section, ...]:
    figures = run_figures(run)
    answer = (Section("The best model", (figures, *run_caveats(run))),) if figures.items else ()
    outlook = (Section("Would more images help?", (Items(tuple(run.outlook)),)),) if run.outlook else ()
    return (*answer, comparison_section(run), *outlook)


def _document(run: TrainingRun, sections: tuple[Section, ...]) -> Document:
    return Document(
        title="Training run",
        subject=(("Run", run.name), ("Data", run.data)),
        date=day_and_time(run.created),
        verdict=run_verdict(run),
        sections=sections,
        footer=run_provenance(run),
    )
