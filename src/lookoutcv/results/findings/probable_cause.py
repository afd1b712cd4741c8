"""What probably caused a drift."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class CauseCandidate(Result):
    """One family of causes, and how probable it is, 0 to 1."""

    family: str
    probability: float


@dataclass(frozen=True)
class ProbableCause(Result):
    """What probably caused a drift.

    Args:
        family: One of `drift.cause.families.FAMILIES`; "unclear" where none fits.
        text: The answer for people: what it probably is, what to check, and what is on record.
        probability: Of the family; None where it could not be computed.
        candidates: Every family with its probability, the likeliest first; empty where they could not be computed.
        reason: What speaks for the answer, or why it is unclear.
        metadata_changes: Changes of camera, file format, size and orientation that the records show, as sentences.
    """

    family: str
    text: str
    probability: float | None
    candidates: list[CauseCandidate] = field(default_factory=list)
    reason: str = ""
    metadata_changes: list[str] = field(default_factory=list)
