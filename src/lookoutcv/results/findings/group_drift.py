"""One group of the window against the baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lookoutcv.results.result import Result
from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class GroupDrift(Result):
    """One group of the window (a camera, a folder, a day) against the baseline.

    Args:
        name: The value that its images share.
        images: Images of the window's tested sample in it.
        severity: As of a report; "none" unless the group drifted after the correction.
        p_value: Of this group alone; None where it was not tested.
        adjusted_p_value: After the correction over all groups and the window as a whole: drift only at most alpha.
        effect: Largest effect of a metric, in [0, 1].
        text: What changed in it, in a few sentences.
        against: "group": the baseline's images of the same group. "baseline": all of it, for want of those.
    """

    name: str
    images: int
    severity: Severity
    p_value: float | None
    adjusted_p_value: float | None
    effect: float
    text: str
    against: Literal["group", "baseline"] = "group"
