"""Whether an image is fit to use, as a gate judged it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from lookoutcv.calls.keywords import only_known_keywords
from lookoutcv.results.result import Result

Verdict = Literal["fit", "unfit", "cannot tell"]
SHARP, BLURRED, CANNOT_TELL = "sharp", "blurred", "cannot tell"


@dataclass(frozen=True)
class GateOpinion(Result):
    """What one judge says of an image.

    Args:
        judge: Its name.
        fit: Whether the image is fit, as far as this judge sees; None where it cannot tell.
        reason: Why it is not, or why that cannot be told, in words; "" where it is fit.
    """

    judge: str
    fit: bool | None
    reason: str = ""


@only_known_keywords(types=False)
@dataclass(frozen=True)
class GateVerdict(Result):
    """Whether an image is fit to use.

    Args:
        id: The image's name.
        verdict: "fit", "unfit" where a judge says so, else "cannot tell" where one cannot.
        label: 1 for sharp, 0 for blurred, None where that cannot be told.
        label_name: The same in words: "sharp", "blurred", "cannot tell".
        score: Of sharpness, in the unit of the gate's variant, larger for sharper; None where there is none.
        confidence: How sure the label is, .5 to 1; None where there is no label.
        reasons: Why it is not fit, or why that cannot be told.
        opinions: What each judge says that does not find it fit.
        abstained: Judges that were asked and had seen or learnt too little; the verdict is without them.
    """

    NOUN: ClassVar[str] = "verdict of a gate"

    id: str
    verdict: Verdict
    label: int | None
    label_name: str
    score: float | None
    confidence: float | None
    reasons: tuple[str, ...] = ()
    opinions: tuple[GateOpinion, ...] = field(default=(), repr=False)
    abstained: tuple[str, ...] = field(default=(), repr=False)
