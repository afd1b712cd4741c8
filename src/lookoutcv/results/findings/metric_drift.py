"""How far one metric moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lookoutcv.results.result import Result
from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class Distribution(Result):
    """A metric's histogram on both sides, on a few common cells for drawing.

    Args:
        edges: k + 1 rising edges, in the metric's unit.
        before, after: Shares of the images in each of the k cells; each sums to 1 (0 where a side is empty).
        log: Draw the axis logarithmically.
        low, high: Between which shares nine in ten windows of this size would lie, cell by cell, if nothing had
            changed; empty where that is not known.
        band: What that was told from: the baseline's "batches", or the chance of drawing that many images from it
            ("sampling").
    """

    edges: list[float]
    before: list[float]
    after: list[float]
    log: bool = False
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    band: Literal["none", "batches", "sampling"] = "none"


@dataclass(frozen=True)
class MetricDrift(Result):
    """How far one metric moved.

    Args:
        name, title, unit: Of the metric.
        effect: Signed effect of larger size of the two below, in [-1, 1].
        location_effect: Cliff's delta: P(window value larger) - P(baseline value larger).
        dispersion_effect: The same for the distance from the pooled median: positive where the window spreads wider.
        p_value: Cauchy combination of this metric's tests; None where it could not be tested.
        significant: p_value at most alpha after Holm's correction over the metrics.
        before, after: Typical value (see `statistic`) on each side; None where there is none.
        statistic: "median", or "mean" where the medians are equal.
        severity: Of this metric alone, by input effect; "none" unless the window drifted and `significant`.
        text: A sentence a person understands: "Images are 18% darker."
        missing_before, missing_after: Share of images without a value.
        related: Metrics that tell the same story (baseline correlation beyond .8), ranked below this one.
        distribution: For drawing; None where the profile has no histogram.
    """

    name: str
    title: str
    unit: str
    effect: float
    location_effect: float
    dispersion_effect: float
    p_value: float | None
    significant: bool
    before: float | None
    after: float | None
    statistic: Literal["median", "mean"]
    severity: Severity
    text: str
    missing_before: float = 0.0
    missing_after: float = 0.0
    related: list[str] = field(default_factory=list)
    distribution: Distribution | None = None
