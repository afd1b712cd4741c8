"""What probably caused a drift, as a section of the report."""

from __future__ import annotations

from lookoutcv.reports.parts.document import Block, Items, Note, Section
from lookoutcv.reports.parts.numbers import percent
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.probable_cause import ProbableCause

_OTHERS = 2
_WORTH_NAMING = 0.05


def cause_sections(report: DriftReport) -> tuple[Section, ...]:
    """The probable cause with what speaks for it; no section where none was looked for."""
    cause = report.cause
    if cause is None:
        return ()
    blocks: list[Block] = [Note(cause.text)]
    remarks = [remark for remark in (cause.reason, _sure(cause)) if remark]
    if remarks:
        blocks.append(Items(tuple(remarks)))
    return (Section("Probable cause", tuple(blocks)),)


def _sure(cause: ProbableCause) -> str | None:
    """How likely the answer is, and what else it may be."""
    shares = [(one.family, one.probability) for one in cause.candidates]
    if not shares:
        return None
    family = cause.family
    others = [one for one in shares if one[0] != family and one[1] >= _WORTH_NAMING][:_OTHERS]
    listed = ", ".join(f"{_words(name)} {percent(share)}" for name, share in others)
    own = dict(shares).get(family)
    if own is None:
        return None
    return f"Probability {percent(own)} for {_words(family)}; " + (
        f"next: {listed}." if listed else "no other is near."
    )


def _words(family: str) -> str:
    return family.replace("_", " ")
