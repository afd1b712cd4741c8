"""One metric part by part, for drawing on one axis."""

from __future__ import annotations

from dataclasses import dataclass

from lookoutcv.results.findings.metric_drift import Distribution
from lookoutcv.results.result import Result

# Of fewer images of a group or class a histogram is a comb and an effect chance.
LEAST_IN_PART = 10


@dataclass(frozen=True)
class Part(Result):
    """A group or class of the window and the baseline's own images of it, in one metric. Described, not tested.

    Args:
        name: Of the group or class.
        before, after: Its images in the two samples.
        effect: Cliff's delta between them, in [-1, 1]; None where there are too few to say.
        distribution: For drawing; its edges are the same in every part. Where the baseline has under 10 images of the
            part, `effect` and this compare with all of it.
    """

    name: str
    before: int
    after: int
    effect: float | None = None
    distribution: Distribution | None = None


@dataclass(frozen=True)
class Multiples(Result):
    """One metric part by part, on one axis.

    Args:
        by: What the parts are: "camera", "label", "prediction" ...
        metric, title, unit: Of the metric.
        parts: The largest first.
    """

    by: str
    metric: str
    title: str
    unit: str
    parts: list[Part]
