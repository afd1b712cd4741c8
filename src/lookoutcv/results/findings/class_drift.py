"""How the frequencies of the predicted classes differ."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class ClassDrift(Result):
    """How the frequencies of the predicted classes differ.

    Args:
        p_value: Cauchy combination of the test of all frequencies and of that of single rare classes, where there are
            any; None where the classes were not tested but only described.
        distance: Total variation, the share of images that would have to change class, in [0, 1].
        tested: Classes that entered the test of all frequencies, those merged counting as one.
        new: Images of each class that the baseline does not have.
        absent: Images of each class in the baseline that the window lacks, though it should have five or more.
        changes: Share in the window less share in the baseline, the largest change first.
        before: Share in the baseline of the same classes, in the same order.
        limit: Of the policy `fixed`: the distance that it allows; None where it has no part.
        text: Which classes became more or less frequent, are new or absent, in sentences.
    """

    p_value: float | None
    distance: float
    tested: int = 0
    new: dict[str, int] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    changes: dict[str, float] = field(default_factory=dict)
    before: dict[str, float] = field(default_factory=dict)
    limit: float | None = None
    text: str = ""
