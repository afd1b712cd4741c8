"""Several reports as one document: which windows drifted, how values moved from one to the next, and where each is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lookoutcv.drift.describe.strongest import leading_metrics
from lookoutcv.reports.charts.trend_chart import drawable
from lookoutcv.reports.parts.display_text import counted
from lookoutcv.reports.parts.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Grade,
    KeyFigure,
    KeyFigures,
    Level,
    Link,
    Number,
    Paragraph,
    Section,
    Table,
    Trend,
    TrendPoint,
    Trends,
    Verdict,
)
from lookoutcv.reports.parts.numbers import DASH, day_and_time, p_value, percent, quantity, signed
from lookoutcv.reports.parts.values import is_number, object_of
from lookoutcv.reports.sections.changes import leading
from lookoutcv.reports.sections.headline import headline
from lookoutcv.results.drift_report import DriftReport
from lookoutcv.results.findings.metric_drift import MetricDrift
from lookoutcv.results.severity import DRIFTED, Severity

_MOST_METRICS = 8
_MOST_ROWS = 1000


@dataclass(frozen=True)
class LinkedReport:
    """A report and where its page is.

    Args:
        report: The report.
        href: A relative URL of its page; None where there is none.
    """

    report: DriftReport
    href: str | None = None


def trends_document(linked: Iterable[LinkedReport], title: str = "Drift reports") -> Document:
    """The reports in the order of their windows' time.

    Args:
        linked: At least one.
        title: Of the document.
    """
    ordered = sorted(linked, key=lambda one: window_end(one.report))
    reports = [one.report for one in ordered]
    accuracies = _accuracies(reports)
    sections = (
        Section("Key figures", (_figures(reports),)),
        *_trend_section("Drift and accuracy" if accuracies else "Drift", [*_effects(reports), *accuracies]),
        *_trend_section("What moved most", _metrics(reports)),
        Section("Every report", _table(ordered)),
    )
    return Document(
        title=title,
        subject=(("Windows", _span(reports)), ("Baselines", _baselines(reports))),
        date=day_and_time(max(report.created for report in reports)),
        verdict=_verdict(reports),
        sections=sections,
        footer=Facts((("Made by", reports[-1].tool),) if reports[-1].tool else ()),
    )


def window_end(report: DriftReport) -> tuple[float, str]:
    """When a report's window ended, else when the report was made; and its name, to have one order."""
    return _seconds(report) or 0.0, report.window.name


def _seconds(report: DriftReport) -> float | None:
    for told in (report.window.last_time, report.window.created, report.created):
        try:
            when = datetime.fromisoformat(told or "")
        except ValueError:
            continue
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    return None


def _verdict(reports: Sequence[DriftReport]) -> Verdict:
    last = reports[-1]
    drifted = [report for report in reports if report.overall_drift_detected]
    words = f"{len(drifted):,} of {counted(len(reports), 'window')} drifted."
    worst = max(drifted, key=_graded, default=None)
    if worst is not None and _graded(worst) > _graded(last):
        words += f" The worst was {worst.window.name}: {_graded(worst)}."
    return Verdict(last.severity, f"Latest: {headline(last)}", f"{words} {last.summary}")


def _graded(report: DriftReport) -> Severity:
    return max(report.severity, Severity.NONE)


def _figures(reports: Sequence[DriftReport]) -> KeyFigures:
    counts = Counter(report.severity for report in reports)
    by_level = ", ".join(f"{counts[level]:,} {level}" for level in reversed(DRIFTED) if counts[level])
    few = counts[Severity.INSUFFICIENT]
    images = sum(report.window.images for report in reports)
    return KeyFigures(
        (
            KeyFigure("Windows", f"{len(reports):,}", _span(reports)),
            KeyFigure("Drifted", f"{sum(counts[one] for one in DRIFTED):,}", by_level or "None of them."),
            KeyFigure("Not judged", f"{few:,}", "Windows with too few images to say."),
            KeyFigure("Images", f"{images:,}", "Measured in all windows together."),
        )
    )


def _span(reports: Sequence[DriftReport]) -> str:
    first, last = reports[0].window.name, reports[-1].window.name
    return first if len(reports) == 1 else f"{first} to {last}"


def _baselines(reports: Sequence[DriftReport]) -> str:
    names = list(dict.fromkeys(report.baseline.name for report in reports))
    return names[-1] if len(names) == 1 else f"{names[-1]} and {len(names) - 1:,} more"


def _trend_section(heading: str, trends: Sequence[Trend]) -> tuple[Section, ...]:
    shown = tuple(trend for trend in trends if drawable(trend))
    return (Section(heading, (Trends(shown),)),) if shown else ()


def _points(reports: Sequence[DriftReport]) -> list[tuple[DriftReport, float, str]]:
    """Each report with its place on the axis: its time, or its turn where a time is missing."""
    seconds = [_seconds(report) for report in reports]
    timed = all(one is not None for one in seconds) and len(set(seconds)) > 1
    places = [float(one or 0) for one in seconds] if timed else [float(i) for i in range(len(reports))]
    days = [datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d") if timed else "" for at in places]
    return list(zip(reports, places, days, strict=True))


def _effects(reports: Sequence[DriftReport]) -> list[Trend]:
    points = tuple(
        TrendPoint(
            report.window.name, at, report.effect, f"{report.effect:.2f}, {report.severity}", _level(report), day
        )
        for report, at, day in _points(reports)
    )
    return [Trend("Largest effect", "1", points, caption="coloured by severity", range=(0.0, 1.0))]


def _accuracies(reports: Sequence[DriftReport]) -> list[Trend]:
    """How good the model was from report to report: each figure, where it is in the report, its key, the baseline's."""
    trends = []
    for title, place, key, before in (
        ("Estimated accuracy", ("estimated",), "estimate", ("estimated", "baseline_accuracy")),
        ("Measured accuracy", ("measured",), "accuracy", ("estimated", "baseline_accuracy")),
        ("mAP by marked objects", ("detection", "window"), "map", ("detection", "baseline", "map")),
    ):
        points = tuple(_quality(report, at, day, place, key) for report, at, day in _points(reports))
        if any(point.value is not None for point in points):
            known = [found for report in reports if (found := _value_at(report, before)) is not None]
            words = "dashed: on the baseline" if known else ""
            trends.append(Trend(title, "1", points, known[-1] if known else None, words, (0.0, 1.0)))
    return trends


def _quality(report: DriftReport, at: float, day: str, place: Sequence[str], key: str) -> TrendPoint:
    share, low, high = (_value_at(report, (*place, name)) for name in (key, "low", "high"))
    if _part(report, place).get("status") == "unreliable":
        share = low = high = None
    said = f"{share:.3f}" if key == "map" and share is not None else percent(share)
    return TrendPoint(report.window.name, at, share, said, _level(report), day, low, high)


def _value_at(report: DriftReport, place: Sequence[str]) -> float | None:
    found = _part(report, place[:-1]).get(place[-1])
    return float(found) if is_number(found) else None


def _part(report: DriftReport, place: Sequence[str]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = {} if report.accuracy is None else report.accuracy.to_dict()
    for name in place:
        found = object_of(found.get(name))
    return found


def _metrics(reports: Sequence[DriftReport]) -> list[Trend]:
    """The metrics with the largest effects of all reports, each with its typical value from report to report."""
    largest: dict[str, float] = {}
    for report in reports:
        for metric in leading_metrics(report.metrics):
            drifted = metric.severity != "none"
            largest[metric.name] = max(largest.get(metric.name, 0.0), drifted + abs(metric.effect))
    names = sorted(largest, key=lambda name: (-largest[name], name))[:_MOST_METRICS]
    return [_metric(reports, name) for name in names]


def _metric(reports: Sequence[DriftReport], name: str) -> Trend:
    found = [next((one for one in report.metrics if one.name == name), None) for report in reports]
    shown = next(one for one in reversed(found) if one is not None)
    points = tuple(
        TrendPoint(report.window.name, at, one.after if one else None, _value(one), _own_level(one), day)
        for (report, at, day), one in zip(_points(reports), found, strict=True)
    )
    return Trend(shown.title, shown.unit, points, shown.before, f"{shown.statistic}; dashed: the baseline's")


def _value(metric: MetricDrift | None) -> str:
    return DASH if metric is None else f"{quantity(metric.after, metric.unit)}, effect {signed(metric.effect)}"


def _own_level(metric: MetricDrift | None) -> Level:
    return "none" if metric is None else metric.severity


def _level(report: DriftReport) -> Level:
    return report.severity


def _table(ordered: Sequence[LinkedReport]) -> tuple[Block, ...]:
    columns = (
        Column("Window"),
        Column("Until"),
        Column("Images", True),
        Column("Severity"),
        Column("Effect", True),
        Column("p-value", True),
        Column("What changed"),
    )
    shown = ordered[-_MOST_ROWS:]
    rows = tuple(_row(one) for one in reversed(shown))
    blocks: list[Block] = [Table("Latest first", columns, rows)]
    if len(shown) < len(ordered):
        blocks.insert(0, Paragraph(f"The latest {_MOST_ROWS:,} of {len(ordered):,}."))
    return tuple(blocks)


def _row(one: LinkedReport) -> tuple[Cell, ...]:
    report = one.report
    name: Cell = Link(report.window.name, one.href) if one.href else report.window.name
    largest = next((metric.text for metric in leading(report, 1) if metric.severity != "none"), "")
    return (
        name,
        day_and_time(report.window.last_time or report.created),
        Number(f"{report.window.images:,}"),
        Grade(report.severity),
        Number(f"{report.effect:.2f}"),
        Number(p_value(report.p_value)),
        largest,
    )
