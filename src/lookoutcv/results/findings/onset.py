"""Since when a window differs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class Period(Result):
    """A stretch of the window's time.

    Args:
        name: "2026-11-21", or "2026-11-21 07:00" of hours.
        images: Of the tested sample.
        effect: How far its images lie in the direction in which the window moved, against the baseline's, -1 to 1.
        shifted: Whether that is beyond chance and large enough to matter.
    """

    name: str
    images: int
    effect: float
    shifted: bool


@dataclass(frozen=True)
class Onset(Result):
    """Since when the window differs, as far as the times of its images tell.

    Args:
        status: "within": it begins inside the window. "throughout": the first period is shifted already. "part": some
            periods are shifted, but not from one on. "unknown": the images have no times, or no period is clear.
        text: A sentence or two.
        first: The first shifted period; None where that is not known.
        by: "day", "hour" or "" for no periods.
        periods: In the order of time; empty where there are none.
    """

    status: Literal["within", "throughout", "part", "unknown"]
    text: str
    first: str | None = None
    by: Literal["day", "hour", ""] = ""
    periods: list[Period] = field(default_factory=list)
