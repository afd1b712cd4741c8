"""Images that show how what a measurer measured has changed, as it shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from lookoutcv.results.result import Result


@dataclass(frozen=True)
class MeasuredExample(Result):
    """One image, and a picture of what was measured on it.

    Args:
        id: Its name in its source.
        score: How far it lies in the direction in which these measurements moved; comparable within one list.
        reasons: What is unusual about it, strongest first: "looked at more at their edges".
        caption: What the measurer says of it: "dress, score 0.93"; "" for nothing.
        thumbnail: JPEG bytes in base64; None where thumbnails were not wanted or there is no picture.
    """

    id: str
    score: float = 0.0
    reasons: list[str] = field(default_factory=list)
    caption: str = ""
    thumbnail: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class MeasuredExamples(Result):
    """What one measurer shows of both sides.

    Args:
        measurer: Its name: "attention".
        title: What its pictures show: "Where the model looks".
        legend: How they are read, in sentences.
        window: The images of the window that are most unlike the baseline's, the furthest first.
        baseline: Typical ones of the baseline, where it holds any.
    """

    measurer: str
    title: str
    legend: str
    window: list[MeasuredExample] = field(default_factory=list)
    baseline: list[MeasuredExample] = field(default_factory=list)
