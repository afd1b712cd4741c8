"""What probably caused a drift, as a section of the report."""

from __future__ import annotations

from lookoutcv.reports.parts.content_blocks import Items, Note
from lookoutcv.reports.parts.document import Block, Section
from lookoutcv.reports.parts.numbers import percent
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.probable_cause import ProbableCause

_MOST_OTHERS = 2
_WORTH_NAMING = 0.05


def cause_sections(report: DriftReport) -> tuple[Section, ...]:
    """The probable cause with what speaks for it; no section where none was looked for."""
    cause = report.cause
    if cause is None:
        return ()
    blocks: list[Block] = [Note(cause.text)]
    remarks = tuple(filter(None, (cause.reason, _certainty(cause))))
    if remarks:
        blocks.append(Items(remarks))
    return (Section("Probable cause", tuple(blocks)),)


def _certainty(cause: ProbableCause) -> str | None:
    """How likely the family is, and what else it may be; None where that could not be computed."""
    probabilities = {candidate.family: candidate.probability for candidate in cause.candidates}
    if cause.family not in probabilities:
        return None
    others = [
        f"{_words(family)} {percent(probability)}"
        for family, probability in probabilities.items()
        if family != cause.family and probability >= _WORTH_NAMING
    ]
    nearest = f"next: {', '.join(others[:_MOST_OTHERS])}." if others else "no other is near."
    return f"Probability {percent(probabilities[cause.family])} for {_words(cause.family)}; {nearest}"


def _words(family: str) -> str:
    return family.replace("_", " ")
