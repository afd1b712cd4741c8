"""The accuracy of a window without labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lookoutcv.results.result import Result
from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class AccuracyEstimate(Result):
    """The accuracy of a window without labels.

    Args:
        status: "unreliable" where the figures are not to be trusted; `reason` says why.
        reason: A sentence; None where reliable.
        images: Images of the window that it rests on: those whose scores are numbers.
        baseline_accuracy: Of the labelled baseline, 0 to 1; None where it has no labels.
        estimate: 0 to 1; None where there is nothing to compute it from.
        low, high: The interval of 90% around it.
        drop: baseline_accuracy - estimate, so 0.05 is five points.
        drop_noise: Standard error of the drop where nothing changed. It is smaller than that of either accuracy, since
            both rest on the same labels.
        impact: Whether the alarm is raised; None with fewer images than either side needs.
        severity: By impact, see `drift.accuracy.impact`; "insufficient" where `impact` is None.
        methods: What each method says: "cbpe" (mean chance of a right answer), "em" (the same with the class
            frequencies corrected), "cot" (transport; only where it is the estimate), "atc" (average thresholded
            confidence) and "doc" (difference of confidences). The more they disagree, the wider the interval.
        prior_shift: Total variation between the class frequencies of the baseline's labels and those that the prior
            correction finds here; None without scores of all classes.
        correction: What the baseline's perturbation calibration added to the estimate, so 0.05 is five points; None
            without one.
        nearest_corruption: The corrupted copies that lie nearest to the window, such as "defocus 4"; None without any.
        assumption: What a reader must know.
    """

    status: Literal["reliable", "unreliable"]
    reason: str | None
    images: int
    baseline_accuracy: float | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    drop: float | None = None
    drop_noise: float | None = None
    impact: bool | None = None
    severity: Severity = Severity.INSUFFICIENT
    methods: dict[str, float] = field(default_factory=dict)
    prior_shift: float | None = None
    correction: float | None = None
    nearest_corruption: str | None = None
    assumption: str = ""
