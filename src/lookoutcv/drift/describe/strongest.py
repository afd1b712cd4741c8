"""The metrics worth a sentence: those that no other one stands for, the strongest of each family first."""

from __future__ import annotations

from collections.abc import Sequence

from lookoutcv.results.findings.metric_drift import MetricDrift

# So many sentences are read; the rest is in the table.
_MOST_TOLD = 3
# A metric that moved less than half as far as the first says little more.
_WEAK = 0.5


def moved_metrics(metrics: Sequence[MetricDrift]) -> list[MetricDrift]:
    """Those with a severity: what the drift is told by.

    Args:
        metrics: Of a report.
    """
    return [metric for metric in metrics if metric.severity != "none"]


def leading_metrics(metrics: Sequence[MetricDrift]) -> list[MetricDrift]:
    """Those that none of the others stands for.

    Args:
        metrics: Of a report, or some of them.
    Returns:
        In the same order.
    """
    covered = {name for metric in metrics for name in metric.related}
    return [metric for metric in metrics if metric.name not in covered]


def strongest_of_families(metrics: Sequence[MetricDrift]) -> list[MetricDrift]:
    """The leading metrics, one of each family first: three sentences on sharpness would hide that it is dark, too.

    Args:
        metrics: Of a report, or some of them, ranked by size of effect.
    Returns:
        First the strongest leading metric of each family, then the other leading ones, in the same order both.
    """
    leading = leading_metrics(metrics)
    first = {_family(metric): metric for metric in reversed(leading)}
    return sorted(leading, key=lambda metric: first[_family(metric)] is not metric)


def told_metrics(metrics: Sequence[MetricDrift]) -> tuple[list[MetricDrift], int]:
    """The metrics that what changed is told by: one choice for every place that tells it.

    Args:
        metrics: Those that moved, ranked by size of effect.
    Returns:
        At most three, none with less than half of the largest effect; and how many others moved.
    """
    weakest = _WEAK * abs(metrics[0].effect) if metrics else 0.0
    told = [metric for metric in strongest_of_families(metrics) if abs(metric.effect) >= weakest][:_MOST_TOLD]
    return told, len(metrics) - len(told)


def _family(metric: MetricDrift) -> str:
    return metric.name.partition(".")[0]
