"""Values from report to report, as trends: the size of the drift, the accuracy, and the metrics that moved most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lookoutcv.reports.parts.drawings import Trend, TrendPoint
from lookoutcv.reports.parts.numbers import DASH, average_precision, percent, quantity, signed
from lookoutcv.results.accuracy.model_accuracy import ModelAccuracy
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.severity import Severity

_MOST_METRICS = 8


def window_end(report: DriftReport) -> tuple[float, str]:
    """When a report's window ended, else when the report was made; and its name, to have one order."""
    return _seconds(report) or 0.0, report.window.name


def effect_trend(reports: Sequence[DriftReport]) -> Trend:
    """The largest effect of each report, coloured by its severity."""
    points = tuple(
        TrendPoint(
            report.window.name, at, report.effect, f"{report.effect:.2f}, {report.severity}", report.severity, day
        )
        for report, at, day in _on_axis(reports)
    )
    return Trend("Largest effect", "1", points, caption="coloured by severity", range=(0.0, 1.0))


@dataclass(frozen=True)
class _Quality:
    """A figure of the model, with its interval and what it was on the baseline."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    baseline: float | None = None


def accuracy_trends(reports: Sequence[DriftReport]) -> list[Trend]:
    """How good the model was: estimated, counted with labels, and by marked objects, each where it is known."""
    trends = []
    for title, quality_of, text in (
        ("Estimated accuracy", _estimated, percent),
        ("Measured accuracy", _measured, percent),
        ("mAP by marked objects", _detection, average_precision),
    ):
        qualities = [_Quality() if report.accuracy is None else quality_of(report.accuracy) for report in reports]
        if any(quality.value is not None for quality in qualities):
            trends.append(_accuracy_trend(title, reports, qualities, text))
    return trends


def _accuracy_trend(
    title: str,
    reports: Sequence[DriftReport],
    qualities: Sequence[_Quality],
    text: Callable[[float | None], str],
) -> Trend:
    points = tuple(
        TrendPoint(
            report.window.name, at, quality.value, text(quality.value), report.severity, day, quality.low, quality.high
        )
        for (report, at, day), quality in zip(_on_axis(reports), qualities, strict=True)
    )
    known = [quality.baseline for quality in qualities if quality.baseline is not None]
    reference, caption = (known[-1], "dashed: on the baseline") if known else (None, "")
    return Trend(title, "1", points, reference, caption, (0.0, 1.0))


def _estimated(accuracy: ModelAccuracy) -> _Quality:
    estimated = accuracy.estimated
    if estimated is None:
        return _Quality()
    if estimated.status == "unreliable":
        return _Quality(baseline=estimated.baseline_accuracy)
    return _Quality(estimated.estimate, estimated.low, estimated.high, estimated.baseline_accuracy)


def _measured(accuracy: ModelAccuracy) -> _Quality:
    value = None if accuracy.measured is None else accuracy.measured.accuracy
    return _Quality(value, baseline=None if accuracy.estimated is None else accuracy.estimated.baseline_accuracy)


def _detection(accuracy: ModelAccuracy) -> _Quality:
    if accuracy.detection is None:
        return _Quality()
    window, baseline = accuracy.detection.window, accuracy.detection.baseline
    return _Quality(window.map, window.low, window.high, None if baseline is None else baseline.map)


def metric_trends(reports: Sequence[DriftReport]) -> list[Trend]:
    """The metrics with the largest effects of all reports, each with its typical value from report to report."""
    largest: dict[str, float] = {}
    for report in reports:
        # A metric that another one speaks for tells nothing of its own.
        related = {name for metric in report.metrics for name in metric.related}
        for metric in (metric for metric in report.metrics if metric.name not in related):
            drifted = metric.severity != Severity.NONE
            largest[metric.name] = max(largest.get(metric.name, 0.0), drifted + abs(metric.effect))
    names = sorted(largest, key=lambda name: (-largest[name], name))[:_MOST_METRICS]
    return [_metric_trend(reports, name) for name in names]


def _metric_trend(reports: Sequence[DriftReport], name: str) -> Trend:
    by_report = [next((metric for metric in report.metrics if metric.name == name), None) for report in reports]
    last = next(metric for metric in reversed(by_report) if metric is not None)
    points = tuple(
        TrendPoint(
            report.window.name,
            at,
            None if metric is None else metric.after,
            _metric_text(metric),
            Severity.NONE if metric is None else metric.severity,
            day,
        )
        for (report, at, day), metric in zip(_on_axis(reports), by_report, strict=True)
    )
    return Trend(last.title, last.unit, points, last.before, f"{last.statistic}; dashed: the baseline's")


def _metric_text(metric: MetricDrift | None) -> str:
    return DASH if metric is None else f"{quantity(metric.after, metric.unit)}, effect {signed(metric.effect)}"


def _on_axis(reports: Sequence[DriftReport]) -> list[tuple[DriftReport, float, str]]:
    """Each report with its place on the axis, its time or its turn where a time is missing, and its day."""
    seconds = [_seconds(report) for report in reports]
    timed = None not in seconds and len(set(seconds)) > 1
    places = [float(time or 0) for time in seconds] if timed else [float(turn) for turn in range(len(reports))]
    days = [datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d") if timed else "" for at in places]
    return list(zip(reports, places, days, strict=True))


def _seconds(report: DriftReport) -> float | None:
    for text in (report.window.last_time, report.window.created, report.created):
        try:
            time = datetime.fromisoformat(text or "")
        except ValueError:
            continue
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    return None
