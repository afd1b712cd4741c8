"""What a model looked at, as a document."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Facts
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.sections.explained_images import (
    image_sections,
    left_out_sections,
    numbers_section,
    sheet_verdict,
)
from lookoutcv.results.explanation_sheet import ExplanationSheet


def sheet_document(sheet: ExplanationSheet) -> Document:
    """Everything that a sheet holds."""
    return _document(sheet, (*image_sections(sheet), numbers_section(sheet), *left_out_sections(sheet)))


def sheet_brief(sheet: ExplanationSheet) -> Document:
    """What fits on a screen."""
    return _document(sheet, (numbers_section(sheet), *left_out_sections(sheet)))


def _document(sheet: ExplanationSheet, sections: tuple[Section, ...]) -> Document:
    return Document(
        title="Explanation",
        subject=(("Model", sheet.model), ("Images", counted(len(sheet.images), "image"))),
        date="",
        verdict=sheet_verdict(sheet),
        sections=sections,
        footer=Facts((("Model's SHA-256", sheet.sha256),)) if sheet.sha256 else Facts(()),
    )
