"""What judges say of an image, in opinions with their reasons."""

from __future__ import annotations

import math
from typing import Any

from lookoutcv.gate.judges.base import Judge, Limit
from lookoutcv.records.measurer import Value
from lookoutcv.results.gate_verdict import CANNOT_TELL, GateOpinion, GateVerdict

# What the judge of sharpness is called among the others.
SHARPNESS = "sharpness"


def unreadable(id: str, reason: str) -> GateVerdict:
    """The verdict for an image that cannot be read."""
    why = f"it cannot be read: {reason}"
    opinion = GateOpinion("reading", False, why)
    return GateVerdict(id, "unfit", None, CANNOT_TELL, None, None, (why,), (opinion,))


def first_objection(verdict: GateVerdict) -> str | None:
    """The judge whose objection comes first; None where there is none."""
    wanted = False if verdict.verdict == "unfit" else None
    return next((one.judge for one in verdict.opinions if one.fit is wanted), None)


def verdict_values(verdict: GateVerdict) -> dict[str, Value]:
    """A verdict in the columns of `Gate.measurer`."""
    return {
        "gate.verdict": verdict.verdict,
        "gate.judge": first_objection(verdict),
        "gate.score": verdict.score,
        "gate.reasons": "; ".join(verdict.reasons) or None,
    }


def opinion(judge: Judge, limits: tuple[Limit, ...], numbers: Any) -> GateOpinion:
    """What a judge says of its numbers: the first that lies beyond its limits is the reason."""
    if numbers.untellable:
        return GateOpinion(judge.name, None, numbers.untellable)
    for limit in limits:
        value = numbers.values.get(limit.number, math.nan)
        if reason := limit.reason(value):
            detail = numbers.details.get(limit.number, "")
            return GateOpinion(judge.name, False, f"{reason} {detail}".strip())
    return GateOpinion(judge.name, True)


def of_sharpness(label: int | None, untellable: str) -> GateOpinion:
    """What the label says.

    Args:
        label: 1 for sharp, 0 for blurred; None where that cannot be told.
        untellable: Why not, as part of a sentence.
    """
    if label is None:
        why = untellable or "it has no score"
        return GateOpinion(SHARPNESS, None, f"whether it is sharp cannot be told, since {why}")
    return GateOpinion(SHARPNESS, bool(label), "" if label else "it is blurred")
