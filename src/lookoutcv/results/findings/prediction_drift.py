"""How a model's predictions changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from lookoutcv.results.findings.class_drift import ClassDrift
from lookoutcv.results.result import Result
from lookoutcv.results.severity import Severity


@dataclass(frozen=True)
class PredictionMetric(Result):
    """How far one number of the predictions moved: an output metric, or the score of a class. As in `MetricDrift`."""

    name: str
    title: str
    effect: float
    p_value: float | None
    before: float | None
    after: float | None
    statistic: Literal["median", "mean"]
    severity: Severity
    text: str


@dataclass(frozen=True)
class PredictionDrift(Result):
    """How a model's predictions changed between the baseline and the window.

    Args:
        drift_detected: None where there were too few images to say.
        severity: By the effect on the predictions.
        p_value: Of the predictions as a whole, multiplied by their share of `alpha`; None where nothing was tested.
        alpha: What the p-value is compared with.
        effect: In [0, 1].
        metrics: Output metrics and scores, ranked by size of effect.
        classes: How the frequencies of the classes differ; None where there are no classes.
        notes: What a careful reader must know.
    """

    drift_detected: bool | None
    severity: Severity
    p_value: float | None
    alpha: float
    effect: float
    metrics: list[PredictionMetric] = field(default_factory=list)
    classes: ClassDrift | None = None
    notes: list[str] = field(default_factory=list)
