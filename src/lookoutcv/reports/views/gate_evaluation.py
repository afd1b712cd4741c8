"""How good a gate is, as a document."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Facts
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import Document, Section
from lookoutcv.reports.sections.evaluations.judged_gate import (
    answers_section,
    curves_sections,
    gate_figures,
    gate_left_out,
    gate_verdict,
    refused_sections,
    shares_sections,
    wrong_sections,
)
from lookoutcv.results.gate_evaluation import GateEvaluation


def gate_document(evaluation: GateEvaluation) -> Document:
    """Everything that it holds."""
    return _document(
        evaluation,
        (
            Section("Key figures", (gate_figures(evaluation),)),
            answers_section(evaluation),
            *shares_sections(evaluation),
            *curves_sections(evaluation),
            *wrong_sections(evaluation),
            *refused_sections(evaluation),
            *gate_left_out(evaluation),
        ),
    )


def gate_brief(evaluation: GateEvaluation) -> Document:
    """What fits on a screen."""
    return _document(
        evaluation,
        (
            Section("Key figures", (gate_figures(evaluation),)),
            answers_section(evaluation),
            *shares_sections(evaluation),
            *refused_sections(evaluation),
            *gate_left_out(evaluation),
        ),
    )


def _document(evaluation: GateEvaluation, sections: tuple[Section, ...]) -> Document:
    images = f"{counted(evaluation.sharp, 'sharp image')}, {evaluation.blurred:,} blurred"
    return Document(
        title="Gate",
        subject=(("Gate", evaluation.gate), ("Variant", evaluation.variant), ("Images", images)),
        date="",
        verdict=gate_verdict(evaluation),
        sections=sections,
        footer=Facts((("Judged on", evaluation.data),)),
    )
