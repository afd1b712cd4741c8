"""What probably caused a drift, as a section of the report."""

from __future__ import annotations

from lookoutcv.reports.parts.document import Block, Items, Note, Section
from lookoutcv.reports.parts.numbers import percent
from lookoutcv.results.drift_report import DriftReport

_OTHERS = 2
_WORTH_NAMING = 0.05


def cause_sections(report: DriftReport) -> tuple[Section, ...]:
    """The probable cause with what speaks for it; no section where none was looked for."""
    cause = report.cause
    if cause is None or not isinstance(cause.get("text"), str):
        return ()
    blocks: list[Block] = [Note(cause["text"])]
    remarks = [remark for remark in (cause.get("reason"), _sure(report)) if isinstance(remark, str) and remark]
    if remarks:
        blocks.append(Items(tuple(remarks)))
    return (Section("Probable cause", tuple(blocks)),)


def _sure(report: DriftReport) -> str | None:
    """How likely the answer is, and what else it may be."""
    shares = _shares((report.cause or {}).get("candidates"))
    if not shares:
        return None
    family = str((report.cause or {}).get("family"))
    others = [one for one in shares if one[0] != family and one[1] >= _WORTH_NAMING][:_OTHERS]
    listed = ", ".join(f"{_words(name)} {percent(share)}" for name, share in others)
    own = dict(shares).get(family)
    if own is None:
        return None
    return f"Probability {percent(own)} for {_words(family)}; " + (
        f"next: {listed}." if listed else "no other is near."
    )


def _shares(candidates: object) -> list[tuple[str, float]]:
    if not isinstance(candidates, list):
        return []
    pairs = [(one.get("family"), one.get("probability")) for one in candidates if isinstance(one, dict)]
    return [(name, float(share)) for name, share in pairs if isinstance(name, str) and isinstance(share, float)]


def _words(family: str) -> str:
    return family.replace("_", " ")
