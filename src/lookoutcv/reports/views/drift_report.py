"""A drift report as a document."""

from __future__ import annotations

from dataclasses import replace

from lookoutcv.reports.parts.content_blocks import Items
from lookoutcv.reports.parts.date_words import day_and_time
from lookoutcv.reports.parts.document import Document, Section, Verdict
from lookoutcv.reports.sections.cause import cause_sections
from lookoutcv.reports.sections.changes import changes_section, charts_section, metrics_section
from lookoutcv.reports.sections.decision_rule import decision_section, provenance, side_name
from lookoutcv.reports.sections.drifted_groups import groups_sections
from lookoutcv.reports.sections.example_images import images_section, measured_sections
from lookoutcv.reports.sections.four_questions import four_questions
from lookoutcv.reports.sections.headline import basis, verdict
from lookoutcv.reports.sections.image_composition import composition_section
from lookoutcv.reports.sections.key_figures import key_figures
from lookoutcv.reports.sections.left_out_images import duplicates_section, skipped_section
from lookoutcv.reports.sections.onset_timeline import onset_sections
from lookoutcv.reports.sections.predictions.model_predictions import prediction_sections
from lookoutcv.reports.sections.small_multiples import classes_sections
from lookoutcv.results.drift_report import DriftReport

_BRIEF_CHANGES = 5


def drift_document(report: DriftReport) -> Document:
    """Everything a drift report holds, most important first."""
    return _document(
        report,
        replace(verdict(report), text=basis(report)),
        (
            Section("Summary", (four_questions(report),)),
            Section("Key figures", (key_figures(report),)),
            *prediction_sections(report),
            *cause_sections(report),
            *onset_sections(report),
            *groups_sections(report),
            changes_section(report),
            charts_section(report),
            images_section(report),
            *measured_sections(report),
            *classes_sections(report),
            composition_section(report),
            skipped_section(report),
            duplicates_section(report),
            metrics_section(report),
            decision_section(report),
        ),
    )


def drift_brief(report: DriftReport) -> Document:
    """What fits on a screen: the answer, the largest changes, and what a careful reader must know."""
    sections = [
        Section("Key figures", (key_figures(report),)),
        *prediction_sections(report)[:1],
        *cause_sections(report),
        *groups_sections(report),
        changes_section(report, _BRIEF_CHANGES),
    ]
    if report.notes:
        sections.append(Section("Notes", (Items(tuple(report.notes)),)))
    return _document(report, verdict(report), tuple(sections))


def _document(report: DriftReport, answer: Verdict, sections: tuple[Section, ...]) -> Document:
    return Document(
        title="Drift report",
        subject=(("Window", side_name(report.window)), ("Baseline", side_name(report.baseline))),
        date=day_and_time(report.created),
        verdict=answer,
        sections=sections,
        footer=provenance(report),
    )
